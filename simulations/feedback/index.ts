/** `npm run simulate:feedback`: how often honest feedback gives an alarm, and how soon typical poisonings do. `-- --runs N` plays N campaigns of each kind, `--part honest`, `--part poisoned` or `--part slow` only these. */
import { parseArgs } from 'node:util';
import type { Sensitivity } from '../../decisioning/evaluation/anomalies.ts';
import { seededRandom } from '../../decisioning/random.ts';
import { firstAlarm } from './watch.ts';
import type { FeedbackWorld, Poisoning } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string' },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1) throw new RangeError('--runs: a whole number from 1');
if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError('--seed: a whole number from 0');
if (values.part !== undefined && !['honest', 'poisoned', 'slow'].includes(values.part))
  throw new RangeError('--part: honest, poisoned or slow');
/** Watched after the bands are learned, of each honest campaign. */
const HONEST_HOURS = 24 * 28;
/** After which a poisoning counts as missed. */
const POISONED_HOURS = 48;
/** The same of one that grows slowly: four weeks. */
const SLOW_HOURS = 24 * 28;

const WORLDS: readonly FeedbackWorld[] = [
  { trialsPerHour: 100, rate: 0.03 },
  { trialsPerHour: 1_000, rate: 0.03 },
];
const POISONINGS: readonly Poisoning[] = [
  { kind: 'bot', share: 0.05 },
  { kind: 'bot', share: 0.3 },
  { kind: 'values', site: 'shop', times: 100 },
  { kind: 'broken_goal', site: 'all' },
  { kind: 'broken_goal', site: 'shop' },
  { kind: 'flood', site: 'small', times: 10 },
  { kind: 'silence' },
];
const SLOW: readonly Poisoning[] = [2, 4, 7, 14, 21].map((doublingDays) => ({ kind: 'lift', doublingDays }));

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const randomOf = (...parts: number[]) =>
  seededRandom(
    parts
      .map((part) => part.toString(16).padStart(8, '0'))
      .join('')
      .padEnd(32, '0'),
  );
const middle = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

print(`seed ${seed}, ${runs} campaigns each`);
if (values.part === undefined || values.part === 'honest') {
  print('honest feedback:');
  for (const sensitivity of ['low', 'normal', 'high'] as const satisfies readonly Sensitivity[])
    for (const [w, world] of WORLDS.entries()) {
      let [alarms, days] = [0, 0];
      for (let run = 0; run < runs; run += 1) {
        const { delayMinutes } = firstAlarm(world, randomOf(seed, w, run), HONEST_HOURS, sensitivity);
        alarms += delayMinutes === undefined ? 0 : 1;
        days += (delayMinutes ?? HONEST_HOURS * 60) / 1_440;
      }
      print(`  ${world.trialsPerHour} trials/h, ${sensitivity}: ${alarms} alarms in ${Math.round(days)} days`);
    }
}
function playPoisoned(poisonings: readonly Poisoning[], hours: number): void {
  for (const [w, world] of WORLDS.entries())
    for (const [p, poisoning] of poisonings.entries()) {
      const found = Array.from({ length: runs }, (_, run) =>
        firstAlarm(world, randomOf(seed, w, p, run), hours, 'normal', poisoning),
      );
      const delays = found.flatMap(({ delayMinutes }) => delayMinutes ?? []).sort((a, b) => a - b);
      const missed = runs - delays.length;
      const kinds = [...new Set(found.flatMap(({ anomaly }) => (anomaly ? [`${anomaly.kind} ${anomaly.part}`] : [])))];
      const { kind, ...how } = poisoning;
      print(
        `  ${world.trialsPerHour} trials/h, ${[kind, ...Object.values(how)].join(' ')}: ${middle(delays, 0.5) ?? '–'}, ${middle(delays, 0.9) ?? '–'}; missed ${missed} (${kinds.join(', ')})`,
      );
    }
}

if (values.part === undefined || values.part === 'poisoned') {
  print('minutes to the first alarm (median, 90 %), sensitivity normal:');
  playPoisoned(POISONINGS, POISONED_HOURS);
}
if (values.part === undefined || values.part === 'slow') {
  print('the same of an arm whose conversions double in so many days, within four weeks:');
  playPoisoned(SLOW, SLOW_HOURS);
}
