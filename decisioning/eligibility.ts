/** Whether a campaign may be chosen for a placement, and under which leaf its evidence is kept. Cheap checks come first. */
import { isExcluded, isTooSoon, isWaiting } from './arbitration/relations.ts';
import { HOLDOUT_ARM, REST_LEAF } from './bandits/allocation.ts';
import type { CapRule } from './catalog/configuration.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import type { RulesSlice, SliceCampaign } from './catalog/slice.ts';
import type { ChosenAction } from './chosen-action.ts';
import { isQuiet } from './limits/quiet-hours.ts';
import { isScheduled } from './limits/schedule.ts';
import type { CapScope } from './limits/touches.ts';
import { ADS } from './purposes.ts';
import type { RefusalReason } from './reasons.ts';
import type { IsMember } from './segments/compile.ts';
import type { Resolve } from './segments/subject.ts';
import type { CustomerView } from './view.ts';

export interface EligibilityFacts {
  readonly slice: OpenSlice;
  readonly customer: CustomerView;
  readonly killSwitch: boolean;
  readonly paused: ReadonlySet<string>;
  /** Actions already chosen for earlier placements of the same request. */
  readonly chosenBefore: readonly { readonly action: ChosenAction; readonly slice: OpenSlice }[];
  readonly isMember: IsMember;
  readonly nowMs: number;
}

/** The first reason against a campaign before its caps are looked at, or null: the customer is one whom it may address now. */
export function addressRefusalOf(campaign: OpenCampaign, facts: EligibilityFacts): RefusalReason | null {
  const { rules } = campaign;
  const { slice, customer, nowMs } = facts;
  if (facts.killSwitch) return 'kill_switch';
  if (facts.paused.has(rules.id)) return 'paused';
  if (!isScheduled(rules, nowMs)) return 'not_scheduled';
  if (isQuiet(slice.rules.channel.quietHours, customer.resolve)) return 'quiet_hours';
  if (facts.chosenBefore.some(({ action }) => action.campaign.id === rules.id)) return 'already_chosen';
  if (isExcluded(rules, facts.chosenBefore)) return 'excluded';
  const consent = customer.consents(slice.rules.channel.id);
  if (consent === false || (slice.rules.channel.requiresConsent && !consent)) return 'no_consent';
  if (rules.purpose === 'ads' && !customer.consents(ADS)) return 'no_consent';
  if (rules.segment !== null && !facts.isMember(rules.segment)) return 'not_in_audience';
  if (campaign.condition !== null && !campaign.condition(customer.resolve, facts.isMember)) return 'not_in_audience';
  if (isWaiting(rules, customer.resolve)) return 'not_yet';
  return null;
}

/** The distance or the cap that a claim of this campaign would break, or null. Both count touches, which held-out customers lack. */
export function touchRefusalOf(campaign: OpenCampaign, facts: EligibilityFacts): RefusalReason | null {
  const { channel, globalCap } = facts.slice.rules;
  const capped = (caps: readonly CapRule[], scope: CapScope): boolean => {
    if (caps.length === 0) return false;
    const claimed = claimedBefore(facts.chosenBefore, scope);
    return caps.some((cap) => facts.customer.touches(scope, cap.windowMs) + claimed >= cap.max);
  };
  if (isTooSoon(campaign.rules, facts.customer.resolve, facts.chosenBefore)) return 'too_soon_after';
  if (capped(campaign.rules.caps, { kind: 'campaign', id: campaign.rules.id })) return 'capped_campaign';
  if (channel.cap && capped([channel.cap], { kind: 'channel', id: channel.id })) return 'capped_channel';
  if (globalCap && channel.countsTowardGlobal && capped([globalCap], { kind: 'global' })) return 'capped_global';
  return null;
}

/** Whether a touch of this campaign counts against any cap: then it must be claimed where the customer's other touches are known. */
export function isCapped({ channel, globalCap }: RulesSlice, campaign: Pick<SliceCampaign, 'caps'>): boolean {
  return campaign.caps.length > 0 || channel.cap !== null || (globalCap !== null && channel.countsTowardGlobal);
}

/** Claims that earlier placements of this request are about to make. */
function claimedBefore(chosenBefore: EligibilityFacts['chosenBefore'], scope: CapScope): number {
  return chosenBefore.filter(({ action, slice }) => {
    if (action.armId === HOLDOUT_ARM) return false;
    if (scope.kind === 'campaign') return action.campaign.id === scope.id;
    if (scope.kind === 'channel') return slice.rules.channel.id === scope.id;
    return slice.rules.channel.countsTowardGlobal;
  }).length;
}

/** The leaf of this context: the first of the campaign's contexts that holds, else `rest`. */
export function leafOf(campaign: OpenCampaign, resolve: Resolve, isMember: IsMember): string {
  for (const context of campaign.contexts) if (context.holds(resolve, isMember)) return context.id;
  return REST_LEAF;
}
