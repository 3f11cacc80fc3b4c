/** The strategies of a campaign side by side: what each earned and lost, and whether customers were shared as declared. */
import { type CampaignStatistics, HOLDOUT_ARM } from '../bandits/allocation.ts';
import { probabilityBest } from '../bandits/p-best.ts';
import { posteriorOf, uniformPrior } from '../bandits/posterior.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../bandits/statistics.ts';
import type { Estimate } from '../evaluation/interval.ts';
import { type Figures, figuresOf } from '../evaluation/performance.ts';
import type { RewardPerformance } from '../evaluation/reward-performance.ts';
import { chiSquareTail } from '../math/chi-square.ts';
import type { PolicyStrategies } from './compared.ts';
import { type LeafEvidence, rateDraws, strategyRegret } from './regret.ts';
import { compareRewards, rewardEvidenceOf, rewardLeaves } from './reward-comparison.ts';
import { DEVICE_STRATUM, type Learned, ofStrategy, splitStratum, withoutStrata } from './strata.ts';

/** One strategy of several. */
export interface ComparedStrategy {
  readonly id: string;
  /** The campaign no longer has it; what it did stays. */
  readonly retired: boolean;
  /** Treated customers; the holdout is nobody's. */
  readonly figures: Figures;
  /** What it brought in the campaign's reward; absent where that is whether the goal was reached. */
  readonly reward?: RewardPerformance;
  /** P(its reward per trial is the most; its conversions where the reward is whether the goal was reached). */
  readonly pBest: number;
  /** Declared; null for a retired one. */
  readonly share: number | null;
  /** Of the enrolled customers, or of the trials where none are enrolled, among the current ones; null before the first, and for a retired one. */
  readonly realisedShare: number | null;
  /**
   * Reward (or conversions) lost against the best of the current arms in each leaf, over its trials of these; null before the first, and where
   * strategies choose by features: the best arm is another one for every customer then.
   */
  readonly regret: Estimate | null;
  /** The same per trial. */
  readonly regretPerTrial: Estimate | null;
}

/** All of them, the current ones in their order, then the retired ones by id. */
export interface StrategyComparison {
  readonly strategies: readonly ComparedStrategy[];
  /** P(shares at least as far from the declared ones, by chance); null without two current strategies, without customers, and where they take turns. */
  readonly sampleRatioP: number | null;
}

/** What a comparison must know of the campaign. */
export interface ComparedCampaign {
  /** The current arms. */
  readonly armIds: readonly string[];
  /** The current leaves. */
  readonly leaves: readonly string[];
  /** What a trial is worth; whether it reached the goal when absent. */
  readonly reward?: RewardSpec;
  /** A strategy chooses by customers' features. */
  readonly byFeatures?: boolean;
}

/** Compares strategies by everything that was counted, whatever the campaign's learning makes of it. */
export function compareStrategies(
  learned: Learned,
  declared: PolicyStrategies | undefined,
  campaign: ComparedCampaign,
): StrategyComparison {
  const current = declared?.list ?? [];
  const currentIds = current.map(({ id }) => id);
  const seen = [...learned.statistics.keys()].flatMap((key) => splitStratum(key).strategyId ?? []);
  // Devices are no strategy: they choose by the campaign's own.
  const retiredIds = [...new Set(seen)].filter((id) => id !== DEVICE_STRATUM && !currentIds.includes(id)).sort();
  const ids = [...currentIds, ...retiredIds];
  const own = ids.map((id) => ofStrategy(learned, id));
  const sums = own.map(({ statistics }) => treatedOf(statistics));
  const counted = realised(sums.slice(0, current.length));
  const { reward } = campaign;
  const evidence = reward && reward.kind !== 'binary' ? rewardEvidenceOf(reward, own) : undefined;
  const rewards = evidence && compareRewards(evidence);
  const pBest = rewards?.pBest ?? probabilityBest(sums.map((one) => posteriorOf(one, uniformPrior)));
  const leaves = evidence
    ? rewardLeaves(evidence, campaign.armIds, campaign.leaves)
    : rateLeaves(learned.statistics, own, campaign);
  const regrets = campaign.byFeatures ? undefined : regretsOf(leaves, own.length);
  return {
    strategies: ids.map((id, i) => ({
      id,
      retired: i >= current.length,
      figures: figuresOf(sums[i]!),
      ...(rewards && { reward: rewards.rewards[i]! }),
      pBest: pBest[i]!,
      share: current[i]?.share ?? null,
      realisedShare: counted && i < current.length ? counted.shares[i]! : null,
      ...(regrets?.[i] ?? NO_REGRET),
    })),
    sampleRatioP: declared?.mode === 'concurrent' && counted ? sampleRatio(counted, current) : null,
  };
}

function treatedOf(leaves: CampaignStatistics): ArmStatistics {
  let sum = emptyStatistics;
  for (const arms of leaves.values())
    for (const [armId, one] of arms) if (armId !== HOLDOUT_ARM) sum = mergeStatistics(sum, one);
  return sum;
}

/** Customers where they are enrolled: these were drawn one by one. Else trials. */
function realised(sums: readonly ArmStatistics[]) {
  for (const field of ['customers', 'trials'] as const) {
    const counts = sums.map((one) => one[field]);
    const total = counts.reduce((all, count) => all + count, 0);
    if (total > 0) return { counts, total, shares: counts.map((count) => count / total) };
  }
  return null;
}

/** Pearson's χ² of counts against shares. */
function sampleRatio(
  { counts, total }: { readonly counts: readonly number[]; readonly total: number },
  declared: readonly { readonly share: number }[],
): number {
  const x = counts.reduce((sum, count, i) => {
    const expected = total * declared[i]!.share;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return chiSquareTail(x, counts.length - 1);
}

const NO_REGRET = { regret: null, regretPerTrial: null } as const;

/** Leaf by leaf what is known of the arms' rates, and who tried them how often. */
function rateLeaves(
  statistics: CampaignStatistics,
  own: readonly Learned[],
  { armIds, leaves }: ComparedCampaign,
): readonly LeafEvidence[] {
  const all = withoutStrata({ statistics }).statistics;
  const known = leaves.filter((leaf) => all.has(leaf));
  const draws = rateDraws(known.map((leaf) => armIds.map((armId) => all.get(leaf)?.get(armId) ?? emptyStatistics)));
  return known.map((leaf, i) => ({
    draws: draws[i]!,
    trials: own.map((one) => armIds.map((armId) => one.statistics.get(leaf)?.get(armId)?.trials ?? 0)),
  }));
}

function regretsOf(
  evidence: readonly LeafEvidence[],
  strategies: number,
): readonly Pick<ComparedStrategy, 'regret' | 'regretPerTrial'>[] {
  return strategyRegret(evidence, strategies).map((regret, i) => {
    const trials = evidence.reduce((sum, leaf) => sum + leaf.trials[i]!.reduce((of, n) => of + n, 0), 0);
    if (trials === 0) return NO_REGRET;
    const { estimate, low, high } = regret;
    return { regret, regretPerTrial: { estimate: estimate / trials, low: low / trials, high: high / trials } };
  });
}
