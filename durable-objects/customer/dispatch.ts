/** Contacts: when a decision reached the customer, which a dispatch may tell before the exposure does. */
import { settledOnContact } from './claims.ts';
import type { StoredDecision } from './protocol.ts';
import type { CustomerStore } from './store.ts';

/** When the decision touched the customer: when its message went out if that is known, else when it was seen; null while it is only claimed. */
export function contactAtMs({ exposedAtMs, dispatchedAtMs }: StoredDecision): number | null {
  return dispatchedAtMs ?? exposedAtMs;
}

/**
 * The message went out: the claim is confirmed and its money posted, but nobody has seen anything yet, so it is no trial. What was seen, or told
 * to have gone out before, is told again.
 */
export function creditDispatch(
  store: CustomerStore,
  decision: StoredDecision,
  atMs: number,
  nowMs: number,
): { readonly status: 'accepted' | 'duplicate' } {
  if (contactAtMs(decision) !== null) return { status: 'duplicate' };
  const { record } = decision;
  const dispatchedAtMs = Math.max(atMs, record.atMs);
  const late = dispatchedAtMs > record.claimExpiresAtMs;
  store.putDecision({ ...settledOnContact(store, decision, nowMs), dispatchedAtMs, late });
  return { status: 'accepted' };
}
