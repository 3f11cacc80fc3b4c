/** Which policy a root follows: of all it was told and answered, that of the publisher's highest sequence number, in whatever order they came. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';

type FollowedRow = { policy: string | null; seq: number | null };

function readRow(sql: SqlStorage): FollowedRow | undefined {
  return sql.exec<FollowedRow>('SELECT policy, policy_seq AS seq FROM root').toArray()[0];
}

/** The publisher's sequence number as of which the followed policy (or that there is none) was the published one; null before the first. */
export function followedSeq(sql: SqlStorage): number | null {
  return readRow(sql)?.seq ?? null;
}

/**
 * Follows a policy from now on, unless it was overtaken on its way; an allocation by it is wanted. What comes again changes nothing. Runs inside
 * the caller's transaction, after the root's row was made.
 *
 * @param policy null: the campaign is gone
 * @param seq the publisher's sequence number as of which this was published; absent from publishers of the last release, who are believed
 * @throws RangeError when `seq` is no sequence number
 */
export function follow(sql: SqlStorage, policy: CampaignPolicy | null, seq: number | undefined): void {
  if (seq !== undefined && (!Number.isSafeInteger(seq) || seq < 0))
    throw new RangeError('campaign policy: seq is no count');
  const known = readRow(sql);
  const body = policy && JSON.stringify(policy);
  if (seq !== undefined && known && known.seq !== null) {
    if (seq < known.seq) return;
    if (seq === known.seq && body === known.policy) return;
  }
  const before = known?.policy ? (JSON.parse(known.policy) as CampaignPolicy) : null;
  // Other arms are other parts: what arrived of them so far is not what arrived in this hour.
  if (policy && JSON.stringify(before?.armIds) !== JSON.stringify(policy.armIds)) sql.exec('DELETE FROM watch');
  sql.exec(
    'UPDATE root SET policy = ?, policy_seq = coalesce(?, policy_seq), wanted_seq = wanted_seq + ?',
    body,
    seq ?? null,
    policy ? 1 : 0,
  );
}
