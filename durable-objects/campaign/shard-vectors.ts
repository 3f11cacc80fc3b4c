/** A shard's named sums on disk: reported from where the root has heard them. */
import { MAX_REPORT_ELEMENTS, MAX_REPORT_VECTORS, type VectorCell } from './protocol.ts';
import { parseVector } from './vectors.ts';

/**
 * The first change after `ackedSeq` that a report has no room for; undefined when all fit. One commit always fits, so a report that ends
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
