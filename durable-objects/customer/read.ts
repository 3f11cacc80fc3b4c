/** What can be read of a customer: the export, and the receipt of one decision. */
import { type ShownClaims, shownClaims } from './claims.ts';
import type { CustomerDump, ReceiptReply, StoredDecision } from './protocol.ts';
import { unpackReceipt } from './receipt-rows.ts';
import type { CustomerState } from './state.ts';
import { isEmpty } from './state.ts';
import type { Sql } from './tables.ts';

/** Everything held about the customer; null when there is nothing. */
export function dumpOf(state: CustomerState): CustomerDump | null {
  if (!state.meta || isEmpty(state)) return null;
  return {
    profile: state.meta.profile,
    createdAtMs: state.meta.createdAtMs,
    // What the campaign learned from is the workspace's own configuration, and nothing of the customer.
    decisions: [...state.decisions.values()].map((decision) => {
      const { record, learning: _, claims: _leased, claimedAs: _name, settled: _told, ...rest } = decision;
      return { ...record, ...rest, ...claimsPart(decision) };
    }),
    outcomes: state.outcomes.map((outcome) => ({ ...outcome })),
    behaviour: state.behaviour.map((event) => ({ ...event })),
  };
}

function claimsPart(decision: StoredDecision): { claims?: ShownClaims } {
  const claims = shownClaims(decision);
  return claims ? { claims } : {};
}

/** A decision with its receipt; receipts stay on disk until they are asked for. */
export function receiptOf(
  sql: Sql,
  state: CustomerState,
  decisionId: string,
): Exclude<ReceiptReply, { outcome: 'moved' }> {
  const decision = state.decisions.get(decisionId);
  if (!decision) return { outcome: 'not_found' };
  const row = sql
    .exec<{ receipt: string | null }>(
      'SELECT receipt FROM decisions WHERE seq = ?',
      state.places.get(decisionId) ?? null,
    )
    .toArray()[0];
  return {
    outcome: 'found',
    record: decision.record,
    receipt: row?.receipt ? unpackReceipt(row.receipt, decision) : null,
    exposedAtMs: decision.exposedAtMs,
    ...(decision.dispatchedAtMs !== undefined && { dispatchedAtMs: decision.dispatchedAtMs }),
    ...claimsPart(decision),
    outcomes: decision.outcomes.map(({ goal, atMs, valueMinor }) => ({ goal, atMs, valueMinor })),
  };
}
