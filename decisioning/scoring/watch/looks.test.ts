/** How often a sound version is called back by chance, when it is looked at again and again. */
import { expect, test } from 'vitest';
import { addVectors } from '../../bandits/named-sums.ts';
import { seededRandom } from '../../random.ts';
import { DEFAULT_WATCH } from './rules.ts';
import { conversionScoreSums, readScoreSums, SCORE_SUMS_LENGTH, trialScoreSums } from './score-sums.ts';
import { breachOf, errorsAsked } from './verdict.ts';

const WINDOWS = 200;
const SEEDS = 60;
const NOTHING: readonly number[] = new Array<number>(SCORE_SUMS_LENGTH).fill(0);
const { minTrials } = DEFAULT_WATCH;

/** What a trial of each score adds, with and without its conversion: twenty scores, so that a simulation of millions is quick. */
const KINDS = Array.from({ length: 20 }, (_, i) => {
  const kept = { score: (i + 0.5) / 20, missing: false };
  const lost = trialScoreSums(kept);
  return [lost, addVectors(lost, conversionScoreSums(kept)!)] as const;
});

interface Life {
  readonly trialsAnHour: number;
  readonly trialsALook: number;
  readonly rate: (score: number) => number;
  readonly by?: 'calibration' | 'order';
  /** Hours as the verdict is told of them. */
  readonly toldHours: (hour: number) => number;
}

/** Whether 200 windows of looks, each at the latest whole hours that hold a window's trials, find a breach. */
function isCalledBack(seed: number, { trialsAnHour, trialsALook, rate, by = 'calibration', toldHours }: Life): boolean {
  const random = seededRandom(String(seed).padStart(32, '0'));
  const hours: { sums: readonly number[]; trials: number }[] = [];
  const lifeHours = (WINDOWS * minTrials) / trialsAnHour;
  for (let hour = 1; hour <= lifeHours; hour += 1) {
    const now = { sums: NOTHING, trials: 0 };
    hours.push(now);
    while (now.trials < trialsAnHour) {
      for (let i = 0; i < trialsALook; i += 1) {
        const kind = Math.floor(random.next() * 20);
        const converts = random.next() < rate((kind + 0.5) / 20);
        now.sums = addVectors(now.sums, KINDS[kind]![converts ? 1 : 0]);
        now.trials += 1;
      }
      let [sums, found] = [NOTHING, 0];
      for (let at = hours.length - 1; at >= 0 && found < minTrials; at -= 1) {
        sums = addVectors(sums, hours[at]!.sums);
        found += hours[at]!.trials;
      }
      const totals = readScoreSums(sums);
      const outcomes = [{ by, latest: totals, settled: totals }] as const;
      if (breachOf({ totals, outcomes, hours: toldHours(hour) }, DEFAULT_WATCH)) return true;
    }
  }
  return false;
}

const called = (life: Life, seeds = SEEDS) =>
  Array.from({ length: seeds }, (_, i) => isCalledBack(i, life)).filter(Boolean).length;
/** Calibrated, at an AUC of .83. */
const sound = (score: number) => score;
/** Off by .1 on the mean, which is as much as it may be. */
const astray = (score: number) => 0.2 + 0.6 * score;
/** No better than a coin, which is the bound. */
const coin = () => 0.3;
const hours = (hour: number) => hour;
/** Millions of trials, on a machine that others use too. */
const SLOW_MS = 60_000;

test('none of 60 sound versions is called back in 200 windows of twenty looks each', { timeout: SLOW_MS }, () => {
  expect(called({ rate: sound, toldHours: hours, trialsAnHour: 400, trialsALook: 20 })).toBe(0);
});

test.each([
  ['a coin', { rate: coin, by: 'order', trialsAnHour: 50, trialsALook: 10 }],
  ['a coin of many trials an hour', { rate: coin, by: 'order', trialsAnHour: 400, trialsALook: 20 }],
  ['one that is off by .1', { rate: astray, trialsAnHour: 400, trialsALook: 20 }],
] as const)('nor is one of 60 that just keep their bounds: %s', { timeout: SLOW_MS }, (_name, life) => {
  expect(called({ ...life, toldHours: hours })).toBe(0);
});

test('which chance would do, were each hour’s looks judged like the first’s', { timeout: SLOW_MS }, () => {
  const life = { rate: coin, by: 'order', trialsAnHour: 50, trialsALook: 10 } as const;
  expect(called({ ...life, toldHours: () => 1 })).toBeGreaterThan(0);
});

test('a first hour asks 4 errors, the 200th 6, and all together twice the chance of the first', () => {
  expect([errorsAsked(1), errorsAsked(200)]).toEqual([4, expect.closeTo(5.98, 2)]);
  const chances = Array.from({ length: 2_160 }, (_, i) => Math.exp(-(errorsAsked(i + 1) ** 2) / 2));
  expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeLessThan(2 * Math.exp(-8));
});
