/**
 * `npm run bench:freshness`: from a report's acknowledgement to the first decision that uses it, over HTTP against workerd itself: for an isolate that
 * decides twenty times a second, and for isolates with one decision in five seconds. `-- --seconds S` says how long, `--json FILE` writes the figures as
 * one flat object. Ends with an error when the bound is missed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import type { EventsResponse } from '../../contract/events.ts';
import { seededRandom } from '../../decisioning/random.ts';
import { writeFigures } from '../../scripts/figures.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { Target } from '../http/load.ts';
import { oldestUnknown, quantile, type Seen, untilUsed } from './ages.ts';
import { CAMPAIGNS, DOCUMENTS, MAX_REPORTS, reportsKnown, tokensOf } from './world.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, json: { type: 'string' } } });
const lengthMs = Number(values.seconds) * 1_000;
if (!(lengthMs > 0)) throw new RangeError('--seconds: a number above 0');

const BOUND_MS = 2_500;
const OFTEN_EVERY_MS = 50;
const SELDOM_EVERY_MS = 5_000;
/** Their decisions fall at different moments of the same five seconds. */
const SELDOM_ISOLATES = 6;
/** After the last report: enough for the slowest to hear of it twice. */
const AFTER_MS = 12_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const state = mkdtempSync(join(tmpdir(), 'bench-freshness-'));
const port = await choosePort(undefined, 22_217);
const directPort = await choosePort(undefined, port + 1);
const twinPorts: number[] = [];
for (let i = 0; i <= SELDOM_ISOLATES; i += 1)
  twinPorts.push(await choosePort(undefined, (twinPorts.at(-1) ?? directPort) + 1));
const stack = await startStack({
  ...{ root: fileURLToPath(new URL('../../', import.meta.url)), port, directPort, stateDir: state },
  demoFile: join(state, 'demo.json'),
  twins: twinPorts.map((twin) => ({ port: twin })),
});
const [first, often, ...seldom] = [directPort, ...twinPorts].map(
  (at) => new Target(at, { authorization: `Bearer ${stack.keys.secretKey}` }),
) as [Target, Target, ...Target[]];
const random = seededRandom('9'.repeat(32));

async function ask<T>(target: Target, path: string, body: object): Promise<T> {
  const { status, text } = await target.send({ path, body: JSON.stringify(body) });
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

/** Tokens of the arm that counts, so many of each campaign: of customers who are asked for once. */
async function gather(): Promise<Map<string, string[]>> {
  const tokens = new Map<string, string[]>(CAMPAIGNS.map((id) => [id, []]));
  for (let i = 0; [...tokens.values()].some(({ length }) => length < MAX_REPORTS); i += 1) {
    const body = { placements: CAMPAIGNS, customer: { id: `told-${i}` } };
    const answer = await ask<OptimizeResponse>(first, '/v1/optimize', body);
    for (const [campaign, token] of tokensOf(answer)) tokens.get(campaign)!.push(token);
  }
  return tokens;
}

/** Reports of one campaign at random moments. @returns when each was acknowledged */
async function report(tokens: readonly string[]): Promise<number[]> {
  const acknowledged: number[] = [];
  const startMs = performance.now();
  const moments = tokens.map(() => random.next() * lengthMs).toSorted((one, other) => one - other);
  for (const [i, token] of tokens.entries()) {
    await wait(Math.max(0, startMs + moments[i]! - performance.now()));
    const { accepted } = await ask<EventsResponse>(first, '/v1/feedback', { events: [{ token, kind: 'exposure' }] });
    if (accepted !== 1) throw new Error('a report was not accepted');
    acknowledged.push(performance.now());
  }
  return acknowledged;
}

/** Decisions of one isolate, every so often. @returns what each knew, by campaign */
async function decide(target: Target, everyMs: number, offsetMs: number): Promise<Map<string, Seen[]>> {
  const seen = new Map<string, Seen[]>(CAMPAIGNS.map((id) => [id, []]));
  const startMs = performance.now() + offsetMs;
  for (let dueMs = startMs; dueMs < startMs + lengthMs + AFTER_MS - offsetMs; dueMs += everyMs) {
    await wait(Math.max(0, dueMs - performance.now()));
    const { decisions } = await ask<OptimizeResponse>(target, '/v1/optimize', { placements: CAMPAIGNS });
    const atMs = performance.now();
    for (const decision of decisions) seen.get(decision.placement)!.push({ atMs, known: reportsKnown(decision) });
  }
  return seen;
}

const figures: Record<string, number> = {};
function row(name: string, id: string, ages: readonly number[]): void {
  const [p50, p99, max] = [quantile(ages, 0.5), quantile(ages, 0.99), Math.max(...ages)];
  Object.assign(figures, { [`freshness.${id}.p50_ms`]: p50, [`freshness.${id}.p99_ms`]: p99 });
  const holds = p99 <= BOUND_MS;
  if (!holds) process.exitCode = 1;
  const cells = [p50, p99, max].map((ms) => `${(ms / 1_000).toFixed(2)} s`.padStart(10)).join('');
  console.log(`  ${name.padEnd(62)}${cells}${String(ages.length).padStart(9)}  ${holds ? 'holds' : 'MISSED'}`);
}

try {
  await ask(first, '/v1/push', { documents: DOCUMENTS });
  const tokens = await gather();
  const [acknowledged, quick, ...slow] = await Promise.all([
    Promise.all(CAMPAIGNS.map((id) => report(tokens.get(id)!.slice(0, MAX_REPORTS)))),
    decide(often, OFTEN_EVERY_MS, 0),
    ...seldom.map((target, i) => decide(target, SELDOM_EVERY_MS, (i * SELDOM_EVERY_MS) / SELDOM_ISOLATES)),
  ]);
  for (const isolate of [quick, ...slow])
    for (const [id, seen] of isolate)
      if (seen.at(-1)?.known !== MAX_REPORTS)
        throw new Error(`${id}: ${seen.at(-1)?.known} of ${MAX_REPORTS} reports are known in the end`);
  console.log(
    `  from acknowledgement to decision, at most ${BOUND_MS / 1_000} s in 99 %${' '.repeat(15)}    median      99 %    at most    of`,
  );
  const of = (isolate: ReadonlyMap<string, readonly Seen[]>, ages: typeof untilUsed): number[] =>
    CAMPAIGNS.flatMap((id, i) => ages(acknowledged[i]!, isolate.get(id)!));
  row('until the first decision that uses it, 20 decisions a second', 'often', of(quick, untilUsed));
  row('oldest report a decision does not know, the same', 'often.unknown', of(quick, oldestUnknown));
  row(
    'the same, one decision in five seconds',
    'seldom.unknown',
    slow.flatMap((isolate) => of(isolate, oldestUnknown)),
  );
  console.log(`\n  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  writeFigures(values.json, figures);
} finally {
  for (const target of [first, often, ...seldom]) target.end();
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
