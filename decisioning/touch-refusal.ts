/** What a customer's earlier contacts say against a campaign. */
import { isTooSoon } from './arbitration/relations.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import type { CapRule } from './catalog/configuration.ts';
import type { OpenCampaign } from './catalog/open.ts';
import type { EligibilityFacts } from './eligibility.ts';
import type { CapScope } from './limits/touches.ts';
import type { RefusalReason } from './reasons.ts';

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

/** Claims that earlier placements of this request are about to make. */
function claimedBefore(chosenBefore: EligibilityFacts['chosenBefore'], scope: CapScope): number {
  return chosenBefore.filter(({ action, slice }) => {
    if (action.armId === HOLDOUT_ARM) return false;
    if (scope.kind === 'campaign') return action.campaign.id === scope.id;
    if (scope.kind === 'channel') return slice.rules.channel.id === scope.id;
    return slice.rules.channel.countsTowardGlobal;
  }).length;
}
