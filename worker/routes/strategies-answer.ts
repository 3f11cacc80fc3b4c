/** The comparison of a campaign's strategies, as the API tells it. */
import type { COMPARISON_WARNINGS, StrategiesPerformanceResponse } from '../../contract/strategies.ts';
import { addSums, type SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import { emptyStatistics, mergeStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Directory, DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import { ROTATION_WARNING } from '../../decisioning/catalog/warnings.ts';
import type { Estimate } from '../../decisioning/evaluation/interval.ts';
import type { ComparisonMode } from '../../decisioning/strategies/compared.ts';
import { type ComparedStrategy, compareStrategies } from '../../decisioning/strategies/comparison.ts';
import type { Learned } from '../../decisioning/strategies/strata.ts';
import { variesBy } from '../../decisioning/strategies/varies-by.ts';
import type { RootView } from '../../durable-objects/campaign/protocol.ts';
import { rewardAnswers } from './performance-sums.ts';

/** Below this chance does not explain how customers were shared; the bound that experimenters use (Fabijan et al. 2019). */
const SAMPLE_RATIO_ALARM = 0.001;

const DETAILS: Readonly<Record<(typeof COMPARISON_WARNINGS)[number], string>> = {
  rotation_confounds_time: ROTATION_WARNING,
  sample_ratio:
    'customers are not shared as declared: something other than chance decides who is counted for which strategy',
  regret_ignores_features:
    'a strategy chooses by features, and the best arm is another one for every customer: what was lost is not known, so regret is null',
};

/** Everything that a root knows of the strategies, by leaf key and arm. */
function learnedOf({ cells, sums = [] }: RootView): Learned {
  const statistics = new Map<string, Map<string, ArmStatistics>>();
  for (const { leaf, arm, statistics: own } of cells) {
    const arms = statistics.get(leaf) ?? new Map<string, ArmStatistics>();
    statistics.set(leaf, arms.set(arm, mergeStatistics(arms.get(arm) ?? emptyStatistics, own)));
  }
  const named = new Map<string, Map<string, SumsByName>>();
  for (const { leaf, arm, sums: own } of sums) {
    const arms = named.get(leaf) ?? new Map<string, SumsByName>();
    const before = arms.get(arm);
    named.set(leaf, arms.set(arm, before ? addSums(before, own) : own));
  }
  return { statistics, sums: named };
}

function estimateAnswer(estimate: Estimate | null): StrategiesPerformanceResponse['strategies'][number]['regret'] {
  return estimate && { estimate: estimate.estimate, interval: [estimate.low, estimate.high] };
}

function strategyAnswer(
  { id, retired, figures, reward, pBest, share, realisedShare, regret, regretPerTrial }: ComparedStrategy,
  policy: string | null,
  rewardOf: ReturnType<typeof rewardAnswers> | undefined,
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
    ...(reward && rewardOf && { reward: rewardOf(reward, figures) }),
    pBest,
    regretPerTrial: estimateAnswer(regretPerTrial),
    regret: estimateAnswer(regret),
  };
}

function warningsOf(mode: ComparisonMode | undefined, sampleRatioP: number | null, byFeatures: boolean) {
  const reasons: (typeof COMPARISON_WARNINGS)[number][] = [];
  if (mode === 'rotation') reasons.push('rotation_confounds_time');
  if (sampleRatioP !== null && sampleRatioP < SAMPLE_RATIO_ALARM) reasons.push('sample_ratio');
  if (byFeatures) reasons.push('regret_ignores_features');
  return reasons.map((reason) => ({ reason, detail: DETAILS[reason] }));
}

/** The answer of the endpoint. */
export function strategiesOf(
  campaignId: string,
  { goal, policy }: Pick<DirectoryCampaign, 'goal' | 'policy'>,
  view: RootView,
  { nowMs, goals }: { readonly nowMs: number; readonly goals: Directory['goals'] },
): StrategiesPerformanceResponse {
  const { strategies: declared, reward } = policy;
  const byFeatures = variesBy(policy).includes('features');
  const { strategies, sampleRatioP } = compareStrategies(learnedOf(view), declared, { ...policy, byFeatures });
  const policyOf = (id: string) => declared?.list.find((one) => one.id === id)?.strategy.policy ?? null;
  const rewardOf = reward && rewardAnswers(reward, goal, goals);
  return {
    campaign: campaignId,
    goal,
    asOf: new Date(view.asOfMs || nowMs).toISOString(),
    mode: declared?.mode ?? null,
    turn: declared?.mode === 'rotation' ? (view.allocation?.turn ?? declared.list[0]?.id ?? null) : null,
    sampleRatioP,
    warnings: warningsOf(declared?.mode, sampleRatioP, byFeatures),
    strategies: strategies.map((one) => strategyAnswer(one, one.retired ? null : policyOf(one.id), rewardOf)),
  };
}
