/** Which attributes hold a campaign's scores, and whether anything uses them. */
import { usesScores } from '../bandits/policies.ts';
import { factsOfArm } from '../scoring/arm-facts.ts';
import { isModelPath } from '../scoring/paths.ts';
import type { CampaignConfiguration, StrategyConfiguration } from './configuration.ts';
import type { SliceCampaign } from './slice.ts';

/** Whether one of the campaign's strategies asks for scores. */
export function asksForScores({ strategy, strategies }: CampaignConfiguration): boolean {
  const asks = (one: StrategyConfiguration) => one.policy !== 'fixed_split' && usesScores(one);
  return strategies ? strategies.some((one) => asks(one.strategy)) : asks(strategy);
}

/** The paths of a campaign's scores in the order of its arms, as a part of its slice; nothing where an arm has none or no strategy asks for them. */
export function scorePathsOf(campaign: CampaignConfiguration): Pick<SliceCampaign, 'scorePaths'> {
  const scorePaths = campaign.arms.flatMap(({ score }) => score ?? []);
  return scorePaths.length === campaign.arms.length && asksForScores(campaign) ? { scorePaths } : {};
}

/** What models may read of the campaign's arms, as a part of its slice; nothing where no model scores them. */
export function armFactsOf(campaign: CampaignConfiguration): Pick<SliceCampaign, 'armFacts'> {
  const { scorePaths = [] } = scorePathsOf(campaign);
  return scorePaths.some(isModelPath) ? { armFacts: campaign.arms.map(factsOfArm) } : {};
}
