/** Telling the roots what changed: a queue that is worked off by the alarm and survives whatever happens to either side. */
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { ReconfigureReply } from '../campaign/protocol.ts';
import { backoffMs } from '../shared/alarm.ts';
import { readPolicyAsOf } from './policies.ts';
import { goOnAbove } from './restored.ts';

/** Calls under way at a time: an object may have some more open, and offers come back meanwhile. */
export const MAX_CONCURRENT_TELLS = 8;
/** Tells in one run of the alarm: a run stays within seconds; what is left is due at once. */
export const MAX_TELLS_PER_RUN = 64;

interface Tell extends Record<string, SqlStorageValue> {
  campaignId: string;
  seq: number;
  failures: number;
}

/** When the next tell is due, in ms since the epoch; null when all roots know. */
export function nextTellAtMs(sql: SqlStorage): number | null {
  return sql.exec<{ due: number | null }>('SELECT min(due_at_ms) AS due FROM tells').one().due;
}

/**
 * Tells what is due, some at a time. A tell that fails comes back after a back-off of its own, so that one root that is down holds up no
 * other.
 *
 * @param tellRoot idempotent: a tell whose answer is lost is repeated, and may come after a later one. `seq` tells the root which is later
 * @param random uniform in [0, 1)
 */
export async function workOffTells(
  sql: SqlStorage,
  tellRoot: (policy: CampaignPolicy, seq: number) => Promise<ReconfigureReply>,
  now: () => number,
  random: () => number,
): Promise<void> {
  const due = sql
    .exec<Tell>(
      'SELECT campaign_id AS campaignId, seq, failures FROM tells WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?',
      now(),
      MAX_TELLS_PER_RUN,
    )
    .toArray();
  const tellOne = async (tell: Tell): Promise<void> => {
    // In one step: the number is that of the policy that is told, which may be a later one than that of the tell.
    const { policy, seq } = readPolicyAsOf(sql, tell.campaignId);
    const reply = policy && (await replyOf(() => tellRoot(policy, seq)));
    // A root that goes by a number that was never given passed this over: it is told again at once, under a higher one.
    if (reply && goOnAbove(sql, reply.policySeq)) return;
    // Only this tell: a publish in the meantime has queued another under the same campaign, with a seq of its own.
    if (!policy || reply) sql.exec('DELETE FROM tells WHERE campaign_id = ? AND seq = ?', tell.campaignId, tell.seq);
    else {
      const failures = tell.failures + 1;
      sql.exec(
        'UPDATE tells SET failures = ?, due_at_ms = ? WHERE campaign_id = ? AND seq = ?',
        failures,
        now() + backoffMs(failures, random()),
        tell.campaignId,
        tell.seq,
      );
    }
  };
  for (let from = 0; from < due.length; from += MAX_CONCURRENT_TELLS) {
    await Promise.all(due.slice(from, from + MAX_CONCURRENT_TELLS).map(tellOne));
  }
}

/** Null when the root did not answer. */
async function replyOf(call: () => Promise<ReconfigureReply>): Promise<ReconfigureReply | null> {
  try {
    return await call();
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    console.warn(JSON.stringify({ event: 'publisher_tell_failed', reason }));
    return null;
  }
}
