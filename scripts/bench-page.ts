/**
 * `npm run bench:page`: what the page script costs a visitor of the demo shop, in Chromium against the real runtime: layout shift, its
 * longest task, and how long after the answer the decision is on the page. Beside it the same page without the script.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../tests/browser/browser.ts';
import { median, type Visit, visit } from './page/visit.ts';
import { choosePort } from './start/port.ts';
import { startStack } from './start/stack.ts';

const VISITS = 30;
const PHONE = { width: 390, height: 844 };
const FIRST_PORT = 8_985;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'hyperedge-page-'));
const browser = await launchBrowser();
const stack = await startStack({
  root,
  port: await choosePort(undefined, FIRST_PORT),
  stateDir: join(folder, 'state'),
  demoFile: join(folder, 'demo.json'),
  vars: { DECIDE_DEADLINE_MS: '20000' },
});

const figure = (value: number): string => value.toFixed(value < 1 ? 3 : 1);
function row(name: string, visits: readonly Visit[], read: (visit: Visit) => number): void {
  const values = visits.map(read);
  console.log(`${name.padEnd(44)} median ${figure(median(values))}  largest ${figure(Math.max(...values))}`);
}

try {
  const address = `${stack.url}/demo/`;
  await visit(browser, address, { hasScript: true }); // the first finds everything cold
  const [with_, without, phone]: [Visit[], Visit[], Visit[]] = [[], [], []];
  for (let i = 0; i < VISITS; i++) {
    with_.push(await visit(browser, address, { hasScript: true }));
    without.push(await visit(browser, address, { hasScript: false }));
    phone.push(await visit(browser, address, { hasScript: true, viewport: PHONE }));
  }
  const [load = 0] = loadavg();
  console.log(`${VISITS} visits each, alternating; ${cpus().length} cores, load ${load.toFixed(1)}\n`);
  row('layout shift, without the script', without, (one) => one.layoutShift);
  row('layout shift, with it', with_, (one) => one.layoutShift);
  row('… from the decision on', with_, (one) => one.shiftAfterDecision);
  row('layout shift, with it, on a phone’s screen', phone, (one) => one.layoutShift);
  row('longest task of the script, ms', with_, (one) => one.longestTaskMs);
  row('round trip of the question, ms', with_, (one) => one.roundTripMs);
  row('decision on the page after the round trip, ms', with_, (one) => one.renderedMs - one.roundTripMs);
} finally {
  await browser.close();
  await stack.runtime.stop();
  await rm(folder, { recursive: true, force: true });
}
