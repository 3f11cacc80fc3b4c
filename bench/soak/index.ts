/**
 * `npm run prove:soak -- --minutes 60`: mixed traffic over HTTP against workerd itself at a modest rate, killed and started again now and then, the
 * state kept. Looks at memory, open files, threads and the outboxes' lag every half minute, and ends with an error when one of them is not flat, or
 * when anything acknowledged was lost or counted twice. The isolates of the local tool, which stand for other services, collect their garbage before each
 * look (`--as-is`: they do not); ours do when they want to. `--rate N` requests a second (60), `--json FILE` the figures as one flat object.
 */
import { writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { HealthResponse } from '../../contract/health.ts';
import type { PerformanceResponse } from '../../contract/performance.ts';
import { seededRandom } from '../../decisioning/random.ts';
import { gaugeOf } from '../process.ts';
import { Book, SENDERS, type Told } from './book.ts';
import { courses, type Finding, type Look, lagCourse, liveCourses, warmUpMs } from './log.ts';
import { Server } from './server.ts';
import { CAMPAIGNS, POOL, Traffic } from './traffic.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '60' },
    json: { type: 'string' },
    'as-is': { type: 'boolean', default: false },
  },
});
const lengthMs = Number(values.minutes) * 60_000;
const perSecond = Number(values.rate);
if (!(lengthMs > 0)) throw new RangeError('--minutes: a number above 0');
if (!(perSecond > 0)) throw new RangeError('--rate: a number above 0');

/** Restarts, as shares of the whole: five soon after each other, then a run long enough for what grows slowly, then one of half the time. */
const RESTARTS = [1 / 15, 2 / 15, 3 / 15, 4 / 15, 1 / 3, 1 / 2];
const LOOK_EVERY_MS = 30_000;
const PUSH_EVERY_MS = 150_000;
/** Requests under way: arrivals beyond it are not sent, and counted. */
const MAX_OPEN = 200;
/** How long is waited until what was acknowledged is counted: the outboxes' alarms come back within seconds, after a restart within a minute. */
const MAX_LAG_MS = 25_000;
const MAX_SETTLE_MS = 180_000;
/** Right once is not enough: what comes twice may come later. */
const STILL_MS = 20_000;
const LOOK_AGAIN_MS = 100;
/** Our isolates are asked for what they hold without garbage a moment before the end: they collect while they run. */
const BEFORE_END_MS = 12_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const server = await Server.start();
const book = new Book();
const random = seededRandom('3'.repeat(32));
const traffic = new Traffic(server, book, random);
const startMs = performance.now();
const agoMs = (): number => performance.now() - startMs;
const looks: Look[] = [];
let run = 0;
let notSent = 0;
let restarting = false;
let over = false;

/** What the server counted by now; undefined when it does not say. */
async function counted(campaign: string): Promise<Told | undefined> {
  const { status, body } = await server.ask('server', 'GET', `/v1/campaigns/${campaign}/performance?hours=1`);
  return status === 200 ? (body as PerformanceResponse).totals : undefined;
}

const reaches = (has: Told | undefined, wanted: Told): boolean =>
  has !== undefined && has.exposures >= wanted.exposures && has.conversions >= wanted.conversions;

/** Until everything that is acknowledged by now is counted. */
async function lag(): Promise<number | undefined> {
  const wanted = CAMPAIGNS.map((id) => [id, book.told(id)] as const);
  const fromMs = performance.now();
  for (const [id, told] of wanted)
    while (!reaches(await counted(id), told)) {
      if (performance.now() - fromMs > MAX_LAG_MS) return undefined;
      await wait(LOOK_AGAIN_MS);
    }
  return performance.now() - fromMs;
}

async function look(): Promise<void> {
  if (!values['as-is']) await server.collectSimulators();
  const [atMs, ofRun, pid] = [agoMs(), run, server.processId];
  const gauge = pid === undefined ? undefined : gaugeOf(pid);
  const heaps = await server.heaps();
  const lagMs = await lag();
  const { status, body } = await server.ask('server', 'GET', '/healthz');
  const stuckMs = status === 200 ? (body as HealthResponse).oldestUndeliveredMs : null;
  looks.push({ atMs, run: ofRun, gauge, heaps, lagMs, stuckMs });
  const cells = [
    `${(atMs / 60_000).toFixed(1)} min`,
    `run ${ofRun}`,
    gauge ? `${gauge.rssMb.toFixed(0)} MB, ${gauge.openFiles} files, ${gauge.threads} threads` : 'no /proc',
    `heaps ${Object.entries(heaps)
      .map(([name, { usedMb }]) => `${name.replace('hyperedge-', '')} ${usedMb.toFixed(0)}`)
      .toSorted()
      .join(', ')}`,
    lagMs === undefined
      ? `not counted within ${MAX_LAG_MS / 1_000} s`
      : `counted after ${(lagMs / 1_000).toFixed(1)} s`,
    `${book.acknowledged} events, ${book.waiting} waiting, ${notSent} not sent, load ${loadavg()[0]?.toFixed(1)}`,
  ];
  console.log(`  ${cells.join('  ')}`);
}

