/** The allocations that are published: the latest of each campaign. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import { nextSeq, readMeta } from './meta.ts';
import { belongsTo, readPolicyAsOf } from './policies.ts';
import { MAX_ANSWER_BYTES, type OfferReply } from './protocol.ts';

/**
 * Publishes an allocation if it is one of the published policy's and newer than what is published. The same one again is published
 * already: an offer whose answer was lost may be repeated. Runs inside the caller's transaction.
 *
 * @throws RangeError when the allocation is another campaign's or its vectors do not fit its arms; nothing is stored then
 */
export function takeOffer(sql: SqlStorage, campaignId: string, allocation: Allocation, nowMs: number): OfferReply {
  checkAllocation(campaignId, allocation);
  const { policy, seq: asOfSeq } = readPolicyAsOf(sql, campaignId);
  if (!policy || !belongsTo(allocation, policy)) return { outcome: 'outdated_policy', policy, seq: asOfSeq };
  type Row = { version: number; seq: number; body: string | null };
  const known = sql
    .exec<Row>('SELECT version, seq, body FROM allocations WHERE campaign_id = ?', campaignId)
    .toArray()[0];
  const body = JSON.stringify(allocation);
  if (known?.version === allocation.version && known.body === body) return { outcome: 'published', seq: known.seq };
  if (known && known.version >= allocation.version) return { outcome: 'outdated_version', version: known.version };
  const seq = nextSeq(sql);
  sql.exec(
    'INSERT OR REPLACE INTO allocations (campaign_id, version, seq, body) VALUES (?, ?, ?, ?)',
    campaignId,
    allocation.version,
    seq,
    body,
  );
  sql.exec('UPDATE publisher SET newest_allocation_at_ms = ?', nowMs);
  return { outcome: 'published', seq };
}

/** A reader would have to refuse an allocation that is not whole, so it is not published in the first place. */
function checkAllocation(campaignId: string, allocation: Allocation): void {
  if (allocation.campaignId !== campaignId) throw new RangeError('publisher: another campaign’s allocation');
  if (!Number.isSafeInteger(allocation.version) || allocation.version < 1)
    throw new RangeError('publisher: no version');
  for (const { probabilities } of Object.values(allocation.leaves)) {
    const whole = probabilities.length === allocation.armIds.length;
    if (!whole || !probabilities.every((p) => p >= 0 && p <= 1)) throw new RangeError('publisher: no probabilities');
  }
}

/** Allocations that changed after `since`, and up to which sequence number these are all. */
export function readAllocations(
  sql: SqlStorage,
  since: number,
  maxBytes = MAX_ANSWER_BYTES,
): { readonly seq: number; readonly allocations: readonly Allocation[] } {
  const { seq } = readMeta(sql);
  // A reader that has seen more than there is (this object was restored from a backup) starts anew.
  const from = since > seq ? 0 : since;
  const allocations: Allocation[] = [];
  let answerBytes = 0;
  let upToSeq = from;
  const rows = sql.exec<{ seq: number; body: string }>(
    'SELECT seq, body FROM allocations WHERE seq > ? AND body IS NOT NULL ORDER BY seq',
    from,
  );
  for (const row of rows) {
    answerBytes += row.body.length;
    if (answerBytes > maxBytes && allocations.length > 0) return { seq: upToSeq, allocations };
    allocations.push(JSON.parse(row.body) as Allocation);
    upToSeq = row.seq;
  }
  return { seq, allocations };
}
