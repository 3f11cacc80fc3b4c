/** What a root knows of named sums: the latest word of each shard, and the sums over shards and hours. */
import type { CampaignSums } from '../../decisioning/bandits/named-sums.ts';
import { noteModels } from './model-windows.ts';
import type { ShardReport, VectorCell } from './protocol.ts';
import { addSaturating, nameOf, parseVector, type VectorKey } from './vectors.ts';

/** Takes over every vector that the report knows better, and keeps the totals in step. @returns whether any sum changed */
export function mergeVectors(sql: SqlStorage, report: ShardReport): boolean {
  noteModels(sql, report);
  const gains = new Map<string, { key: VectorKey; gain: readonly number[] }>();
  for (const vector of report.vectors ?? []) {
    const { leaf, arm, hour, name, sums } = vector;
    const known = knownVector(sql, vector, report.shard);
    if (known && known.seq >= report.seq) continue;
    // Also when the sums are what they were, as with cells: the row must remember the seq.
    sql.exec(
      `INSERT INTO vectors (leaf, arm, hour, name, length, shard, seq, sums) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (leaf, arm, hour, name, length, shard) DO UPDATE SET seq = excluded.seq, sums = excluded.sums`,
      leaf,
      arm,
      hour,
      name,
      sums.length,
      report.shard,
      report.seq,
      JSON.stringify(sums),
    );
    const before = known && parseVector(known.sums);
    const gain = before ? sums.map((value, i) => value - (before[i] as number)) : sums;
    const key = { leaf, arm, name, length: sums.length };
    const id = JSON.stringify([leaf, arm, name, sums.length]);
    const sofar = gains.get(id)?.gain;
    gains.set(id, { key, gain: sofar ? addSaturating(sofar, gain) : gain });
  }
  const changed = [...gains.values()].filter(({ gain }) => gain.some((value) => value !== 0));
  for (const { key, gain } of changed) addTotal(sql, key, gain);
  return changed.length > 0;
}

function knownVector(sql: SqlStorage, { leaf, arm, hour, name, sums }: VectorCell, shard: number) {
  return sql
    .exec<{ seq: number; sums: string }>(
      `SELECT seq, sums FROM vectors WHERE leaf = ? AND arm = ? AND hour = ? AND name = ? AND length = ? AND shard = ?`,
      leaf,
      arm,
      hour,
      name,
      sums.length,
      shard,
    )
    .toArray()[0];
}

function addTotal(sql: SqlStorage, { leaf, arm, name, length }: VectorKey, gain: readonly number[]): void {
  const before = sql
    .exec<{ sums: string }>(
      'SELECT sums FROM vector_totals WHERE leaf = ? AND arm = ? AND name = ? AND length = ?',
      leaf,
      arm,
      name,
      length,
    )
    .toArray()[0];
  sql.exec(
    `INSERT INTO vector_totals (leaf, arm, name, length, sums) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (leaf, arm, name, length) DO UPDATE SET sums = excluded.sums`,
    leaf,
    arm,
    name,
    length,
    JSON.stringify(before ? addSaturating(parseVector(before.sums), gain) : gain),
  );
}

/** The shortest length that came under each name: see {@link nameOf}. */
export function plainLengths(sql: SqlStorage): ReadonlyMap<string, number> {
  const rows = sql.exec<{ name: string; length: number }>(
    'SELECT name, min(length) AS length FROM vector_totals GROUP BY name',
  );
  return new Map([...rows].map(({ name, length }) => [name, length]));
}

/** A condition on the column `name`, with what it binds: at most 35 names, well below the hundred that a statement takes. */
export function amongNames(names: ReadonlySet<string> | undefined): { where: string; bound: readonly string[] } {
  if (!names) return { where: '1', bound: [] };
  return { where: `name IN (${[...names].map(() => '?').join(', ')})`, bound: [...names] };
}

/**
 * Named sums per leaf and arm over all shards and hours.
 *
 * @param names those that are read, some dozens at most; the others stay on disk. All when absent
 */
export function readSums(sql: SqlStorage, names?: ReadonlySet<string>): CampaignSums {
  type Row = { leaf: string; arm: string; name: string; length: number; sums: string };
  const plain = plainLengths(sql);
  const named = new Map<string, Map<string, Record<string, readonly number[]>>>();
  const { where, bound } = amongNames(names);
  for (const row of sql.exec<Row>(`SELECT leaf, arm, name, length, sums FROM vector_totals WHERE ${where}`, ...bound)) {
    const arms = named.get(row.leaf) ?? new Map<string, Record<string, readonly number[]>>();
    const sums = arms.get(row.arm) ?? {};
    sums[nameOf(row, plain)] = parseVector(row.sums);
    named.set(row.leaf, arms.set(row.arm, sums));
  }
  return named;
}