/** Arrivals by a Poisson process; nobody waits for an answer before the next is sent. */
async function arrivals(): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let dueMs = 0; dueMs < lengthMs; dueMs += (-Math.log(1 - random.next()) / perSecond) * 1_000) {
    const aheadMs = dueMs - agoMs();
    if (aheadMs > 1) await wait(aheadMs);
    if (open.size >= MAX_OPEN) {
      notSent += 1;
      continue;
    }
    const sent = traffic.next(Date.now());
    open.add(sent);
    void sent.finally(() => open.delete(sent));
  }
  await Promise.all(open);
  over = true;
}

async function every(ms: number, work: () => Promise<unknown>): Promise<void> {
  for (let next = ms; next < lengthMs; next += ms) {
    await wait(Math.max(0, next - agoMs()));
    while (restarting) await wait(LOOK_AGAIN_MS);
    if (!over) await work();
  }
}

async function restarts(): Promise<void> {
  for (const share of RESTARTS) {
    await wait(Math.max(0, share * lengthMs - agoMs()));
    restarting = true;
    await server.restart();
    run += 1;
    restarting = false;
  }
}

/** What our isolates hold without garbage, behind the warm-up of the last run and at its end; nothing of a soak that is too short to say. */
async function lives(): Promise<Finding[]> {
  const fromMs = RESTARTS.at(-1)! * lengthMs;
  const [warmMs, endMs] = [fromMs + warmUpMs(lengthMs - fromMs), lengthMs - BEFORE_END_MS];
  if (warmMs >= endMs) return [];
  await wait(Math.max(0, warmMs - agoMs()));
  const first = await server.liveHeaps();
  await wait(Math.max(0, endMs - agoMs()));
  return liveCourses(first, await server.liveHeaps(), looks);
}

/** Tells what still waits, and reads until the figures stand still. */
async function settle(): Promise<Finding[]> {
  const fromMs = performance.now();
  while (book.waiting > 0 && performance.now() - fromMs < MAX_SETTLE_MS)
    for (const sender of SENDERS) await traffic.tell(sender);
  let [last, sinceMs] = ['', performance.now()];
  let findings: Finding[] = [];
  while (performance.now() - fromMs < 2 * MAX_SETTLE_MS) {
    findings = await Promise.all(CAMPAIGNS.map(async (id) => lostOf(id, await counted(id))));
    const now = JSON.stringify(findings);
    if (now !== last) [last, sinceMs] = [now, performance.now()];
    else if (performance.now() - sinceMs >= STILL_MS) break;
    await wait(500);
  }
  const { body } = await server.ask('server', 'GET', `/v1/budgets/${POOL}`);
  const minor = (name: 'total' | 'posted' | 'pending' | 'leased' | 'remaining'): number =>
    (body as Record<string, { minor: number } | undefined>)[name]?.minor ?? Number.NaN;
  const sum = minor('posted') + minor('pending') + minor('leased') + minor('remaining');
  const holds = sum === minor('total') && minor('posted') <= book.told('paid').exposures;
  return [
    ...findings,
    { what: 'the pool adds up', holds, figures: { total: minor('total'), sum, posted: minor('posted') } },
  ];
}

function lostOf(id: string, has: Told | undefined): Finding {
  const told = book.told(id);
  const [exposures, conversions] = [has?.exposures ?? Number.NaN, has?.conversions ?? Number.NaN];
  const holds = exposures === told.exposures && conversions === told.conversions;
  const figures = { told: told.exposures, exposures, toldGoals: told.conversions, conversions };
  return { what: `${id}: as many counted as told`, holds, figures };
}

/** Answers: none but decisions, default content, 429 and 503, and no answer only while workerd is killed. */
function answersOf(): Finding {
  const bad = Object.entries(traffic.answers).filter(([name]) => !/ (200|202|429|503|0|default)$/.test(name));
  const refusals = Object.values(traffic.refused).reduce((sum, count) => sum + count, 0);
  return { what: 'answers', holds: bad.length === 0 && refusals === 0, figures: { ...traffic.answers, refusals } };
}

function report(findings: readonly Finding[]): void {
  const figures: Record<string, number> = { 'soak.minutes': lengthMs / 60_000, 'soak.events': book.acknowledged };
  for (const { what, holds, figures: own } of findings) {
    const text = Object.entries(own).map(
      ([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(3)}`,
    );
    console.log(`  ${holds ? 'holds ' : 'MISSED'}  ${what}: ${text.join(', ')}`);
    for (const [name, value] of Object.entries(own)) figures[`soak.${what}.${name}`.replaceAll(/[ :,]+/g, '_')] = value;
    if (!holds) process.exitCode = 1;
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}

try {
  const { status, body } = await traffic.push(1);
  if (status !== 200) throw new Error(`/v1/push: ${status} ${JSON.stringify(body)}`);
  let edition = 1;
  const [live] = await Promise.all([
    lives(),
    arrivals(),
    restarts(),
    every(LOOK_EVERY_MS, look),
    every(PUSH_EVERY_MS, () => traffic.push(++edition)),
  ]);
  const settled = await settle();
  console.log(
    `\n  ${book.acknowledged} events acknowledged, ${book.repeated} of them told again, ${notSent} requests not sent`,
  );
  report([...courses(looks), ...live, lagCourse(looks), ...settled, answersOf()]);
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
} finally {
  await server.end();
}
