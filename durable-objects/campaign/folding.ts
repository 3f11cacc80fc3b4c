/** A shard's tables: what was committed is folded into them, and reported from them where the root has not heard it yet. */
import type { SourceBlocks } from './blocks.ts';
import { COLUMNS, PLACEHOLDERS, REPLACED, SELECTED, type StatisticsRow, statisticsOf, valuesOf } from './columns.ts';
import { type CountedSources, TIMELESS } from './counted-sources.ts';
import { MAX_REPORT_CELLS, type StatisticsCell, type VectorCell } from './protocol.ts';
import { changedVectors, firstVectorBeyond } from './shard-vectors.ts';
import type { Changed, Page } from './unfolded.ts';

/** Writes cells as they are now, inside the caller's transaction. */
export function foldCells(sql: SqlStorage, cells: Iterable<Changed<StatisticsCell>>): void {
  for (const { value, changedSeq } of cells)
    sql.exec(
      `INSERT INTO cells (leaf, arm, hour, changed_seq, ${COLUMNS}) VALUES (?, ?, ?, ?, ${PLACEHOLDERS})
       ON CONFLICT (leaf, arm, hour) DO UPDATE SET changed_seq = excluded.changed_seq, ${REPLACED}`,
      value.leaf,
      value.arm,
      value.hour,
      changedSeq,
      ...valuesOf(value.statistics),
    );
}

/** Writes named sums as they are now, inside the caller's transaction. */
export function foldVectors(sql: SqlStorage, vectors: Iterable<Changed<VectorCell>>): void {
  for (const { value, changedSeq } of vectors)
    sql.exec(
      `INSERT INTO vectors (leaf, arm, hour, name, length, changed_seq, sums) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (leaf, arm, hour, name, length) DO UPDATE SET changed_seq = excluded.changed_seq, sums = excluded.sums`,
      value.leaf,
      value.arm,
      value.hour,
      value.name,
      value.sums.length,
      changedSeq,
      JSON.stringify(value.sums),
    );
}

/**
 * Writes how far sources are counted: packed by the time of their events, or a row each where their events had none. Inside the caller's transaction.
 *
 * @returns how many entries came to those that are packed
 */
export function foldSources(sql: SqlStorage, blocks: SourceBlocks, sources: CountedSources): number {
  for (const [source, { seq, blocks: own }] of sources)
    if (own[0] === TIMELESS)
      sql.exec(
        'INSERT INTO sources (source, seq) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET seq = max(seq, excluded.seq)',
        source,
        seq,
      );
  return blocks.write(sources);
}

/** The oldest changes on disk after `ackedSeq`, as many as a report holds; null when there are none. */
export function pageOnDisk(sql: SqlStorage, ackedSeq: number): Page | null {
  type ChangedRow = StatisticsRow & { leaf: string; arm: string; hour: number; changedSeq: number };
  const rows = sql
    .exec<ChangedRow>(
      `SELECT leaf, arm, hour, changed_seq AS changedSeq, ${SELECTED} FROM cells
       WHERE changed_seq > ? ORDER BY changed_seq LIMIT ?`,
      ackedSeq,
      MAX_REPORT_CELLS + 1,
    )
    .toArray();
  // A report ends between two commits: what of one that is cut in half comes later would count as acknowledged. One commit changes fewer
  // cells and vectors than a report holds, so something always remains.
  const cellsCutSeq = rows[MAX_REPORT_CELLS]?.changedSeq ?? Number.MAX_SAFE_INTEGER;
  const cutSeq = Math.min(cellsCutSeq, firstVectorBeyond(sql, ackedSeq) ?? Number.MAX_SAFE_INTEGER);
  const reported = rows.filter((row) => row.changedSeq < cutSeq);
  const changed = changedVectors(sql, ackedSeq, cutSeq);
  const seq = Math.max(reported.at(-1)?.changedSeq ?? 0, changed.at(-1)?.changedSeq ?? 0);
  if (seq === 0) return null;
  const cells = reported.map(
    (row): StatisticsCell => ({ leaf: row.leaf, arm: row.arm, hour: row.hour, statistics: statisticsOf(row) }),
  );
  return { seq, cells, vectors: changed.map(({ vector }) => vector) };
}
