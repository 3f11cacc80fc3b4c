/**
 * `npm run prove:overload`: three times what this machine can answer, over HTTP against workerd itself, each request sent when it is due, whatever became
 * of those before. `-- --seconds 60` says how long, `--json FILE` writes the figures as one flat object. Ends with an error when less was really sent, when
 * anything else than 200 (a decision or default content), 429 and 503 was answered, or when a light load is not as quick as before within five seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../decisioning/random.ts';
import { writeFigures } from '../../scripts/figures.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { type Call, closedLoop, meantPerSecond, Target } from './load.ts';
import { wireOf } from './pipes.ts';
import { Calls, DOCUMENTS } from './scenarios.ts';
import { Storm } from './storm.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, json: { type: 'string' } } });
const stormMs = Number(values.seconds) * 1_000;
if (!(stormMs > 0)) throw new RangeError('--seconds: a number above 0');

/** Of what can be answered. */
const STORM_SHARE = 3;
/** Of what is asked to be sent: arrivals are drawn, and some are more or fewer. */
const SENT_AT_LEAST = 0.98;
const STORM_CONNECTIONS = 1_000;
/** A load that nobody waits in: what is compared before and after. */
const LIGHT_SHARE = 0.15;
const LIGHT_CONNECTIONS = 64;
const CLIENTS = 32;
const SATURATE_MS = 4_000;
const WINDOW_MS = 1_000;
const WINDOWS_BEFORE = 7;
/** The promise, and how far a window may be above the ones before: of some hundred answers the 99th percentile is one of the slowest. */
const BACK_WITHIN_MS = 5_000;
const MAX_ABOVE = 2;
const TOKENS = 300;
/** Requests are made before they are sent: a storm's client has a core to share. Whole turns of the mix and of the known customers. */
const PREPARED = 3_000;
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
const headers = { authorization: `Bearer ${stack.keys.secretKey}` };
const target = new Target(directPort, headers);
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

/** The same calls over and over, as they go over the wire. */
function prepared(next: () => Call): () => string {
  const wires = Array.from({ length: PREPARED }, () => wireOf(next(), headers));
  let count = 0;
  return () => wires[count++ % PREPARED]!;
}

/** 99th percentile of a second of light load. Answers that come later than its end count: they are waited for before the next. */
async function window(next: () => string, perSecond: number): Promise<number> {
  const storm = new Storm(directPort, LIGHT_CONNECTIONS);
  await storm.blow(next, perSecond, WINDOW_MS, random);
  await storm.calm();
  const strange = Object.entries(storm.kinds).filter(([kind]) => kind !== '200');
  return strange.length > 0 ? Number.POSITIVE_INFINITY : quantile(storm.times, 0.99);
}

const figures: Record<string, number> = {};

/** What became of the storm. @returns whether all of it was sent, and nothing strange answered */
function told(storm: Storm, asked: number): boolean {
  const { offered, sent, heldBack, answered, givenUp, times } = storm;
  const seconds = stormMs / 1_000;
  const kinds = Object.entries(storm.kinds).toSorted();
  const multiple = (STORM_SHARE * sent) / asked;
  Object.assign(figures, {
    ...{ 'overload.offered': offered, 'overload.sent': sent, 'overload.held_back': heldBack },
    ...{ 'overload.sent_of_saturation': multiple, 'overload.answered': answered, 'overload.given_up': givenUp },
    'overload.p99_ms': quantile(times, 0.99),
    ...Object.fromEntries(kinds.map(([kind, count]) => [`overload.kinds.${kind.replace(' ', '_')}`, count])),
  });
  console.log(
    `  storm, ${(asked / seconds).toFixed(0)} a second for ${seconds} s: ${offered} offered, ${sent} sent (${multiple.toFixed(2)} times saturation), ${heldBack} held back`,
  );
  console.log(`  ${answered} answered: ${kinds.map(([kind, count]) => `${kind}: ${count}`).join(' · ')}`);
  console.log(`  99 % of them within ${quantile(times, 0.99).toFixed(0)} ms; ${givenUp} given up by whoever sent them`);
  const strange = kinds.filter(([kind]) => !ALLOWED.has(kind));
  if (strange.length > 0) console.error('  MISSED: not allowed:', Object.fromEntries(strange));
  const isSent = sent >= SENT_AT_LEAST * asked;
  if (!isSent) console.error(`  MISSED: ${STORM_SHARE} times saturation was to be sent`);
  return isSent && strange.length === 0;
}

async function prove(): Promise<boolean> {
  const pushed = await target.send({ path: '/v1/push', body: JSON.stringify({ documents: DOCUMENTS }) });
  if (pushed.status !== 200) throw new Error(`/v1/push: ${pushed.status} ${pushed.text}`);
  const next = mixed(await tokens());
  await closedLoop(target, next, CLIENTS, SATURATE_MS);
  const most = meantPerSecond(await closedLoop(target, next, CLIENTS, SATURATE_MS));
  const [lightWires, stormWires] = [prepared(light), prepared(next)];
  const before: number[] = [];
  for (let i = 0; i < WINDOWS_BEFORE; i += 1) before.push(await window(lightWires, LIGHT_SHARE * most));
  const base = quantile(before, 0.5);
  console.log(`  saturated at ${most.toFixed(0)} a second; light load: 99 % within ${base.toFixed(1)} ms`);
  const storm = new Storm(directPort, STORM_CONNECTIONS);
  await storm.blow(stormWires, STORM_SHARE * most, stormMs, random);
  const endedMs = performance.now();
  storm.giveUp();
  let after = Number.POSITIVE_INFINITY;
  let backMs = 0;
  while (after > MAX_ABOVE * base && performance.now() - endedMs < 4 * BACK_WITHIN_MS) {
    after = await window(lightWires, LIGHT_SHARE * most);
    backMs = performance.now() - endedMs;
  }
  const isSent = told(storm, (STORM_SHARE * most * stormMs) / 1_000);
  const isBack = after <= MAX_ABOVE * base && backMs <= BACK_WITHIN_MS;
  console.log(
    `  a light second: 99 % within ${base.toFixed(1)} ms before, ${after.toFixed(1)} ms after, measured ${(backMs / 1_000).toFixed(1)} s after the storm's end`,
  );
  if (!isBack) console.error(`  MISSED: within ${MAX_ABOVE} × as before, within ${BACK_WITHIN_MS / 1_000} s`);
  Object.assign(figures, {
    ...{ 'overload.saturation.per_second': most, 'overload.light.before.p99_ms': base },
    ...{ 'overload.light.after.p99_ms': after, 'overload.back_ms': backMs },
  });
  return isSent && isBack;
}

try {
  const holds = await prove();
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine`);
  writeFigures(values.json, figures);
  process.exitCode = holds ? 0 : 1;
} finally {
  target.end();
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
