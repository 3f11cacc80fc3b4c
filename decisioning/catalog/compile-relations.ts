/** What a campaign declares for arbitration and about other campaigns, as slices carry it; left out where there is nothing to say. */
import type { ArbitrationTerms } from '../arbitration/terms.ts';
import { NEUTRAL_TERMS } from '../arbitration/terms.ts';
import type { CampaignConfiguration, NotWithinRule, OnlyAfterRule } from './configuration.ts';
import type { SliceCampaign } from './slice.ts';

const MS_PER_MINUTE = 60_000;

/** The counter of confirmed touches or credited outcomes that an "only after" rule asks for. */
export function onlyAfterCounter({ campaign, goal, withinMs }: OnlyAfterRule): string {
  const what = campaign === undefined ? `outcomes.${goal}` : `exposures.${campaign}`;
  return `${what}.count.${withinMs / MS_PER_MINUTE}m`;
}

/** The counter of confirmed touches that must be 0 for a "not within" rule. */
export function notWithinCounter({ campaign, days }: NotWithinRule): string {
  return `exposures.${campaign}.count.${days}d`;
}

/** The terms with their keys in a fixed order, whatever order they were written in. */
function inOrder({ affinity, contextWeight, value, valueFrom, lever, budget }: ArbitrationTerms): ArbitrationTerms {
  const channels = Object.keys(affinity).toSorted();
  return {
    affinity: Object.fromEntries(channels.map((channel) => [channel, affinity[channel] as number])),
    contextWeight,
    value,
    lever,
    budget,
    ...(valueFrom !== undefined && { valueFrom }),
  };
}

function compileTerms(declared: ArbitrationTerms | undefined): Pick<SliceCampaign, 'arbitration'> {
  if (declared === undefined) return {};
  const arbitration = inOrder(declared);
  return JSON.stringify(arbitration) === JSON.stringify(inOrder(NEUTRAL_TERMS)) ? {} : { arbitration };
}

/** The optional fields of a slice's campaign. A campaign that declares nothing compiles to the same bytes as before there were any. */
export function compileRelations(
  campaign: CampaignConfiguration,
): Pick<SliceCampaign, 'arbitration' | 'exclusionGroups' | 'onlyAfter' | 'notWithin'> {
  const { exclusionGroups = [], onlyAfter = [], notWithin = [] } = campaign;
  return {
    ...compileTerms(campaign.arbitration),
    ...(exclusionGroups.length > 0 && { exclusionGroups }),
    ...(onlyAfter.length > 0 && { onlyAfter: onlyAfter.map(onlyAfterCounter) }),
    ...(notWithin.length > 0 && {
      notWithin: notWithin.map((rule) => ({ campaign: rule.campaign, counter: notWithinCounter(rule) })),
    }),
  };
}
