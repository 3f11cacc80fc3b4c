/**
 * `npm run bench:http`: decisions and feedback over HTTP against workerd itself, beside a bare worker that makes one object call with one persisted
 * row (two rows), in the same process and in turns. `-- --json FILE` writes the figures as one flat object, `--rounds N` and `--seconds S` change how long.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../decisioning/random.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { BARE, BARE_SCRIPT } from './bare.ts';
import { type Call, closedLoop, openLoop, type Stretch, Target } from './load.ts';
import { BARE_CALLS, type CallName, Calls, DOCUMENTS, OUR_CALLS } from './scenarios.ts';

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
/** Of what the bare worker can take, so much in the open loop. */
const OPEN_SHARE = 0.5;
/** Open stretches are longer: a 99th percentile needs some hundred answers in each. */
const OPEN_STRETCHES = 3;
/** Decisions before feedback, as many as a stretch of feedback may use up. */
const FEEDBACK_PER_SECOND = 1_500;
const OPEN_CALLS = ['bare_one_row', 'capped', 'uncapped', 'anonymous'] as const satisfies readonly CallName[];

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(share * times.length)] ?? Number.NaN;
const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);
const isBare = (name: CallName): boolean => (BARE_CALLS as readonly CallName[]).includes(name);

const state = mkdtempSync(join(tmpdir(), 'bench-http-'));
const barePort = await choosePort(undefined, 18_917);
const directPort = await choosePort(undefined, 18_937);
const stack = await startStack({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  port: await choosePort(undefined, 18_957),
  stateDir: state,
  demoFile: join(state, 'demo.json'),
  directPort,
  beside: [{ ...BARE, script: BARE_SCRIPT, port: barePort }],
});
const bare = new Target(barePort, {});
const ours = new Target(directPort, { authorization: `Bearer ${stack.keys.secretKey}` });
const targetOf = (name: CallName): Target => (isBare(name) ? bare : ours);
const calls = new Calls();

/** Stretches of each kind, round by round in turns, so that all meet the same machine. */
async function closed(): Promise<Map<CallName, Stretch[]>> {
  const names = [...BARE_CALLS, ...OUR_CALLS];
  const measured = new Map<CallName, Stretch[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    const first = Math.abs(round) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      if (name === 'feedback')
        await calls.gather((FEEDBACK_PER_SECOND * stretchMs) / 1_000, (call) => ours.send(call), CLIENTS);
      const stretch = await closedLoop(targetOf(name), () => calls.next(name), CLIENTS, stretchMs);
      // The first round warms up: code, objects, connections.
      if (round >= 0) measured.get(name)!.push(stretch);
    }
  }
  return measured;
}

async function open(perSecond: number): Promise<Map<CallName, Stretch[]>> {
  const random = seededRandom('7'.repeat(32));
  const measured = new Map<CallName, Stretch[]>(OPEN_CALLS.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 === 0 ? OPEN_CALLS : OPEN_CALLS.toReversed()) {
      const next = () => calls.next(name) as Call;
      measured.get(name)!.push(await openLoop(targetOf(name), next, perSecond, stretchMs * OPEN_STRETCHES, random));
    }
  return measured;
}

const figures: Record<string, number> = {};
const perSecond = (stretch: Stretch): number => stretch.answered / stretch.seconds;

/** Ratios are taken round by round, against the bare worker's stretch of the same round. */
function reportClosed(measured: ReadonlyMap<CallName, readonly Stretch[]>): void {
  console.log(`  closed loop, ${CLIENTS} clients   a second   of bare   median ms   99 % ms   not 200`);
  const base = measured.get('bare_one_row')!.map(perSecond);
  for (const [name, stretches] of measured) {
    const times = stretches.flatMap((stretch) => stretch.times);
    const rate = median(stretches.map(perSecond));
    const ratio = median(stretches.map((stretch, i) => perSecond(stretch) / base[i]!));
    const failed = stretches.reduce((sum, stretch) => sum + stretch.failed, 0);
    figures[`http.closed.${name}.per_second`] = rate;
    figures[`http.closed.${name}.of_bare`] = ratio;
    figures[`http.closed.${name}.p99_ms`] = quantile(times, 0.99);
    const cells = [rate.toFixed(0), ratio.toFixed(2), median(times).toFixed(1), quantile(times, 0.99).toFixed(1)];
    const widths = [11, 10, 12, 10];
    const text = cells.map((cell, i) => cell.padStart(widths[i]!)).join('');
    console.log(`  ${name.padEnd(24)}${text}${String(failed).padStart(10)}`);
  }
}

function reportOpen(measured: ReadonlyMap<CallName, readonly Stretch[]>, rate: number): void {
  console.log(`\n  open loop, ${rate.toFixed(0)} a second   median ms   99 % ms   99 % of bare   not 200`);
  const p99 = (name: CallName) =>
    quantile(
      measured.get(name)!.flatMap(({ times }) => times),
      0.99,
    );
  for (const [name, stretches] of measured) {
    const times = stretches.flatMap((stretch) => stretch.times);
    const failed = stretches.reduce((sum, stretch) => sum + stretch.failed, 0);
    const ratio = p99(name) / p99('bare_one_row');
    figures[`http.open.${name}.p99_ms`] = p99(name);
    figures[`http.open.${name}.p99_of_bare`] = ratio;
    const cells = [median(times).toFixed(1), p99(name).toFixed(1), ratio.toFixed(2), String(failed)];
    const widths = [14, 10, 15, 10];
    console.log(`  ${name.padEnd(24)}${cells.map((cell, i) => cell.padStart(widths[i]!)).join('')}`);
  }
}

try {
  const pushed = await ours.send({ path: '/v1/push', body: JSON.stringify({ documents: DOCUMENTS }) });
  if (pushed.status !== 200) throw new Error(`/v1/push: ${pushed.status} ${pushed.text}`);
  const measured = await closed();
  reportClosed(measured);
  const rate = OPEN_SHARE * median(measured.get('bare_one_row')!.map(perSecond));
  reportOpen(await open(rate), rate);
  console.log(`\n  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  bare.end();
  ours.end();
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
