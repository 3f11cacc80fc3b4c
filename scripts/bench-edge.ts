/**
 * `npm run bench:edge`: what filling a page on its way takes, over HTTP against workerd in a process of its own: first bytes beside the same worker
 * that only passes it through and beside the bare origin, in turns, so that all three meet the same machine; and memory while 20 visitors read a page of 5 MB.
 * `-- --json FILE` writes the figures as one flat object.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { originThread } from './edge/origin.ts';
import { type Moments, timedGet } from './edge/timed-get.ts';
import { writeFigures } from './figures.ts';
import { choosePort } from './start/port.ts';
import { startStack } from './start/stack.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** Pages of each sort that are measured, after as many as a tenth that are not. */
const PAGES = 1_500;
const WARM_UP = 150;
const VISITORS = 50;
const READERS = 20;
const BYTES_PER_KB = 1_024;
const SORTS = ['bare origin', 'passed through', 'filled'] as const;
type Sort = (typeof SORTS)[number];
const FIGURES = ['answerMs', 'pageMs', 'placementMs', 'endMs'] as const;

const documents = (origin: string) => [
  { kind: 'site', id: 'shop', name: 'Shop', siteKind: 'web', origins: [origin], consent: 'not_required', cookie: {} },
  { kind: 'placement', id: 'edge-hero', name: 'Hero' },
  {
    kind: 'campaign',
    id: 'edge-demo',
    name: 'Edge',
    objective: { goal: 'click' },
    placements: ['edge-hero'],
    arms: ['a', 'b'].map((id) => ({ id, content: { text: `Shown at once, ${id}` } })),
  },
];

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(share * values.length)] as number;

const agent = new Agent({ keepAlive: true });
const thread = originThread();
const originPort = await new Promise<number>((resolve) => thread.once('message', resolve));
const origin = `http://127.0.0.1:${originPort}`;
const state = mkdtempSync(join(tmpdir(), 'bench-edge-'));
const port = await choosePort(undefined, 18_837);
const pagesPort = await choosePort(undefined, 18_867);
const edge = `http://localhost:${pagesPort}`;
const stack = await startStack({
  root: fileURLToPath(new URL('../', import.meta.url)),
  port,
  stateDir: state,
  demoFile: join(state, 'demo.json'),
  pages: (key) => ({ port: pagesPort, sites: { [`localhost:${pagesPort}`]: { key, origin, paths: ['/', '/long'] } } }),
});

async function newVisitor(): Promise<string> {
  const response = await fetch(edge);
  await response.text();
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** Round by round one page of each sort, in an order that changes. */
async function race(): Promise<Record<Sort, Moments[]>> {
  const visitors: string[] = [];
  while (visitors.length < VISITORS) visitors.push(await newVisitor());
  const measured: Record<Sort, Moments[]> = { 'bare origin': [], 'passed through': [], filled: [] };
  const urls: Record<Sort, string> = {
    'bare origin': `${origin}/`,
    'passed through': `${edge}/passed`,
    filled: `${edge}/`,
  };
  for (let turn = -WARM_UP; turn < PAGES; turn += 1) {
    const first = Math.abs(turn) % SORTS.length;
    for (const sort of [...SORTS.slice(first), ...SORTS.slice(0, first)]) {
      const cookie = visitors[Math.abs(turn) % VISITORS] as string;
      const moments = await timedGet(urls[sort], agent, { cookie });
      if (turn >= 0) measured[sort].push(moments);
    }
  }
  return measured;
}

const figures: Record<string, number> = {};

function report(measured: Record<Sort, Moments[]>): void {
  const names = ['first byte', 'of the page', 'placement', 'last byte'];
  console.log(`  median (90 %) of ${PAGES} pages each, ms${names.map((name) => name.padStart(18)).join('')}`);
  const median = (sort: Sort, figure: (typeof FIGURES)[number]) =>
    quantile(
      measured[sort].map((one) => one[figure]),
      0.5,
    );
  for (const sort of SORTS) {
    const cells = FIGURES.map((figure) => {
      const high = quantile(
        measured[sort].map((one) => one[figure]),
        0.9,
      );
      const id = `edge.${sort.replace(' ', '_')}.${figure.replace('Ms', '_ms')}`;
      Object.assign(figures, { [id]: median(sort, figure), [`${id}.p90`]: high });
      return `${median(sort, figure).toFixed(2)} (${high.toFixed(2)})`.padStart(18);
    });
    console.log(`  ${sort.padEnd(41)}${cells.join('')}`);
  }
  const more = FIGURES.map((figure) =>
    (median('filled', figure) - median('bare origin', figure)).toFixed(2).padStart(18),
  );
  console.log(`  ${'filled, more than the bare origin'.padEnd(41)}${more.join('')}`);
  const filled = measured.filled.filter(({ isFilled }) => isFilled).length;
  figures['edge.pages_filled'] = filled;
  console.log(`  ${filled} of ${PAGES} pages were filled; load ${loadavg()[0]?.toFixed(1)} on this machine`);
}

const residentMb = (): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(stack.runtime.processId)], { encoding: 'utf8' })) /
  BYTES_PER_KB;

/** The most that workerd holds while `READERS` read a page of 5 MB at a time, and how long that takes. */
async function hold(path: string): Promise<void> {
  const beforeMb = residentMb();
  let mostMb = beforeMb;
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb());
  }, 25);
  const startMs = performance.now();
  const read = await Promise.all(Array.from({ length: READERS }, () => timedGet(edge + path, agent)));
  clearInterval(watch);
  const tookMs = performance.now() - startMs;
  const megabytes = read.reduce((sum, { bytes }) => sum + bytes, 0) / BYTES_PER_KB / BYTES_PER_KB;
  const name = read.every(({ isFilled }) => isFilled) ? 'filled' : 'passed through';
  figures[`edge.long.${name.replace(' ', '_')}.most_mb`] = mostMb;
  console.log(
    `  ${READERS} pages, ${megabytes.toFixed(0)} MB in all, ${name}: ${beforeMb.toFixed(0)} MB before, at most ${mostMb.toFixed(0)} MB; ${(tookMs / 1_000).toFixed(1)} s`,
  );
}

try {
  const response = await fetch(`${stack.url}/v1/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ documents: documents(edge) }),
  });
  if (!response.ok) throw new Error(await response.text());
  report(await race());
  for (const path of ['/passed?long', '/long', '/passed?long', '/long']) await hold(path);
  writeFigures(values.json, figures);
} finally {
  agent.destroy();
  await stack.runtime.stop();
  await thread.terminate();
  rmSync(state, { recursive: true, force: true });
}
