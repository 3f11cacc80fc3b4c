/** What becomes of a claim in its ledger: what a worker tells of it, what the customer's object settles, what time does. */
import type { Account } from './ledger.ts';

/**
 * `pending`: known, and the customer has yet to settle it. `posted`, `voided`: settled. `released`: given back because nobody settled
 * it for days. `uncharged`: posted when its units were gone already.
 */
export type ClaimState = 'pending' | 'posted' | 'voided' | 'released' | 'uncharged';

/** Units that can be drawn on: those of the claim's lease that nobody has told of, and those that are free. */
export interface Within {
  readonly held: number;
  readonly remaining: number;
}

/** What a claim becomes, and where its units go; without `from` nothing moves. */
export interface ClaimStep {
  readonly state: ClaimState;
  readonly from?: Account;
  readonly to?: Account;
}

function take(units: number, { held, remaining }: Within): Account | undefined {
  if (held >= units) return 'leased';
  return remaining >= units ? 'remaining' : undefined;
}

/**
 * A worker tells of a claim. Undefined when that changes nothing: it is known already (also when its settlement came first), or its
 * lease was closed and nothing is left that could be kept for it.
 */
export function reportedStep(known: ClaimState | undefined, units: number, within: Within): ClaimStep | undefined {
  if (known !== undefined) return undefined;
  const from = take(units, within);
  return from && { state: 'pending', from, to: 'pending' };
}

/**
 * The customer's object settles a claim. Undefined when it was settled before: a repeat.
 *
 * A post that its lease no longer holds units for (it was closed, and they went back) takes free ones if there are enough, and is
 * `uncharged` otherwise: an account is never overdrawn for it.
 */
export function settledStep(
  known: ClaimState | undefined,
  kind: 'post' | 'void',
  units: number,
  within: Within,
): ClaimStep | undefined {
  if (known === 'pending') {
    return kind === 'post'
      ? { state: 'posted', from: 'pending', to: 'posted' }
      : { state: 'voided', from: 'pending', to: 'remaining' };
  }
  if (known !== undefined && known !== 'released') return undefined;
  // What was released is free again: the lease's units, if it has any, are other decisions'.
  const held = known === 'released' ? 0 : within.held;
  if (kind === 'void') {
    return held >= units ? { state: 'voided', from: 'leased', to: 'remaining' } : { state: 'voided' };
  }
  const from = take(units, { held, remaining: within.remaining });
  return from ? { state: 'posted', from, to: 'posted' } : { state: 'uncharged' };
}
