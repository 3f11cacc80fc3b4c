/** The comparison of a campaign's strategies, as the API tells it. */
import type { COMPARISON_WARNINGS, StrategiesPerformanceResponse } from '../../contract/strategies.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import { emptyStatistics, mergeStatistics } from '../../decisioning/bandits/statistics.ts';
import type { DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import { ROTATION_WARNING } from '../../decisioning/catalog/warnings.ts';
import type { Estimate } from '../../decisioning/evaluation/interval.ts';
import type { ComparisonMode } from '../../decisioning/strategies/compared.ts';
import { type ComparedStrategy, compareStrategies } from '../../decisioning/strategies/comparison.ts';
import type { RootView, StatisticsCell } from '../../durable-objects/campaign/protocol.ts';

/** Below this chance does not explain how customers were shared; the bound that experimenters use (Fabijan et al. 2019). */
const SAMPLE_RATIO_ALARM = 0.001;

const DETAILS: Readonly<Record<(typeof COMPARISON_WARNINGS)[number], string>> = {
  rotation_confounds_time: ROTATION_WARNING,
  sample_ratio:
    'customers are not shared as declared: something other than chance decides who is counted for which strategy',
};

/** Everything that cells count, by leaf key and arm. */
function statisticsOf(cells: readonly StatisticsCell[]) {
  const statistics = new Map<string, Map<string, ArmStatistics>>();
  for (const { leaf, arm, statistics: own } of cells) {
    const arms = statistics.get(leaf) ?? new Map<string, ArmStatistics>();
    statistics.set(leaf, arms.set(arm, mergeStatistics(arms.get(arm) ?? emptyStatistics, own)));
  }
  return statistics;
}

function estimateAnswer(estimate: Estimate | null): StrategiesPerformanceResponse['strategies'][number]['regret'] {
  return estimate && { estimate: estimate.estimate, interval: [estimate.low, estimate.high] };
}

function strategyAnswer(
  { id, retired, figures, pBest, share, realisedShare, regret, regretPerTrial }: ComparedStrategy,
  policy: string | null,
): StrategiesPerformanceResponse['strategies'][number] {
  const { exposures, trials, conversions, rate, credibleInterval, revenueMinor } = figures;
  return {
    strategy: id,
    policy,
    retired,
    share,
    realisedShare,
    exposures,
    trials,
    conversions,
    rate,
    credibleInterval: [credibleInterval.low, credibleInterval.high],
    revenueMinor,
    pBest,
    regretPerTrial: estimateAnswer(regretPerTrial),
    regret: estimateAnswer(regret),
  };
}

function warningsOf(mode: ComparisonMode | undefined, sampleRatioP: number | null) {
  const reasons: (typeof COMPARISON_WARNINGS)[number][] = [];
  if (mode === 'rotation') reasons.push('rotation_confounds_time');
  if (sampleRatioP !== null && sampleRatioP < SAMPLE_RATIO_ALARM) reasons.push('sample_ratio');
  return reasons.map((reason) => ({ reason, detail: DETAILS[reason] }));
}

/** The answer of the endpoint. */
export function strategiesOf(
  campaignId: string,
  { goal, policy }: DirectoryCampaign,
  view: RootView,
  nowMs: number,
): StrategiesPerformanceResponse {
  const { strategies: declared } = policy;
  const { strategies, sampleRatioP } = compareStrategies(statisticsOf(view.cells), declared, policy);
  const policyOf = (id: string) => declared?.list.find((one) => one.id === id)?.strategy.policy ?? null;
  return {
    campaign: campaignId,
    goal,
    asOf: new Date(view.asOfMs || nowMs).toISOString(),
    mode: declared?.mode ?? null,
    turn: declared?.mode === 'rotation' ? (view.allocation?.turn ?? declared.list[0]?.id ?? null) : null,
    sampleRatioP,
    warnings: warningsOf(declared?.mode, sampleRatioP),
    strategies: strategies.map((one) => strategyAnswer(one, one.retired ? null : policyOf(one.id))),
  };
}
