/**
 * `npm run bench:shards`: what a campaign's shards take and what rows they write for it, in workerd itself: one shard fed directly (one event a customer, and
 * fifty), 1, 2, 4 and 8 of them, at 100 and 1,000 events a second for so long that commits are folded, one that was out of reach for a day, and a campaign of
 * 1, 2, 4 and 8 shards through `/v1/feedback`. `-- --json FILE` writes the figures as one flat object, `--rounds N` and `--seconds S` change how long,
 * `--rows-seconds S` for how long rows are counted, `--away-seconds S` for how long the day's events come; `--only by-shards,feedback` takes some parts
 * alone (one, by-shards, rows, away, feedback). Ends with an error when a bound is missed, or its part was left out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeFigures } from '../../scripts/figures.ts';
import { boundLine, type Held } from '../bounds.ts';
import { feedbackRates, SHARDS } from './campaign.ts';
import { type Fed, Feeder } from './feed.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'one,by-shards,rows,away,feedback' },
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    'rows-seconds': { type: 'string', default: '130' },
    'away-seconds': { type: 'string', default: '60' },
  },
});
const [rounds, seconds, rowsSeconds, awaySeconds] = [
  values.rounds,
  values.seconds,
  values['rows-seconds'],
  values['away-seconds'],
].map(Number) as [number, number, number, number];
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError('--rounds: a whole number from 1');
if (!(seconds > 0 && rowsSeconds > 0 && awaySeconds > 0))
  throw new RangeError('--seconds, --rows-seconds, --away-seconds: numbers above 0');
const parts = new Set(values.only.split(','));

/** More than one commit waits for, fewer than an isolate keeps under way to a shard: as if others delivered, too. */
const CLIENTS = 900;
/** Of batches of fifty: some thousand a second. */
const BATCH_CLIENTS = 600;
const MS = 1_000;
const DAY_MS = 86_400_000;
/** Shards that are fed from here on belong to one part each: far enough apart. */
const FIRST_BY_SHARDS = 100;
const AWAY_SHARD = 50;
/** What is asked: events a second that one shard takes, and rows of 1,000 events. */
const BOUNDS: readonly { readonly id: string; readonly atLeast?: number; readonly atMost?: number }[] = [
  { id: 'shards.one.batches_of_1.per_second', atLeast: 4_000 },
  { id: 'shards.one.batches_of_50.per_second', atLeast: 50_000 },
  { id: 'shards.rows_per_1000.at_100', atMost: 60 },
  { id: 'shards.rows_per_1000.at_1000', atMost: 15 },
];

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1]!;
const figures: Record<string, number> = {};
const root = fileURLToPath(new URL('../../', import.meta.url));

function print(name: string, cells: readonly (string | number)[]): void {
  console.log(`  ${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(14)).join('')}`);
}

/** Deletions that a block's row costs later are among them. */
const rowsOf = ({ rows, alarms, blocks }: Fed): number => rows + alarms + blocks;

/** A figure that is missing is missed: nothing here is left out on demand. */
function held(): Held[] {
  return BOUNDS.map(({ id, atLeast = 0, atMost = Number.POSITIVE_INFINITY }) => {
    const value = figures[id] ?? Number.NaN;
    const bound = atLeast > 0 ? `at least ${atLeast}` : `at most ${atMost}`;
    return { id, bound, value, holds: value >= atLeast && value <= atMost };
  });
}

async function oneShard(feeder: Feeder): Promise<void> {
  print('one shard, as much as it takes', ['events a second', 'median ms', '99 % ms', 'rows of 1,000']);
  const kinds = [
    { name: 'batches_of_1', batch: 1, clients: CLIENTS, shard: 0 },
    { name: 'batches_of_50', batch: 50, clients: BATCH_CLIENTS, shard: 1 },
  ] as const;
  const fed = new Map<string, Fed[]>(kinds.map(({ name }) => [name, []]));
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1)
    for (const { name, ...kind } of kinds) {
      const one = await feeder.feed({ ...kind, ms: seconds * MS });
      if (round >= 0) fed.get(name)!.push(one);
    }
  for (const { name } of kinds) {
    const all = fed.get(name)!;
    const rate = median(all.map((one) => one.acknowledged / one.seconds));
    const rows = median(all.map((one) => (rowsOf(one) / one.acknowledged) * 1_000));
    figures[`shards.one.${name}.per_second`] = rate;
    figures[`shards.one.${name}.rows_per_1000`] = rows;
    const [middle, p99] = [median(all.map((one) => one.medianMs)), median(all.map((one) => one.p99Ms))];
    print(`  ${name}`, [rate.toFixed(0), middle, p99, rows.toFixed(2)]);
  }
}

