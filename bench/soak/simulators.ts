/**
 * `npm run bench:simulators`: what the local tool's isolates that stand for D1 and for the cache take up under a bare worker that asks them and keeps
 * nothing: why a soak has them collect their garbage before it looks at memory. `-- --calls N` (6,000) says how many there are before they do, and again
 * while they do; each asks D1 once and the cache once or twice. `--json FILE` writes the figures as one flat object.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { writeFigures } from '../../scripts/figures.ts';
import { choosePort } from '../../scripts/start/port.ts';
import { childrenNamed } from '../../scripts/start/processes.ts';
import { closedLoop, Target } from '../http/load.ts';
import { gaugeOf } from '../process.ts';
import { collectSimulators, heapsOf } from './heaps.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '6000' }, json: { type: 'string' } } });
const calls = Number(values.calls);
if (!Number.isSafeInteger(calls) || calls < 1) throw new RangeError('--calls: a whole number from 1');

const CLIENTS = 4;
const LOOKS = 6;
const FEW = 20;
const SCRIPT = `
export default {
  async fetch(request, env) {
    await request.text();
    const { one } = await env.DB.prepare('SELECT 1 AS one').first();
    const found = await caches.default.match('http://cache/one');
    if (!found) await caches.default.put('http://cache/one', new Response('one', { headers: { 'cache-control': 'max-age=1' } }));
    return Response.json({ one });
  },
};
`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'simulators-'));
const port = await choosePort(undefined, 22_717);
const inspectorPort = await choosePort(undefined, port + 1);
const worker = {
  ...{ name: 'bare', rootPath: root, compatibilityDate: '2026-11-01' },
  modules: [{ type: 'ESModule' as const, path: join(root, 'bare.mjs'), contents: SCRIPT }],
  d1Databases: { DB: 'db' },
  unsafeDirectSockets: [{ host: '127.0.0.1', port }],
};
const quiet = { logRequests: false, cf: false as const, handleStructuredLogs: () => undefined };
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [worker],
    ...{ host: '127.0.0.1', port: 0, inspectorPort, resourcePersistencePath: state, ...quiet },
  }),
);
await miniflare.ready;
const target = new Target(port, {});
const [pid] = childrenNamed('workerd');

const figures: Record<string, number> = {};

async function look(what: string, id: string): Promise<void> {
  const gauge = pid === undefined ? undefined : gaugeOf(pid);
  if (!gauge) throw new Error('there is no process to look at: this needs /proc');
  const { bare, simulators } = await heapsOf(inspectorPort);
  figures[`simulators.${id}.mb`] = gauge.rssMb;
  const cells = [gauge.rssMb, bare?.usedMb ?? Number.NaN, simulators?.usedMb ?? Number.NaN];
  console.log(what.padStart(28) + cells.map((cell) => cell.toFixed(0).padStart(12)).join(''));
}

async function ask(count: number): Promise<void> {
  let left = count;
  const next = () => (left-- > 0 ? { path: '/', body: '{}' } : undefined);
  const { failed } = await closedLoop(target, next, CLIENTS, Number.POSITIVE_INFINITY);
  if (failed > 0) throw new Error(`${failed} calls failed`);
}

try {
  console.log('                       calls      MB, all   heap, ours  heap, theirs');
  for (let i = 0; i <= LOOKS; i += 1) {
    if (i > 0) await ask(Math.ceil(calls / LOOKS));
    const asked = String(i * Math.ceil(calls / LOOKS));
    await look(asked, `calls.${asked}`);
  }
  for (let i = 0; i <= LOOKS; i += 1) {
    if (i > 0) await ask(Math.ceil(calls / LOOKS));
    // An isolate collects while it runs.
    await Promise.all([collectSimulators(inspectorPort), ask(FEW)]);
    const asked = calls + i * Math.ceil(calls / LOOKS);
    await look(`${asked}, theirs collected`, `collected.${asked}`);
  }
  writeFigures(values.json, figures);
} finally {
  target.end();
  await miniflare.dispose();
  rmSync(state, { recursive: true, force: true });
}
