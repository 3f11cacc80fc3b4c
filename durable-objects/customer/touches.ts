/** A customer's touches: counted for caps, and as a list for whoever asks more of them. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { type CapScope, inScope, type Touch } from '../../decisioning/limits/touches.ts';
import { contactAtMs } from './dispatch.ts';
import type { CustomerState } from './state.ts';

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

/** Used + pending touches of a scope in a window: what `countTouches` says of {@link touchesOf}, at one moment. */
export function capCounter(
  { decisions, pastTouches }: CustomerState,
  nowMs: number,
): (scope: CapScope, windowMs: number) => number {
  return (scope, windowMs) => {
    let count = decisions.countTouches(scope, windowMs, nowMs);
    for (const past of pastTouches.values())
      if (past.atMs > nowMs - windowMs && inScope(past, scope)) count += past.count;
    return count;
  };
}
