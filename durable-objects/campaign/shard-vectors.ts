/** A shard's named sums: added up cell by cell, and reported from where the root has heard them. */
import { areMoments } from '../../decisioning/bandits/linear/moments.ts';
import { MAX_REPORT_ELEMENTS, MAX_REPORT_VECTORS, type StatisticsEvent, type VectorCell } from './protocol.ts';
import { addSaturating, parseVector } from './vectors.ts';

/** Adds the sums of events; each vector is read and written once. Runs inside the caller's transaction. */
export function addVectors(sql: SqlStorage, events: readonly StatisticsEvent[], seq: number): void {
  const vectors = new Map<string, VectorCell>();
  for (const { leaf, arm, hour: ofEvent, momentsHour = ofEvent, sums } of events) {
    for (const [name, vector] of Object.entries(sums ?? {})) {
      const hour = areMoments(name) ? momentsHour : ofEvent;
      const key = JSON.stringify([leaf, arm, hour, name, vector.length]);
      const before = vectors.get(key)?.sums;
      vectors.set(key, { leaf, arm, hour, name, sums: before ? addSaturating(before, vector) : vector });
    }
  }
  for (const vector of vectors.values()) addVector(sql, vector, seq);
}

function addVector(sql: SqlStorage, { leaf, arm, hour, name, sums }: VectorCell, seq: number): void {
  const before = sql
    .exec<{ sums: string }>(
      'SELECT sums FROM vectors WHERE leaf = ? AND arm = ? AND hour = ? AND name = ? AND length = ?',
      leaf,
      arm,
      hour,
      name,
      sums.length,
    )
    .toArray()[0];
  sql.exec(
    `INSERT INTO vectors (leaf, arm, hour, name, length, changed_seq, sums) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (leaf, arm, hour, name, length) DO UPDATE SET changed_seq = excluded.changed_seq, sums = excluded.sums`,
    leaf,
    arm,
    hour,
    name,
    sums.length,
    seq,
    JSON.stringify(before ? addSaturating(parseVector(before.sums), sums) : sums),
  );
}

/**
 * The first change after `ackedSeq` that a report has no room for; undefined when all fit. One delivery always fits, so a report that ends
 * before this change holds something.
 */
export function firstVectorBeyond(sql: SqlStorage, ackedSeq: number): number | undefined {
  let elements = 0;
  let vectors = 0;
  for (const { changedSeq, length } of sql.exec<{ changedSeq: number; length: number }>(
    'SELECT changed_seq AS changedSeq, length FROM vectors WHERE changed_seq > ? ORDER BY changed_seq LIMIT ?',
    ackedSeq,
    MAX_REPORT_VECTORS + 1,
  )) {
    vectors += 1;
    elements += length;
    if (vectors > MAX_REPORT_VECTORS || elements > MAX_REPORT_ELEMENTS) return changedSeq;
  }
  return undefined;
}

/** Vectors that changed after `ackedSeq` and before `cutSeq`, with when they did, in that order. */
export function changedVectors(
  sql: SqlStorage,
  ackedSeq: number,
  cutSeq: number,
): readonly { readonly changedSeq: number; readonly vector: VectorCell }[] {
  type Row = { leaf: string; arm: string; hour: number; name: string; changedSeq: number; sums: string };
  return sql
    .exec<Row>(
      `SELECT leaf, arm, hour, name, changed_seq AS changedSeq, sums FROM vectors
       WHERE changed_seq > ? AND changed_seq < ? ORDER BY changed_seq`,
      ackedSeq,
      cutSeq,
    )
    .toArray()
    .map(({ changedSeq, sums, ...key }) => ({ changedSeq, vector: { ...key, sums: parseVector(sums) } }));
}
