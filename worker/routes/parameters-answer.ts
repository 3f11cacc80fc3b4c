/** What a campaign's root knows of its parameters, as the API tells it. */
import type { ParametersPerformanceResponse } from '../../contract/parameters-performance.ts';
import type { ParameterDesign } from '../../decisioning/bandits/effects/design.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../../decisioning/bandits/statistics.ts';
import { nameOf } from '../../decisioning/catalog/parameter-names.ts';
import type { DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import type { Interval } from '../../decisioning/evaluation/interval.ts';
import { parameterPerformance } from '../../decisioning/evaluation/parameter-performance.ts';
import type { Figures } from '../../decisioning/evaluation/performance.ts';
import type { ValueEffect } from '../../decisioning/evaluation/value-effects.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import type { RootView, StatisticsCell } from '../../durable-objects/campaign/protocol.ts';

type Wire = ParametersPerformanceResponse;

/**
 * The answer of the endpoint.
 *
 * @param design of the campaign's arms.
 * @param leaf the one leaf to tell of; all of them when absent.
 */
export function parametersAnswer(
  campaignId: string,
  { goal, policy, parameterNames }: DirectoryCampaign,
  design: ParameterDesign,
  { cells, asOfMs }: RootView,
  { leaf, nowMs }: { readonly leaf?: string | undefined; readonly nowMs: number },
): Wire {
  const { totals, parameters } = parameterPerformance(design, policy.armIds, sumsByLeaf(cells, leaf));
  return {
    campaign: campaignId,
    goal,
    asOf: new Date(asOfMs || nowMs).toISOString(),
    leaf: leaf ?? null,
    learnsBy: policy.learning?.by ?? 'arms',
    totals: figures(totals),
    parameters: parameters.map(({ id, values }) => ({
      parameter: id,
      ...nameOf(parameterNames, id),
      values: values.map((value) => ({
        value: value.id,
        ...nameOf(parameterNames, id, value.id),
        ...figures(value),
        effect: value.effect && effectAnswer(value.effect),
        pBest: value.pBest,
      })),
    })),
  };
}

/** Per plain leaf and arm, whichever strategy chose, over all hours. */
function sumsByLeaf(
  cells: readonly StatisticsCell[],
  only: string | undefined,
): Map<string, Map<string, ArmStatistics>> {
  const leaves = new Map<string, Map<string, ArmStatistics>>();
  for (const { leaf: key, arm, statistics } of cells) {
    const { leaf } = splitStratum(key);
    if (only !== undefined && leaf !== only) continue;
    const arms = leaves.get(leaf) ?? new Map<string, ArmStatistics>();
    leaves.set(leaf, arms);
    arms.set(arm, mergeStatistics(arms.get(arm) ?? emptyStatistics, statistics));
  }
  return leaves;
}

function figures({ exposures, trials, conversions, rate, credibleInterval, revenueMinor }: Figures): Wire['totals'] {
  return { exposures, trials, conversions, rate, credibleInterval: ends(credibleInterval), revenueMinor };
}

function effectAnswer({
  logOdds,
  rateRatio,
  adjustedRate,
}: ValueEffect): NonNullable<Wire['parameters'][number]['values'][number]['effect']> {
  return {
    logOdds: logOdds.estimate,
    logOddsInterval: ends(logOdds),
    rateRatio: rateRatio.estimate,
    rateRatioInterval: ends(rateRatio),
    adjustedRate,
  };
}

function ends({ low, high }: Interval): [low: number, high: number] {
  return [low, high];
}
