/** Several strategies of one campaign and its phases, as the campaign's root and its slices carry them. */
import type { AllocationStrategy } from '../bandits/allocation.ts';
import type { Scoring } from '../bandits/scoring.ts';
import { stageOf } from '../lifecycle/phases.ts';
import type { Standing } from '../strategies/allocate-policy.ts';
import { type PolicyStrategies, type SliceStrategies, turnOf } from '../strategies/compared.ts';
import type { CampaignConfiguration, StrategyConfiguration } from './configuration.ts';
import type { CampaignPolicy } from './slice.ts';

/** The strategies of a campaign that was checked; undefined when it has one. Shares that were left out are even; thirds may have been rounded. */
export function strategiesOf(
  { strategies, strategyMode = 'concurrent' }: CampaignConfiguration,
  strategyOf: (strategy: StrategyConfiguration) => AllocationStrategy,
): PolicyStrategies | undefined {
  if (!strategies) return undefined;
  const sum = strategies.reduce((total, { share = 1 }) => total + share, 0);
  const list = strategies.map(({ id, share = 1, strategy }) => ({
    id,
    share: share / sum,
    strategy: strategyOf(strategy),
    minExploration: strategy.minExploration,
  }));
  return { mode: strategyMode, list };
}

/** What of the strategies belongs to the name of an allocation: another choice or another way of sharing is another allocation. */
export function strategiesKey({ mode, list }: PolicyStrategies): string {
  return [mode, ...list.map(({ strategy }) => strategy.policy)].join(' ');
}

/** What a slice says of them; `scoringOf` is asked for each. */
export function sliceStrategies(
  policy: CampaignPolicy,
  scoringOf: (policy: CampaignPolicy) => Scoring | undefined,
): SliceStrategies | undefined {
  if (!policy.strategies) return undefined;
  const { mode, list } = policy.strategies;
  return {
    mode,
    list: list.map(({ id, share, strategy, minExploration }) => {
      const scoring = scoringOf({ ...policy, strategy, minExploration });
      return { id, share, ...(scoring && { scoring }) };
    }),
  };
}

/** Where a campaign stands before anything was seen. */
export function initialStanding({ lifecycle, strategies }: CampaignPolicy): Standing {
  return {
    ...(lifecycle && { stage: stageOf(lifecycle, 'initialization') }),
    ...(strategies?.mode === 'rotation' && { turn: turnOf(strategies, 0) }),
  };
}