/** Both rates at the same time, each at a shard of its own: rows do not depend on who else is busy. */
async function rowsByRate(feeder: Feeder): Promise<void> {
  const rates = [100, 1_000];
  const fed = await Promise.all(
    rates.map((perSecond, i) => feeder.feed({ shard: 2 + i, batch: 1, perSecond, ms: rowsSeconds * MS })),
  );
  console.log('');
  print(`one event a customer, ${rowsSeconds} s`, ['events', 'rows of 1,000', 'of them alarms', '99 % ms']);
  for (const [i, one] of fed.entries()) {
    const rows = (rowsOf(one) / one.acknowledged) * 1_000;
    figures[`shards.rows_per_1000.at_${rates[i]}`] = rows;
    figures[`shards.p99_ms.at_${rates[i]}`] = one.p99Ms;
    const alarms = ((one.alarms / one.acknowledged) * 1_000).toFixed(1);
    print(`  ${rates[i]} a second`, [one.acknowledged, rows.toFixed(1), alarms, one.p99Ms]);
  }
}

/** The same events to more and more shards, stretch by stretch in turns; each number of shards has its own. */
async function byShards(feeder: Feeder): Promise<void> {
  console.log('');
  print('by shards, one event a customer', ['events a second', 'median ms', '99 % ms', 'rows of 1,000']);
  const fed = new Map<number, Fed[]>(SHARDS.map((shards) => [shards, []]));
  for (let round = -1; round < rounds; round += 1)
    for (const shards of SHARDS) {
      const feed = { shard: FIRST_BY_SHARDS * shards, shards, batch: 1, clients: CLIENTS, ms: seconds * MS };
      const one = await feeder.feed(feed);
      if (round >= 0) fed.get(shards)!.push(one);
    }
  for (const shards of SHARDS) {
    const all = fed.get(shards)!;
    const rate = median(all.map((one) => one.acknowledged / one.seconds));
    const rows = median(all.map((one) => (rowsOf(one) / one.acknowledged) * 1_000));
    figures[`shards.straight.by_${shards}.per_second`] = rate;
    const [middle, p99] = [median(all.map((one) => one.medianMs)), median(all.map((one) => one.p99Ms))];
    print(`  ${shards} shard${shards > 1 ? 's' : ''}`, [rate.toFixed(0), middle, p99, rows.toFixed(2)]);
  }
}

/** Events of a whole day in any order, as outboxes bring them once their shard is back. */
async function away(feeder: Feeder): Promise<void> {
  const feed = { shard: AWAY_SHARD, batch: 1, clients: CLIENTS, spreadMs: DAY_MS, ms: awaySeconds * MS };
  const one = await feeder.feed(feed);
  const rate = one.acknowledged / one.seconds;
  const rows = (rowsOf(one) / one.acknowledged) * 1_000;
  figures['shards.away.per_second'] = rate;
  figures['shards.away.rows_per_1000'] = rows;
  console.log('');
  print(`one shard after a day away, ${awaySeconds} s`, ['events a second', 'median ms', '99 % ms', 'rows of 1,000']);
  print('  one event a customer', [rate.toFixed(0), one.medianMs, one.p99Ms, rows.toFixed(1)]);
}

const state = mkdtempSync(join(tmpdir(), 'bench-shards-'));
try {
  const feeder = await Feeder.start(root, join(state, 'fed'));
  try {
    if (parts.has('one')) await oneShard(feeder);
    if (parts.has('by-shards')) await byShards(feeder);
    if (parts.has('rows')) await rowsByRate(feeder);
    if (parts.has('away')) await away(feeder);
  } finally {
    await feeder.stop();
  }
  const rates = parts.has('feedback') ? await feedbackRates(root, state, rounds, seconds * MS) : [];
  if (parts.has('feedback')) print('\n  through /v1/feedback, one event a customer', ['a second', 'not 200']);
  for (const { shards, perSecond, failed } of rates) {
    figures[`shards.feedback.by_${shards}.per_second`] = perSecond;
    print(`  ${shards} shard${shards > 1 ? 's' : ''}`, [perSecond.toFixed(0), failed]);
  }
  console.log(`\n${held().map(boundLine).join('')}`);
  if (held().some(({ holds }) => !holds)) process.exitCode = 1;
  console.log(`  load ${loadavg()[0]?.toFixed(1)} on this machine, state in ${tmpdir()}`);
  writeFigures(values.json, figures);
} finally {
  rmSync(state, { recursive: true, force: true });
}
