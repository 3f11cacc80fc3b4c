/**
 * `npm run bench:cpu -- capped,anonymous`: processor time of workerd for each kind of call, in turns with the bare worker's, whose answers cost what they
 * cost on any machine. Steadier than rates where other programs want the same cores; `--rounds N` and `--seconds S` change how long, `--json FILE` writes
 * the figures as one flat object.
 */
import { parseArgs } from 'node:util';
import { writeFigures } from '../../scripts/figures.ts';
import { childrenNamed } from '../../scripts/start/processes.ts';
import { cpuMsOf } from '../process.ts';
import { closedLoop, meantPerSecond } from './load.ts';
import { BARE_CALLS, type CallName, Calls, customersOf, isForKnown, isForNew, OUR_CALLS } from './scenarios.ts';
import { startStand } from './stand.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
  },
});
const known: readonly string[] = [...BARE_CALLS, ...OUR_CALLS];
const asked = (positionals[0] ?? 'bare_echo,capped,budgeted,uncapped,anonymous').split(',');
for (const name of asked) if (!known.includes(name)) throw new RangeError(`${name}: none of ${known.join(', ')}`);
const names = [...new Set(['bare_one_row', ...asked])] as CallName[];
const rounds = Number(values.rounds);
const stretchMs = Number(values.seconds) * 1_000;
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError('--rounds: a whole number from 1');
if (!(stretchMs > 0)) throw new RangeError('--seconds: a number above 0');

const CLIENTS = 32;
/** As of `bench:http`: functions are compiled for speed when they have been called thousands of times. */
const WARM_UP_ROUNDS = 3;
/** Decisions before feedback, a second of a stretch: more than it uses up. */
const TOLD_PER_SECOND = 1_250;
/** What nobody asks for is put away after ten seconds: objects of thousands of customers have more open files than a process may. */
const PUT_AWAY_MS = 11_000;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const { ours, targetOf, end } = await startStand('bench-cpu', 18_217);
const [workerd] = childrenNamed('workerd');
if (workerd === undefined) throw new Error('no workerd runs');
const calls = new Calls();

async function prepare(name: CallName): Promise<void> {
  const told = (TOLD_PER_SECOND * stretchMs) / 1_000;
  if (name === 'feedback') await calls.gather(told, 'capped', (call) => ours.send(call), CLIENTS);
  if (name === 'feedback_new') await calls.gather(told, 'uncapped', (call) => ours.send(call), CLIENTS);
  if (!isForKnown(name)) return;
  calls.begin();
  let left = customersOf(name);
  await closedLoop(targetOf(name), () => (left-- > 0 ? calls.next(name) : undefined), CLIENTS, 60_000);
}

const micros = new Map<CallName, number[]>(names.map((name) => [name, []]));
const figures: Record<string, number> = {};
const rates = new Map<CallName, number[]>(names.map((name) => [name, []]));
try {
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const name of names) {
      await prepare(name);
      const before = cpuMsOf(workerd);
      const stretch = await closedLoop(targetOf(name), () => calls.next(name), CLIENTS, stretchMs);
      const { answered, failed } = stretch;
      const took = cpuMsOf(workerd) - before;
      if (isForNew(name) || name === 'feedback') await new Promise((resolve) => setTimeout(resolve, PUT_AWAY_MS));
      if (round < 0 || answered === 0) continue;
      if (failed > 0) console.log(`  ${name}: ${failed} of ${answered} answers are not what was asked for`);
      figures[`cpu.${name}.not_meant`] = (figures[`cpu.${name}.not_meant`] ?? 0) + failed;
      micros.get(name)!.push((took * 1_000) / answered);
      rates.get(name)!.push(meantPerSecond(stretch));
    }
  }
} finally {
  await end();
}
console.log('\n  medians              µs of workerd a call   of bare   a second');
const base = micros.get('bare_one_row')!;
for (const [name, taken] of micros) {
  const ofBare = median(taken.map((one, i) => base[i]! / one));
  figures[`cpu.${name}.us_per_call`] = median(taken);
  figures[`cpu.${name}.of_bare`] = ofBare;
  figures[`cpu.${name}.per_second`] = median(rates.get(name)!);
  const cells = [
    median(taken).toFixed(0).padStart(18),
    ofBare.toFixed(2).padStart(12),
    median(rates.get(name)!).toFixed(0).padStart(11),
  ];
  console.log(`  ${name.padEnd(20)}${cells.join('')}`);
}
writeFigures(values.json, figures);
