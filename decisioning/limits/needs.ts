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

/** What a campaign needs of a ledger, against what is there for it. */
export interface NeedStanding {
  readonly ledger: string;
  /** Units that the dearest arm takes. */
  readonly needed: number;
  /** Units that may still be claimed: what earlier placements of the request took is not there any more. */
  readonly there: number;
  /** Dual price of one unit. */
  readonly price: number;
}

/**
 * How each need stands, in their order. Every one is looked at, also behind one that is not met: a receipt then holds all that an
 * explanation of it tells.
 *
 * @param claimed what earlier placements of the request took
 */
export function standingOfNeeds(
  needs: readonly Need[],
  purse: PurseView,
  claimed: readonly UnitClaim[],
): readonly NeedStanding[] {
  return needs.map(({ ledger, units: needed }) => {
    const { units, price } = purse(ledger);
    const taken = claimed.reduce((sum, claim) => sum + (claim.ledger === ledger ? claim.units : 0), 0);
    return { ledger, needed, there: Math.max(0, units - taken), price };
  });
}

/** Whether there is what the dearest arm takes, so that whichever is drawn can be paid. */
export function canAfford(standings: readonly NeedStanding[]): boolean {
  return standings.every(({ needed, there }) => there >= needed);
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
