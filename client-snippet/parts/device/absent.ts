/**
 * What stands in this part's file for modules of the core that its campaigns cannot need: publishing refuses a campaign for devices that has
 * a cap, a cost, a relation, phases, features … So `decide()` itself is on the page, to the letter, and the machinery behind what never
 * happens there is not. `decisioning/catalog/check-device.ts` is the other half of each line; the tests decide the same both ways.
 */
import { REST_LEAF } from '../../../decisioning/bandits/allocation.ts';
import type { OpenCampaign } from '../../../decisioning/catalog/open.ts';
import type { EligibilityFacts } from '../../../decisioning/eligibility.ts';
import type { RefusalReason } from '../../../decisioning/reasons.ts';
import type { IsMember } from '../../../decisioning/segments/compile.ts';
import type { Resolve } from '../../../decisioning/segments/subject.ts';

const no = (): boolean => false;
const yes = (): boolean => true;
const nothing = (): undefined => undefined;

/** `eligibility.ts`: of its reasons these two are met on a page; the edge leaves out what does not run. */
export const addressRefusalOf = (
  { rules, condition }: OpenCampaign,
  { chosenBefore, customer, isMember }: EligibilityFacts,
): RefusalReason | null =>
  chosenBefore.some(({ action }) => action.campaign.id === rules.id)
    ? 'already_chosen'
    : condition && !condition(customer.resolve, isMember)
      ? 'not_in_audience'
      : null;
export const leafOf = ({ contexts }: OpenCampaign, resolve: Resolve, isMember: IsMember): string =>
  contexts.find(({ holds }) => holds(resolve, isMember))?.id ?? REST_LEAF;
/** `lifecycle/admission.ts`: no phases. */
export const isAdmitted = yes;
/** `arbitration/holdout.ts`: none. */
export const isHeldOut = no;
/** `steering/availability.ts`: the same arms everywhere at all times. */
export const availabilityOf = nothing;
export const keepsUnavailable = no;
export const partOf = nothing;
/** `limits/needs.ts`, `limits/purse.ts`: nothing is taken of ledgers. */
export const standingOfNeeds = nothing;
export const canAfford = yes;
export const priceOf = (): number => 0;
export const claimsOf = nothing;
export const EMPTY_PURSE = undefined;
/** `strategies/leaf-key.ts`: one strategy. */
export const leafKeyFor = (_rules: unknown, leaf: string): string => leaf;
/** `features/features.ts`, `scores.ts`: none. */
export const featureVector = nothing;
export const scoresFrom = nothing;
export const scoredByFrom = nothing;
/** `scoring/watch/arm-sums.ts`: no models choose among arms. */
export const armWeight = nothing;
/** `arbitration/worth.ts`: no campaign reads its worth from the customer. */
export const withWorth = <C>(candidate: C): C => candidate;
/** `arbitration/value.ts`: values come as ranks, of which nothing is taken off. */
export const DEFAULT_PRESET = undefined;
export const candidateValue = (_preset: unknown, { expected }: { expected: { rate: number } }): object => ({
  value: expected.rate,
});
/** `sticky-period.ts`: every decision is a period of its own. */
export const stickyPeriod = (
  _rules: unknown,
  _customer: unknown,
  periodKey: string,
  stickyUntilMs: number,
): object => ({
  periodKey,
  stickyUntilMs,
});
/** `touch-refusal.ts`: no caps and no distances. */
export const touchRefusalOf = (): null => null;
/** `segments/regex/index.ts`, `segments/compare-versions.ts`, `segments/all.ts`, `segments/elements.ts`: operators that publishing refuses. */
export const testRegex = no;
export const compileVersion = (): typeof no => no;
export const compileAll = (): typeof no => no;
export const compileElemMatch = (): typeof no => no;
/** `segments/limits.ts`: of its limits this one is asked when conditions are; the others when they are published. */
export const SEGMENT_LIMITS = { textDepth: 20 };
