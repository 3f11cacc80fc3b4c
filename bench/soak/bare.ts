/**
 * `npm run bench:evicted`: what workerd holds of objects that it has evicted, of a bare worker whose objects write one row each: what a soak's memory is
 * to be compared with. `-- --objects N` says how many come and go (12,000), `--json FILE` writes the figures as one flat object.
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
import { BARE, BARE_SCRIPT } from '../http/bare.ts';
import { closedLoop, Target } from '../http/load.ts';
import { type Gauge, gaugeOf } from '../process.ts';

const { values } = parseArgs({ options: { objects: { type: 'string', default: '12000' }, json: { type: 'string' } } });
const objects = Number(values.objects);
if (!Number.isSafeInteger(objects) || objects < 1) throw new RangeError('--objects: a whole number from 1');

const AT_A_TIME = 1_500;
const CLIENTS = 16;
/** Objects are evicted some ten seconds after their last call; two files each stay open until then. */
const MAX_WAIT_SECONDS = 60;
const FEW_FILES = 200;

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'evicted-'));
const port = await choosePort(undefined, 22_617);
const { name, objects: bound } = BARE;
const worker = {
  ...{ name, rootPath: root, compatibilityDate: '2026-11-01' },
  modules: [{ type: 'ESModule' as const, path: join(root, 'bare.mjs'), contents: BARE_SCRIPT }],
  durableObjects: { [bound.binding]: { className: bound.className, useSQLite: true } },
  unsafeDirectSockets: [{ host: '127.0.0.1', port }],
};
const quiet = { logRequests: false, cf: false as const, handleStructuredLogs: () => undefined };
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [worker],
    ...{ host: '127.0.0.1', port: 0, resourcePersistencePath: state, ...quiet },
  }),
);
await miniflare.ready;
const target = new Target(port, {});
const pid = childrenNamed('workerd')[0];

function gauge(): Gauge {
  const found = pid === undefined ? undefined : gaugeOf(pid);
  if (!found) throw new Error('there is no process to look at: this needs /proc');
  return found;
}

const figures: Record<string, number> = { 'evicted.objects.0.mb': gauge().rssMb };
try {
  console.log('  objects so far   MB, all in memory   MB, all evicted   open files');
  for (let asked = 0; asked < objects; ) {
    let left = AT_A_TIME;
    const next = () => (left-- > 0 ? { path: `/1/object-${asked++}`, body: '{}' } : undefined);
    await closedLoop(target, next, CLIENTS, Number.POSITIVE_INFINITY);
    const held = gauge().rssMb;
    for (let waited = 0; waited < MAX_WAIT_SECONDS && gauge().openFiles > FEW_FILES; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { rssMb, openFiles } = gauge();
    figures[`evicted.objects.${asked}.mb`] = rssMb;
    const cells = [String(asked), held.toFixed(0), rssMb.toFixed(0), String(openFiles)];
    const widths = [16, 20, 18, 13];
    console.log(cells.map((cell, i) => cell.padStart(widths[i]!)).join(''));
  }
  writeFigures(values.json, figures);
} finally {
  target.end();
  await miniflare.dispose();
  rmSync(state, { recursive: true, force: true });
}
