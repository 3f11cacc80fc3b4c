/**
 * `npm run bench:http`: decisions and feedback over HTTP against workerd itself, beside a bare worker that makes one object call with one persisted
 * row (two rows), in the same process and in turns. `-- --json FILE` writes the figures as one flat object, `--rounds N` and `--seconds S` change how long.
 */
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../decisioning/random.ts';
import { writeFigures } from '../../scripts/figures.ts';
import { type Call, closedLoop, meantPerSecond, openLoop, type Stretch } from './load.ts';
import { measureOpen } from './open.ts';
import { BARE_CALLS, type CallName, Calls, customersOf, isForKnown, isForNew, OUR_CALLS } from './scenarios.ts';
import { startStand } from './stand.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
  },
});
const rounds = Number(values.rounds);
const stretchMs = Number(values.seconds) * 1_000;
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError('--rounds: a whole number from 1');
if (!(stretchMs > 0)) throw new RangeError('--seconds: a number above 0');

/** Enough that two cores have always something to do, few enough that none waits long. */
const CLIENTS = 32;
/** Open stretches are longer: a 99th percentile needs some hundred answers in each. */
const OPEN_STRETCHES = 3;
/** Decisions before feedback: what a stretch uses up, and no more objects at a time than a process may have files (three each) by default. */
const FEEDBACK_PER_SECOND = 1_250;
/** Each kind at up to two rates, beside the bare worker at the same. */
const MAX_OPEN_ROUNDS = 3;
/**
 * Of the bare worker's rate with one row, at least so much. A budgeted decision writes two: its own in the customer's object, and behind the answer its
 * claim's in the ledger.
 */
const AT_LEAST: Partial<Record<CallName, number>> = {
  ...{ capped: 0.75, budgeted: 0.65, uncapped: 1.5, anonymous: 1.5 },
  ...{ feedback: 0.6, feedback_new: 0.6 },
};
const OPEN_CALLS = [
  ...(['capped', 'uncapped', 'anonymous'] as const),
  ...(['capped_new', 'feedback', 'feedback_new'] as const),
] as const satisfies readonly CallName[];

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(share * times.length)] ?? Number.NaN;
const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

const { ours, targetOf, end } = await startStand('bench-http', 18_917);
const calls = new Calls();
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Kinds whose objects are there, then those that make thousands: putting them away would be measured with the others. */
const makesObjects = (name: CallName): boolean => isForNew(name) || name === 'feedback';
const WARM = [...BARE_CALLS, ...OUR_CALLS].filter((name) => !makesObjects(name));
const MAKING = ['bare_one_row', ...[...BARE_CALLS, ...OUR_CALLS].filter(makesObjects)] as const;
/** A function is compiled for speed when it has been called thousands of times: what is measured is a worker that has been at it for some seconds. */
const WARM_UP_ROUNDS = 3;
/** Objects that one stretch makes at most, three files each: a process may have 20,000 of them, and those of the stretch before may still be there. */
const MAX_MADE = 2_500;
/** What nobody asks for is put away after ten seconds. */
const PUT_AWAY_MS = 11_000;
const random = seededRandom('7'.repeat(32));

/**
 * Before a stretch: decisions that feedback tells of, and known customers back in memory, the bare worker's as ours, since an object that nobody asked for
 * ten seconds is put away.
 */
async function prepare(name: CallName): Promise<void> {
  const placement = { feedback: 'capped', feedback_new: 'uncapped' } as const;
  if (name === 'feedback' || name === 'feedback_new') {
    const events = (FEEDBACK_PER_SECOND * stretchMs) / 1_000;
    await calls.gather(events, placement[name], (call) => ours.send(call), CLIENTS);
  }
  if (!isForKnown(name)) return;
  calls.begin();
  let left = customersOf(name);
  const next = () => (left-- > 0 ? calls.next(name) : undefined);
  await closedLoop(targetOf(name), next, CLIENTS, Number.POSITIVE_INFINITY);
}

function upTo(most: number, next: () => Call | undefined): () => Call | undefined {
  let left = most;
  return () => (left-- > 0 ? next() : undefined);
}

