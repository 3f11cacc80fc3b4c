/** How the customer's scores count for one strategy in one phase. */
import type { AllocationStrategy } from '../bandits/allocation.ts';
import type { Scoring } from '../bandits/scoring.ts';
import type { SliceCampaign } from '../catalog/slice.ts';
import type { Stage } from '../lifecycle/phases.ts';
import { splitStratum } from './strata.ts';

/** What turns scores into probabilities under a leaf key; undefined when the strategy that it belongs to uses none. */
export function scoringFor(
  { scoring, strategies }: Pick<SliceCampaign, 'scoring' | 'strategies'>,
  leafKey: string,
  stage: Stage | undefined,
): Scoring | undefined {
  const { strategyId } = splitStratum(leafKey);
  const own = strategies ? strategies.list.find(({ id }) => id === strategyId)?.scoring : scoring;
  if (!own || !stage) return own;
  return {
    strategy: weighed(own.strategy, stage.modelWeight),
    minExploration: Math.max(own.minExploration, stage.floor),
  };
}

/** A strategy whose scores count the `weight`-th part; those that choose among the top arms, or instead of the bandit, count fully, or at weight 0 not at all. */
function weighed(strategy: AllocationStrategy, weight: number): AllocationStrategy {
  if ('topArms' in strategy) return weight === 0 ? { ...strategy, topArms: 1 } : strategy;
  if ('hybrid' in strategy) return weight === 0 ? { policy: strategy.policy } : strategy;
  return 'modelWeight' in strategy && strategy.modelWeight
    ? { ...strategy, modelWeight: strategy.modelWeight * weight }
    : strategy;
}
