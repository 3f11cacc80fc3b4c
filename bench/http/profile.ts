/**
 * `npm run bench:profile -- capped,feedback --out FOLDER`: V8 CPU profiles of each kind of call, as workerd runs it, of the worker in front and of the
 * objects' (`…-objects`), for any viewer of `.cpuprofile` files; the functions with the most time of their own are printed, `--json FILE` writes their shares and the rates as one flat object. Time outside of JavaScript (sockets, SQLite, calls to
 * objects) shows at the function that waits for it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFigures } from '../../scripts/figures.ts';
import { closedLoop, meantPerSecond } from './load.ts';
import { BARE_CALLS, type CallName, Calls, isBare, OUR_CALLS } from './scenarios.ts';
import { startStand } from './stand.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    out: { type: 'string', default: tmpdir() },
    top: { type: 'string', default: '30' },
  },
});
const names = (positionals[0] ?? 'capped').split(',') as CallName[];
const known: readonly string[] = [...BARE_CALLS, ...OUR_CALLS];
for (const name of names) if (!known.includes(name)) throw new RangeError(`${name}: none of ${known.join(', ')}`);

const CLIENTS = 32;
const STRETCH_MS = 4_000;
const SAMPLE_MICROSECONDS = 200;
/** Decisions before feedback: more than a stretch of warming up and one of measuring tell. */
const TOLD = 20_000;

interface Profile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** One worker's inspector; `end` closes it. */
async function inspectorOf(port: number, worker: string) {
  const listed = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  const address = listed.find(({ id }) => id === `core:user:${worker}`)?.webSocketDebuggerUrl;
  if (!address) throw new Error(`no inspector of ${worker} among ${listed.map(({ id }) => id).join(', ')}`);
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  let last = 0;
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  const send = (method: string, params = {}) =>
    new Promise<unknown>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { send, end: () => socket.close() };
}

const figures: Record<string, number> = {};

function printTop(of: string, { nodes, samples, timeDeltas }: Profile, top: number): void {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map<string, number>();
  let all = 0;
  for (const [i, sample] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(sample)!;
    const name = `${functionName || '(anonymous)'} ${url.split('/').pop()}:${lineNumber + 1}`;
    own.set(name, (own.get(name) ?? 0) + timeDeltas[i]!);
    all += timeDeltas[i]!;
  }
  const sorted = [...own].toSorted(([, one], [, other]) => other - one).slice(0, top);
  for (const [name, time] of sorted) {
    figures[`profile.${of}.${name}`] = time / all;
    console.log(`  ${((time / all) * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
}

let inspectorPort = 0;
const { ours, targetOf, end } = await startStand('profile', 19_117, (port) => {
  inspectorPort = port;
});
try {
  mkdirSync(values.out, { recursive: true });
  for (const name of names) {
    const calls = new Calls();
    const placement = name === 'feedback_new' ? 'uncapped' : 'capped';
    if (name.startsWith('feedback')) await calls.gather(TOLD, placement, (call) => ours.send(call), CLIENTS);
    const run = () => closedLoop(targetOf(name), () => calls.next(name), CLIENTS, STRETCH_MS);
    await run();
    const workers = isBare(name) ? ['bare'] : ['hyperedge', 'hyperedge-objects'];
    const inspectors = await Promise.all(workers.map((worker) => inspectorOf(inspectorPort, worker)));
    for (const { send } of inspectors) {
      await send('Profiler.enable');
      await send('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
      await send('Profiler.start');
    }
    const rate = meantPerSecond(await run());
    figures[`profile.${name}.per_second`] = rate;
    console.log(`\n${name}: ${rate.toFixed(0)} a second while profiled`);
    for (const [i, { send, end }] of inspectors.entries()) {
      const { profile } = (await send('Profiler.stop')) as { profile: Profile };
      end();
      const file = join(values.out, `${name}${workers[i]!.replace('hyperedge', '')}.cpuprofile`);
      writeFileSync(file, JSON.stringify(profile));
      console.log(`\n  ${workers[i]}, ${file}`);
      printTop(`${name}.${workers[i]}`, profile, Number(values.top));
    }
  }
  writeFigures(values.json, figures);
} finally {
  await end();
}
