/** Whether a campaign may be chosen for a placement, and under which leaf its evidence is kept. Cheap checks come first. */
import { isExcluded, isWaiting } from './arbitration/relations.ts';
import { REST_LEAF } from './bandits/allocation.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import type { RulesSlice, SliceCampaign } from './catalog/slice.ts';
import type { ChosenAction } from './chosen-action.ts';
import { isQuiet } from './limits/quiet-hours.ts';
import { isScheduled } from './limits/schedule.ts';
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

/** Whether a touch of this campaign counts against any cap: then it must be claimed where the customer's other touches are known. */
export function isCapped({ channel, globalCap }: RulesSlice, campaign: Pick<SliceCampaign, 'caps'>): boolean {
  return campaign.caps.length > 0 || channel.cap !== null || (globalCap !== null && channel.countsTowardGlobal);
}

/** The leaf of this context: the first of the campaign's contexts that holds, else `rest`. */
export function leafOf(campaign: OpenCampaign, resolve: Resolve, isMember: IsMember): string {
  for (const context of campaign.contexts) if (context.holds(resolve, isMember)) return context.id;
  return REST_LEAF;
}
