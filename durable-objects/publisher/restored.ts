/** What a publisher does that was restored to an earlier moment: roots go by numbers that it does not know of. */
import { nextSeq, readMeta } from './meta.ts';

/**
 * Goes on above a sequence number that a root heard from this object, if it is one that this object (restored from a backup) never gave: what it
 * says from then on is newer to the root. Allocations get numbers of their own anew, so that readers that ask from a number in between get all
 * of them. Runs inside the caller's transaction, or where nothing is awaited.
 *
 * @param knownSeq absent from roots of the last release
 * @returns whether it was one
 * @throws RangeError when it is no sequence number
 */
export function goOnAbove(sql: SqlStorage, knownSeq: number | undefined): boolean {
  if (knownSeq === undefined) return false;
  if (!Number.isSafeInteger(knownSeq) || knownSeq < 0) throw new RangeError('publisher: no sequence number');
  if (knownSeq <= readMeta(sql).seq) return false;
  sql.exec('UPDATE publisher SET seq = ?', knownSeq);
  nextSeq(sql);
  for (const { id } of sql.exec<{ id: string }>('SELECT campaign_id AS id FROM allocations ORDER BY seq').toArray()) {
    sql.exec('UPDATE allocations SET seq = ? WHERE campaign_id = ?', nextSeq(sql), id);
  }
  return true;
}
