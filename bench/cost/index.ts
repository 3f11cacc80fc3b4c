/**
 * `npm run bench:cost`: processor time of workerd for a decision of each kind and for an event told, beside a bare worker of one object call with one
 * row, and what a million decisions cost by it on the platform's prices. `-- --calls N` says how many of each are measured, `--json FILE` writes the
 * figures as one flat object. Reads processor time from `/proc`.
 */
import { writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { closedLoop } from '../http/load.ts';
import { type CallName, Calls } from '../http/scenarios.ts';
import { startStand } from '../http/stand.ts';
import { cpuMsOf } from '../process.ts';
import { KINDS, PRICES, ROWS, sumOf } from './sums.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '4000' }, json: { type: 'string' } } });
const measured = Number(values.calls);
if (!Number.isSafeInteger(measured) || measured < 1) throw new RangeError('--calls: a whole number from 1');

/** Few: processor time is asked, not speed, and nobody is to wait so long that default content is measured. */
const CLIENTS = 8;
/** Calls before: until all code is compiled that will be, and every known customer is in memory. */
const WARM_UP = 3_000;
/** Each told decision has an object, with three open files for ten seconds: a process may have 20,000 by default. */
const WARM_UP_TOLD = 1_000;
/** What goes on behind answers (deliveries, reports, allocations) is counted with them. */
const BEHIND_MS = 3_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const { stack, ours, targetOf, end } = await startStand('bench-cost', 22_417);
const calls = new Calls();

function cpuMs(): number {
  const { processId } = stack.runtime;
  if (processId === undefined) throw new Error('the runtime has no process that can be asked');
  return cpuMsOf(processId);
}

/** Processor time of a call, without what workerd takes while nobody asks. */
async function measure(name: CallName, idleShare: number): Promise<number> {
  const target = targetOf(name);
  const send = (count: number) => {
    let left = count;
    return closedLoop(target, () => (left-- > 0 ? calls.next(name) : undefined), CLIENTS, Number.POSITIVE_INFINITY);
  };
  const warmUp = name === 'feedback' ? WARM_UP_TOLD : WARM_UP;
  if (name === 'feedback') await calls.gather(warmUp + measured, 'capped', (call) => ours.send(call), CLIENTS);
  await send(warmUp);
  await wait(BEHIND_MS);
  const [beforeMs, startMs] = [cpuMs(), performance.now()];
  const { answered, failed } = await send(measured);
  await wait(BEHIND_MS);
  if (failed > 0) throw new Error(`${name}: ${failed} of ${answered} were not answered with 200`);
  return (cpuMs() - beforeMs - idleShare * (performance.now() - startMs)) / answered;
}

try {
  await wait(BEHIND_MS);
  const [idleFromMs, fromMs] = [cpuMs(), performance.now()];
  await wait(BEHIND_MS);
  const idleShare = (cpuMs() - idleFromMs) / (performance.now() - fromMs);
  const bareMs = await measure('bare_one_row', idleShare);
  const feedbackMs = await measure('feedback', idleShare);
  const figures: Record<string, number> = { 'cost.cpu_ms.bare_one_row': bareMs, 'cost.cpu_ms.feedback': feedbackMs };
  const timeText = (ms: number) => `${ms.toFixed(3)} ms, ${(ms / bareMs).toFixed(2)} ×`;
  console.log(
    `  processor time of a bare worker's call with one row: ${bareMs.toFixed(3)} ms; of an event told: ${timeText(feedbackMs)}\n`,
  );
  console.log(
    '| $ a million decisions | CPU of a decision, of the bare call | requests | CPU | objects | rows | births | duration | together |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const kind of KINDS) {
    const ms = await measure(kind, idleShare);
    const sum = sumOf(kind, ms, feedbackMs);
    Object.assign(figures, { [`cost.cpu_ms.${kind}`]: ms, [`cost.usd_per_million.${kind}`]: sum.together });
    const { requests, cpu, objects, rows, births, duration, together } = sum;
    const cells = [requests, cpu, objects, rows, births, duration].map((usd) => usd.toFixed(2));
    console.log(`| ${kind} | ${timeText(ms)} | ${cells.join(' | ')} | **${together.toFixed(2)}** |`);
  }
  console.log(`\n  prices a million: ${JSON.stringify(PRICES)}; rows: ${JSON.stringify(ROWS)}`);
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await end();
}
