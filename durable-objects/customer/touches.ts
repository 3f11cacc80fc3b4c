/** A customer's touches as caps count them: where they lie, since most decisions ask once and a list of all would cost more than the rest of them. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { type CapScope, inScope, type Touch, touchCounter } from '../../decisioning/limits/touches.ts';
import { contactAtMs } from './dispatch.ts';
import type { CustomerState } from './state.ts';

/** Questions that are answered by looking at every decision; from then on a list that is sorted by campaign is asked. */
const ASKED_PLAINLY = 8;

/** Touches, pending and confirmed. Held-out customers were shown nothing, so they have none. */
export function touchesOf(state: CustomerState): Touch[] {
  const touches: Touch[] = [];
  for (const { campaignId, channel, countsTowardGlobal, count, atMs } of state.pastTouches.values())
    touches.push({ campaignId, channel, countsTowardGlobal, count, atMs, pendingUntilMs: null });
  for (const decision of state.decisions.values()) {
    const { record } = decision;
    if (record.armId === HOLDOUT_ARM) continue;
    const contactMs = contactAtMs(decision);
    touches.push({
      campaignId: record.campaignId,
      channel: record.channel,
      countsTowardGlobal: record.countsTowardGlobal,
      atMs: contactMs ?? record.atMs,
      pendingUntilMs: contactMs === null ? record.claimExpiresAtMs : null,
    });
  }
  return touches;
}

/** The list of {@link touchesOf}, made when somebody first asks for it. */
export function lazyTouches(state: CustomerState): () => readonly Touch[] {
  let touches: readonly Touch[] | undefined;
  return () => (touches ??= touchesOf(state));
}

/**
 * Used + pending touches of a scope in a window: what `countTouches` says of {@link touchesOf}, at one moment.
 *
 * @param list of the same customer's touches, for whoever asks much
 */
export function capCounter(
  state: CustomerState,
  nowMs: number,
  list: () => readonly Touch[],
): (scope: CapScope, windowMs: number) => number {
  let asked = 0;
  let sorted: ReturnType<typeof touchCounter> | undefined;
  return (scope, windowMs) => {
    if (asked++ < ASKED_PLAINLY) return countHere(state, scope, windowMs, nowMs);
    sorted ??= touchCounter(list(), nowMs);
    return sorted(scope, windowMs);
  };
}

function countHere(state: CustomerState, scope: CapScope, windowMs: number, nowMs: number): number {
  const sinceMs = nowMs - windowMs;
  let count = 0;
  for (const past of state.pastTouches.values()) if (past.atMs > sinceMs && inScope(past, scope)) count += past.count;
  for (const decision of state.decisions.values()) {
    const { record } = decision;
    if (!inScope(record, scope) || record.armId === HOLDOUT_ARM) continue;
    const contactMs = contactAtMs(decision);
    if (contactMs === null ? record.claimExpiresAtMs > nowMs : contactMs > sinceMs) count += 1;
  }
  return count;
}
