/** Campaigns that depend on each other: exclusion groups, "only after" and "not within N days of". */
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import type { SliceCampaign } from '../catalog/slice.ts';
import type { ChosenAction } from '../chosen-action.ts';
import type { Resolve } from '../segments/subject.ts';

type ChosenBefore = readonly { readonly action: ChosenAction }[];

/**
 * Whether a campaign of one of the same exclusion groups was chosen for an earlier placement of the request. Held-out customers'
 * choices count like everyone's: who is in a holdout must not change which campaigns a customer is eligible for.
 */
export function isExcluded({ exclusionGroups }: SliceCampaign, chosenBefore: ChosenBefore): boolean {
  if (exclusionGroups === undefined) return false;
  return chosenBefore.some(({ action }) =>
    action.campaign.exclusionGroups?.some((group) => exclusionGroups.includes(group)),
  );
}

/** Whether something that must come first has not: each counter of confirmed touches or outcomes must be above 0. */
export function isWaiting({ onlyAfter }: SliceCampaign, resolve: Resolve): boolean {
  return onlyAfter?.some((counter) => !isAboveZero(resolve(counter))) ?? false;
}

/**
 * Whether a campaign that this one keeps its distance from has touched the customer in the days before, or is about to in this
 * request. A held-out choice is no touch.
 */
export function isTooSoon({ notWithin }: SliceCampaign, resolve: Resolve, chosenBefore: ChosenBefore): boolean {
  if (notWithin === undefined) return false;
  return notWithin.some(
    ({ campaign, counter }) =>
      chosenBefore.some(({ action }) => action.campaign.id === campaign && action.armId !== HOLDOUT_ARM) ||
      isAboveZero(resolve(counter)),
  );
}

function isAboveZero(count: unknown): boolean {
  return typeof count === 'number' && count > 0;
}