/** Stretches of each kind, round by round in turns, so that all meet the same machine. */
async function closed(names: readonly CallName[], warmUpRounds: number): Promise<Map<CallName, Stretch[]>> {
  const measured = new Map<CallName, Stretch[]>(names.map((name) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const first = Math.abs(round) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      await prepare(name);
      const next = makesObjects(name) ? upTo(MAX_MADE, () => calls.next(name)) : () => calls.next(name);
      const stretch = await closedLoop(targetOf(name), next, CLIENTS, stretchMs);
      // Before: code, objects, connections.
      if (round >= 0) measured.get(name)!.push(stretch);
      if (makesObjects(name)) await wait(PUT_AWAY_MS);
    }
  }
  return measured;
}

const figures: Record<string, number> = {};

/**
 * Ratios are taken round by round, against the bare worker's stretch of the same round: of new customers where ours are. The median of the ratios is not
 * the ratio of the medians beside it.
 */
function reportClosed(measured: ReadonlyMap<CallName, readonly Stretch[]>): void {
  console.log(`\n  closed loop, ${CLIENTS} clients   a second   of bare      rounds   median ms   99 % ms   not meant`);
  const baseOf = (name: CallName) => measured.get(isForNew(name) ? 'bare_new' : 'bare_one_row')!.map(meantPerSecond);
  for (const [name, stretches] of measured) {
    const times = stretches.flatMap((stretch) => stretch.times);
    const rate = median(stretches.map(meantPerSecond));
    const base = baseOf(name);
    const ratios = stretches.map((stretch, i) => meantPerSecond(stretch) / base[i]!);
    const ratio = median(ratios);
    const failed = stretches.reduce((sum, stretch) => sum + stretch.failed, 0);
    figures[`http.closed.${name}.per_second`] = rate;
    figures[`http.closed.${name}.of_bare`] = ratio;
    figures[`http.closed.${name}.of_bare_least`] = Math.min(...ratios);
    figures[`http.closed.${name}.of_bare_most`] = Math.max(...ratios);
    figures[`http.closed.${name}.p99_ms`] = quantile(times, 0.99);
    figures[`http.closed.${name}.not_meant`] = failed;
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    const waits = [median(times).toFixed(1), quantile(times, 0.99).toFixed(1)];
    const cells = [rate.toFixed(0), ratio.toFixed(2), spread, ...waits];
    const widths = [11, 10, 12, 12, 10];
    const text = cells.map((cell, i) => cell.padStart(widths[i]!)).join('');
    const bound = AT_LEAST[name];
    if (bound !== undefined && ratio < bound) process.exitCode = 1;
    const verdict = bound === undefined ? '' : ratio >= bound ? '  holds' : `  MISSED: at least ${bound}`;
    console.log(`  ${name.padEnd(24)}${text}${String(failed).padStart(12)}${verdict}`);
  }
}

/** An open stretch: as long as asked, and no longer than it makes as many objects as a closed one may, those of the stretch before put away. */
async function open(name: CallName, rate: number): Promise<Stretch> {
  const isMaking = makesObjects(name);
  const ms = Math.min(stretchMs * OPEN_STRETCHES, isMaking ? (MAX_MADE / rate) * 1_000 : Number.POSITIVE_INFINITY);
  await prepare(name);
  const stretch = await openLoop(targetOf(name), () => calls.next(name), rate, ms, random);
  if (isMaking) await wait(PUT_AWAY_MS);
  return stretch;
}

try {
  const measured = await closed(WARM, WARM_UP_ROUNDS);
  reportClosed(measured);
  // The code is warm by now, but for what only reports run.
  const making = await closed(MAKING, 1);
  reportClosed(making);
  const saturation = (name: CallName) => median((measured.get(name) ?? making.get(name)!).map(meantPerSecond));
  const openCalls = OPEN_CALLS.map((name) => ({ name, bare: isForNew(name) ? 'bare_new' : 'bare_one_row' }) as const);
  Object.assign(figures, await measureOpen(openCalls, saturation, open, Math.min(rounds, MAX_OPEN_ROUNDS)));
  console.log(`\n  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  writeFigures(values.json, figures);
} finally {
  await end();
}
