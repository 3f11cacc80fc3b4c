/** What a shard has counted, for tests: what its tables hold with what is not folded into them yet. */
import { runInDurableObject } from 'cloudflare:test';
import { type Changes, cellKey, changesOf, vectorKey } from '../changes.ts';
import { SELECTED, type StatisticsRow, statisticsOf } from '../columns.ts';
import type { StatisticsCell, VectorCell } from '../protocol.ts';
import { CampaignShard } from '../shard.ts';
import { Unfolded } from '../unfolded.ts';
import { parseVector } from '../vectors.ts';

const inOrder = <T extends StatisticsCell | VectorCell>(all: Iterable<T>): T[] => {
  const keyOf = ({ leaf, arm, hour, ...more }: T) =>
    `${leaf} ${arm} ${String(hour).padStart(9, '0')} ${'name' in more ? more.name : ''}`;
  return [...all].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
};

/** Commits that are not in the tables. */
function unfoldedOf(sql: SqlStorage): Unfolded {
  const unfolded = new Unfolded(sql);
  const text = 'SELECT body FROM commits, shard WHERE commits.epoch = shard.epoch ORDER BY slot';
  const all: Changes[] = sql
    .exec<{ body: string }>(text)
    .toArray()
    .map(({ body }) => changesOf(body).changes);
  for (const changes of all) unfolded.absorb(changes, 1);
  return unfolded;
}

/** Cells and named sums, in order. */
export function countedIn(sql: SqlStorage): { readonly cells: StatisticsCell[]; readonly vectors: VectorCell[] } {
  const cells = new Map<string, StatisticsCell>();
  const vectors = new Map<string, VectorCell>();
  type CellRow = StatisticsRow & { leaf: string; arm: string; hour: number };
  for (const row of sql.exec<CellRow>(`SELECT leaf, arm, hour, ${SELECTED} FROM cells`).toArray()) {
    const { leaf, arm, hour } = row;
    cells.set(cellKey(leaf, arm, hour), { leaf, arm, hour, statistics: statisticsOf(row) });
  }
  type VectorRow = { leaf: string; arm: string; hour: number; name: string; sums: string };
  for (const row of sql.exec<VectorRow>('SELECT leaf, arm, hour, name, sums FROM vectors').toArray()) {
    const vector = { ...row, sums: parseVector(row.sums) };
    vectors.set(vectorKey(vector), vector);
  }
  const unfolded = unfoldedOf(sql);
  for (const [key, { value }] of unfolded.cells) cells.set(key, value);
  for (const [key, { value }] of unfolded.vectors) vectors.set(key, value);
  return { cells: inOrder(cells.values()), vectors: inOrder(vectors.values()) };
}

const shards = new WeakMap<object, CampaignShard>();

/** Runs a step with a shard over an object's storage: the same one for as long as the object is not evicted. */
export function inShard<T>(
  stub: DurableObjectStub,
  step: (shard: CampaignShard, storage: DurableObjectStorage) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(stub, (object, { storage }) => {
    const shard = shards.get(object) ?? new CampaignShard(storage);
    shards.set(object, shard);
    return step(shard, storage);
  });
}
