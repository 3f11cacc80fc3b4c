/** What campaigns need of ledgers, against what is in the purse. */
import { type Need, unitsOfArm } from './ledger-spec.ts';
import type { PurseView, UnitClaim } from './purse.ts';

/** What showing an arm takes; undefined when it takes nothing. */
export function claimsOf(needs: readonly Need[] | undefined, armIndex: number): readonly UnitClaim[] | undefined {
  const claims = needs
    ?.map((need) => ({ ledger: need.ledger, units: unitsOfArm(need, armIndex) }))
    .filter(({ units }) => units > 0);
  return claims && claims.length > 0 ? claims : undefined;
}

/**
 * Whether the purse holds what the dearest arm takes, so that whichever is drawn can be paid.
 *
 * @param claimed what earlier placements of the request took
 */
export function canAfford(
  needs: readonly Need[] | undefined,
  purse: PurseView,
  claimed: readonly UnitClaim[],
): boolean {
  return (needs ?? []).every(({ ledger, units }) => {
    const taken = claimed.reduce((sum, claim) => sum + (claim.ledger === ledger ? claim.units : 0), 0);
    return purse(ledger).units - taken >= units;
  });
}

/**
 * Dual price of a claim, in the unit of the campaigns' values: Σ price of a unit · units.
 *
 * @param expected expected units of each need, in their order; `units` of a need where absent
 */
export function priceOf(
  needs: readonly Need[] | undefined,
  purse: PurseView,
  expected: readonly number[] | undefined,
): number {
  return (needs ?? []).reduce((sum, { ledger, units }, i) => sum + purse(ledger).price * (expected?.[i] ?? units), 0);
}

/** Expected units of each need when arms are drawn with these probabilities; undefined when there are no needs. */
export function expectedUnits(
  needs: readonly Need[] | undefined,
  probabilities: readonly number[],
): readonly number[] | undefined {
  return needs?.map((need) => probabilities.reduce((sum, p, arm) => sum + p * unitsOfArm(need, arm), 0));
}
