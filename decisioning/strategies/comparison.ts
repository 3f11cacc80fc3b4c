/** The strategies of a campaign side by side: what each earned and lost, and whether customers were shared as declared. */
import { type CampaignStatistics, HOLDOUT_ARM } from '../bandits/allocation.ts';
import { probabilityBest } from '../bandits/p-best.ts';
import { posteriorOf, uniformPrior } from '../bandits/posterior.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../bandits/statistics.ts';
import type { Estimate } from '../evaluation/interval.ts';
import { type Figures, figuresOf } from '../evaluation/performance.ts';
import { chiSquareTail } from '../math/chi-square.ts';
import type { PolicyStrategies } from './compared.ts';
import { type LeafEvidence, strategyRegret } from './regret.ts';
import { ofStrategy, splitStratum, withoutStrata } from './strata.ts';

/** One strategy of several. */
export interface ComparedStrategy {
  readonly id: string;
  /** The campaign no longer has it; what it did stays. */
  readonly retired: boolean;
  /** Treated customers; the holdout is nobody's. */
  readonly figures: Figures;
  /** P(its conversions per trial are the most). */
  readonly pBest: number;
  /** Declared; null for a retired one. */
  readonly share: number | null;
  /** Of the enrolled customers, or of the trials where none are enrolled, among the current ones; null before the first, and for a retired one. */
  readonly realisedShare: number | null;
  /** Conversions lost against the best of the current arms, over its trials of these; null before the first. */
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

/**
 * Compares strategies by everything that was counted, whatever the campaign's learning makes of it.
 *
 * @param armIds the campaign's current arms.
 * @param leaves its current leaves.
 */
export function compareStrategies(
  statistics: CampaignStatistics,
  declared: PolicyStrategies | undefined,
  { armIds, leaves }: { readonly armIds: readonly string[]; readonly leaves: readonly string[] },
): StrategyComparison {
  const current = declared?.list ?? [];
  const currentIds = current.map(({ id }) => id);
  const seen = [...statistics.keys()].flatMap((key) => splitStratum(key).strategyId ?? []);
  const retiredIds = [...new Set(seen)].filter((id) => !currentIds.includes(id)).sort();
  const ids = [...currentIds, ...retiredIds];
  const own = ids.map((id) => ofStrategy({ statistics }, id).statistics);
  const sums = own.map(treatedOf);
  const counted = realised(sums.slice(0, current.length));
  const pBest = probabilityBest(sums.map((one) => posteriorOf(one, uniformPrior)));
  const regrets = regretsOf(statistics, own, armIds, leaves);
  return {
    strategies: ids.map((id, i) => ({
      id,
      retired: i >= current.length,
      figures: figuresOf(sums[i]!),
      pBest: pBest[i]!,
      share: current[i]?.share ?? null,
      realisedShare: counted && i < current.length ? counted.shares[i]! : null,
      ...regrets[i]!,
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

function regretsOf(
  statistics: CampaignStatistics,
  own: readonly CampaignStatistics[],
  armIds: readonly string[],
  leaves: readonly string[],
): readonly Pick<ComparedStrategy, 'regret' | 'regretPerTrial'>[] {
  const all = withoutStrata({ statistics }).statistics;
  const evidence: LeafEvidence[] = leaves
    .filter((leaf) => all.has(leaf))
    .map((leaf) => ({
      arms: armIds.map((armId) => all.get(leaf)?.get(armId) ?? emptyStatistics),
      trials: own.map((one) => armIds.map((armId) => one.get(leaf)?.get(armId)?.trials ?? 0)),
    }));
  return strategyRegret(evidence, own.length).map((regret, i) => {
    const trials = evidence.reduce((sum, leaf) => sum + leaf.trials[i]!.reduce((of, n) => of + n, 0), 0);
    if (trials === 0) return { regret: null, regretPerTrial: null };
    const { estimate, low, high } = regret;
    return { regret, regretPerTrial: { estimate: estimate / trials, low: low / trials, high: high / trials } };
  });
}
