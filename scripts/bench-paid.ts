/**
 * `npm run bench:paid`: what a decision that costs takes longer than one that does not, over HTTP against workerd in a process of its own.
 * The two take turns, so that both meet the same machine. `-- --json FILE` writes the figures as one flat object.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeFigures } from './figures.ts';
import { choosePort } from './start/port.ts';
import { startStack } from './start/stack.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** Requests of each sort that are measured, after as many as a tenth that are not. */
const REQUESTS = 1_500;
const WARM_UP = 150;
/** Customers that take turns. */
const CUSTOMERS = 50;
const PORT = 18_797;
const SHARES = [0.1, 0.5, 0.9];
const SORTS = ['free', 'paid'] as const;
type Sort = (typeof SORTS)[number];

const campaignOf = (id: Sort) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: [id],
  arms: ['a', 'b'].map((arm, i) => ({ id: arm, content: { text: arm }, costMinor: id === 'paid' ? i + 1 : 0 })),
  ...(id === 'paid' && { pool: 'spring' }),
});

const documents = [
  ...SORTS.map((id) => ({ kind: 'placement', id, name: id })),
  { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 1_000_000_000 },
  ...SORTS.map(campaignOf),
];

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] as number;
}

const state = mkdtempSync(join(tmpdir(), 'bench-paid-'));
const root = fileURLToPath(new URL('../', import.meta.url));
const stack = await startStack({
  root,
  port: await choosePort(undefined, PORT),
  stateDir: state,
  demoFile: join(state, 'demo.json'),
});
try {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { authorization: `Bearer ${stack.keys.secretKey}`, 'content-type': 'application/json' };
    const response = await fetch(`${stack.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await post('/v1/push', { documents });
  const times: Record<Sort, number[]> = { free: [], paid: [] };
  let without = 0;
  for (let turn = -WARM_UP; turn < REQUESTS; turn += 1) {
    for (const sort of turn % 2 === 0 ? SORTS : SORTS.toReversed()) {
      const startMs = performance.now();
      const body = { placements: [sort], customer: { id: `c${Math.abs(turn) % CUSTOMERS}` } };
      const answer = (await post('/v1/optimize', body)) as { decisions: { outcome: string }[] };
      if (turn < 0) continue;
      times[sort].push(performance.now() - startMs);
      if (answer.decisions[0]?.outcome !== 'campaign') without += 1;
    }
  }
  const figures: Record<string, number> = { 'paid.without_campaign': without };
  const rows = SORTS.map((sort) => {
    const ascending = times[sort].toSorted((one, other) => one - other);
    for (const share of SHARES) figures[`paid.${sort}.p${share * 100}_ms`] = quantile(ascending, share);
    const text = SHARES.map((share) => `${quantile(ascending, share).toFixed(2)} ms`.padStart(10)).join('');
    return `  ${sort.padEnd(6)}${text}\n`;
  });
  process.stdout.write(
    `  ${REQUESTS} each        10 %    median      90 %\n${rows.join('')}  ${without} without a campaign\n`,
  );
  writeFigures(values.json, figures);
} finally {
  await stack.runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
