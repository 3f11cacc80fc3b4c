/**
 * `npm run bench:cold`: first decisions over HTTP against workerd itself, of isolates and objects that know nothing yet, with every call to the publisher
 * 150 ms away, beside a publisher next door: how long they take, how many such calls they make, and how many are default content.
 * `-- --json FILE` writes the figures as one flat object. Ends with an error when more calls are made than must be.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { writeFigures } from '../../scripts/figures.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { startStack } from '../../scripts/start/stack.ts';
import { quantile } from '../freshness/ages.ts';
import { DOCUMENTS } from '../http/scenarios.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, samples: { type: 'string', default: '20' } } });
const samples = Number(values.samples);
if (!Number.isSafeInteger(samples) || samples < 1) throw new RangeError('--samples: a whole number from 1');

const AWAY_MS = 150;
/** Past it a catalog is waited for; well below what the platform evicts an isolate after. */
const IDLE_MS = 2_500;
/** The colo's cache has forgotten by then. */
const COLO_MS = 1_200;
const WARM = 0;
/** Calls to the publisher that a request may begin: the one that it waits for where its isolate knows too little, the one behind it where that is a second old. */
const MAX_CALLS = 1;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface First {
  readonly ms: number;
  readonly calls: number;
  readonly isDefault: boolean;
}

interface Kind {
  readonly id: string;
  readonly what: string;
  /** Samples are asked in so many isolates that know nothing, one each; in the warm one when absent. */
  readonly cold?: true;
  readonly customer?: true;
  /** Before each, in milliseconds. */
  readonly pauseMs?: number;
}

const KINDS: readonly Kind[] = [
  { id: 'warm', what: 'an isolate that was asked a moment ago, a first visit' },
  { id: 'object', what: "the same, a customer's new object, a cap", customer: true },
  { id: 'idle', what: `an isolate that nobody asked for ${IDLE_MS / 1_000} s`, pauseMs: IDLE_MS },
  { id: 'isolate', what: 'a new isolate, nobody asked in its colo', cold: true, pauseMs: COLO_MS },
  { id: 'both', what: 'a new isolate and a new object', cold: true, customer: true, pauseMs: COLO_MS },
  { id: 'beside', what: 'a new isolate, its neighbour was just asked', cold: true },
];

const state = mkdtempSync(join(tmpdir(), 'bench-cold-'));
const port = await choosePort(undefined, 22_317);
const nearPort = await choosePort(undefined, port + 1);
const awayPort = await choosePort(undefined, nearPort + 1);
const copies = 1 + samples * KINDS.filter(({ cold }) => cold).length;
const stack = await startStack({
  ...{ root: fileURLToPath(new URL('../../', import.meta.url)), port, stateDir: state },
  demoFile: join(state, 'demo.json'),
  twins: [
    { port: nearPort, copies },
    { port: awayPort, copies, publisherDelayMs: AWAY_MS },
  ],
});
let asked = 0;

/** One request, to one copy of the worker. */
function send(at: number, copy: number, path: string, body: object): Promise<{ text: string; timing: string }> {
  const headers = {
    authorization: `Bearer ${stack.keys.secretKey}`,
    'content-type': 'application/json',
    'x-copy': String(copy),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: at, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ text, timing: String(response.headers['server-timing'] ?? '') }));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

async function decide(at: number, copy: number, { customer }: Kind): Promise<First> {
  asked += 1;
  const body = customer ? { placements: ['capped'], customer: { id: `new-${asked}` } } : { placements: ['uncapped'] };
  const startMs = performance.now();
  const { text, timing } = await send(at, copy, '/v1/optimize', body);
  const ms = performance.now() - startMs;
  const { decisions } = JSON.parse(text) as OptimizeResponse;
  const calls = Number(/publisher-calls;dur=(\d+)/.exec(timing)?.[1] ?? Number.NaN);
  return { ms, calls, isDefault: decisions[0]?.outcome !== 'campaign' };
}

async function measure(at: number, kind: Kind, firstCopy: number): Promise<First[]> {
  const found: First[] = [];
  for (let i = 0; i < samples; i += 1) {
    const copy = kind.cold ? firstCopy + i : WARM;
    await send(at, copy, '/load', {});
    if (kind.pauseMs) await wait(kind.pauseMs);
    // The neighbour: the warm isolate of the same place.
    else await decide(at, WARM, KINDS[0]!);
    found.push(await decide(at, copy, kind));
  }
  return found;
}

const figures: Record<string, number> = {};
function row(away: string, { id, what }: Kind, found: readonly First[]): void {
  const times = found.map(({ ms }) => ms);
  const calls = Math.max(...found.map((first) => first.calls));
  const defaults = found.filter(({ isDefault }) => isDefault).length;
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  Object.assign(figures, {
    [`cold.${away}.${id}.p50_ms`]: p50,
    [`cold.${away}.${id}.p99_ms`]: p99,
    [`cold.${away}.${id}.calls`]: calls,
    [`cold.${away}.${id}.default_share`]: defaults / found.length,
  });
  const holds = calls <= MAX_CALLS;
  if (!holds) process.exitCode = 1;
  const cells = [p50.toFixed(0), p99.toFixed(0), String(calls), `${defaults} of ${found.length}`];
  const widths = [11, 9, 9, 14];
  const text = cells.map((cell, i) => cell.padStart(widths[i]!)).join('');
  console.log(`  ${what.padEnd(58)}${text}   ${holds ? 'holds' : `MISSED: at most ${MAX_CALLS}`}`);
}

try {
  await send(nearPort, WARM, '/v1/push', { documents: DOCUMENTS });
  for (const [away, at] of [
    ['near', nearPort],
    ['away', awayPort],
  ] as const) {
    const where = away === 'near' ? 'publisher next door' : `publisher ${AWAY_MS} ms away`;
    console.log(`  ${where.padEnd(58)}  median ms  99 % ms    calls       default`);
    await send(at, WARM, '/load', {});
    for (let i = 0; i < 20; i += 1) await decide(at, WARM, KINDS[1]!);
    let copy = 1;
    for (const kind of KINDS) {
      row(away, kind, await measure(at, kind, copy));
      if (kind.cold) copy += samples;
    }
    console.log('');
  }
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  writeFigures(values.json, figures);
} finally {
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
