/**
 * `npm run prove:overload`: three times what this machine can answer, over HTTP against workerd itself. `-- --seconds 60` says how long. Ends with
 * an error when anything else than 200 (a decision or default content), 429 and 503 was answered, or when a light load is not as quick as before
 * within five seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../decisioning/random.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { type Call, closedLoop, Target } from './load.ts';
import { Calls, DOCUMENTS } from './scenarios.ts';
import { Storm } from './storm.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const stormMs = Number(values.seconds) * 1_000;
if (!(stormMs > 0)) throw new RangeError('--seconds: a number above 0');

/** Of what can be answered. */
const STORM_SHARE = 3;
/** A load that nobody waits in: what is compared before and after. */
const LIGHT_SHARE = 0.15;
const CLIENTS = 32;
const SATURATE_MS = 4_000;
const WINDOW_MS = 1_000;
const WINDOWS_BEFORE = 7;
/** The promise, and how far a window may be above the ones before: of some hundred answers the 99th percentile is one of the slowest. */
const BACK_WITHIN_MS = 5_000;
const MAX_ABOVE = 2;
const TOKENS = 300;
const ALLOWED = new Set(['200', '200 default', '429', '503']);

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(share * times.length)] ?? Number.NaN;

const state = mkdtempSync(join(tmpdir(), 'overload-'));
const directPort = await choosePort(undefined, 18_977);
const stack = await startStack({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  port: await choosePort(undefined, 18_997),
  stateDir: state,
  demoFile: join(state, 'demo.json'),
  directPort,
});
const target = new Target(directPort, { authorization: `Bearer ${stack.keys.secretKey}` }, Number.POSITIVE_INFINITY);
const calls = new Calls();
const random = seededRandom('5'.repeat(32));
const light = () => calls.next('capped') as Call;

async function tokens(): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < TOKENS; i += 1) {
    const { text } = await target.send(calls.next('capped_new') as Call);
    const { decisions } = JSON.parse(text) as { decisions: { token?: string }[] };
    if (decisions[0]?.token) found.push(decisions[0].token);
  }
  return found;
}

/** Customers, one whom everybody asks for, visitors, and feedback that is repeated. */
function mixed(told: readonly string[]): () => Call {
  const hot = { path: '/v1/optimize', body: JSON.stringify({ placements: ['capped'], customer: { id: 'hot' } }) };
  let count = 0;
  return () => {
    count += 1;
    const token = told[count % told.length];
    if (count % 5 === 0) return hot;
    if (count % 5 === 1) return calls.next('anonymous') as Call;
    if (count % 5 === 2) return { path: '/v1/feedback', body: JSON.stringify({ token, kind: 'exposure' }) };
    return light();
  };
}

/** 99th percentile of a second of light load. Answers that come later than its end count: they are waited for before the next. */
async function window(perSecond: number): Promise<number> {
  const storm = new Storm();
  const times = await storm.blow(target, light, perSecond, WINDOW_MS, random);
  await storm.calm();
  return quantile(times, 0.99);
}

async function prove(): Promise<boolean> {
  const pushed = await target.send({ path: '/v1/push', body: JSON.stringify({ documents: DOCUMENTS }) });
  if (pushed.status !== 200) throw new Error(`/v1/push: ${pushed.status} ${pushed.text}`);
  await closedLoop(target, light, CLIENTS, SATURATE_MS);
  const saturated = await closedLoop(target, light, CLIENTS, SATURATE_MS);
  const most = saturated.answered / saturated.seconds;
  const before: number[] = [];
  for (let i = 0; i < WINDOWS_BEFORE; i += 1) before.push(await window(LIGHT_SHARE * most));
  const base = quantile(before, 0.5);
  console.log(`  saturated at ${most.toFixed(0)} a second; light load: 99 % within ${base.toFixed(1)} ms`);
  const storm = new Storm();
  const times = await storm.blow(target, mixed(await tokens()), STORM_SHARE * most, stormMs, random);
  const endedMs = performance.now();
  const sent = `${(STORM_SHARE * most).toFixed(0)} a second for ${stormMs / 1_000} s`;
  let after = Number.POSITIVE_INFINITY;
  let backMs = 0;
  while (after > MAX_ABOVE * base && performance.now() - endedMs < 4 * BACK_WITHIN_MS) {
    after = await window(LIGHT_SHARE * most);
    backMs = performance.now() - endedMs;
  }
  await storm.calm();
  const kinds = Object.entries(storm.kinds).toSorted();
  console.log(`  storm, ${sent}: ${kinds.map(([kind, count]) => `${kind}: ${count}`).join(' · ')}`);
  console.log(
    `  held back by 1,000 open requests: ${storm.heldBack}; 99 % answered within ${quantile(times, 0.99).toFixed(0)} ms`,
  );
  console.log(
    `  after it: 99 % of a light second within ${after.toFixed(1)} ms, ${(backMs / 1_000).toFixed(1)} s after its end`,
  );
  const strange = kinds.filter(([kind]) => !ALLOWED.has(kind));
  if (strange.length > 0) console.error('  not allowed:', Object.fromEntries(strange));
  const isBack = after <= MAX_ABOVE * base && backMs <= BACK_WITHIN_MS;
  if (!isBack) console.error(`  not back to ${MAX_ABOVE} × the light load's time within ${BACK_WITHIN_MS / 1_000} s`);
  return strange.length === 0 && isBack;
}

try {
  const holds = await prove();
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine`);
  process.exitCode = holds ? 0 : 1;
} finally {
  target.end();
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
