/** What strategies bring in the campaign's reward, where that is not just whether the goal was reached. */
import { HOLDOUT_ARM } from '../bandits/allocation.ts';
import { normalBest } from '../bandits/linear/normal-best.ts';
import { addFigures, noFigures, type RewardFigures, rewardFigures, tellsTrials } from '../bandits/rewards/figures.ts';
import { pooledBest } from '../bandits/rewards/pooled-best.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { DEFAULT_MASS } from '../evaluation/interval.ts';
import { type RewardPerformance, rewardPerformance, worthAtMost } from '../evaluation/reward-performance.ts';
import { normalQuantile } from '../math/normal.ts';
import type { LeafEvidence } from './regret.ts';
import { logMoments, meanDraw, mixed, rewardMeans } from './reward-means.ts';
import type { Learned } from './strata.ts';

/** Figures of one strategy by leaf and arm, the holdout left out. */
type ByLeaf = ReadonlyMap<string, ReadonlyMap<string, RewardFigures>>;

/** The strategies' evidence of a reward. */
export interface RewardEvidence {
  readonly spec: RewardSpec;
  /** In the order of the strategies. */
  readonly own: readonly ByLeaf[];
}

/** What all of them brought. */
export interface RewardComparison {
  /** In the order of the strategies. */
  readonly rewards: readonly RewardPerformance[];
  /** P(its expected reward per trial is the largest); sums to 1. */
  readonly pBest: readonly number[];
}

/**
 * Reads the evidence of a reward.
 *
 * @param spec not `binary`.
 * @param learned one for each strategy, under plain leaves.
 */
export function rewardEvidenceOf(spec: RewardSpec, learned: readonly Learned[]): RewardEvidence {
  const told = learned.some(({ sums }) =>
    [...(sums?.values() ?? [])].some((arms) => [...arms.values()].some((own) => tellsTrials(spec, own))),
  );
  const figuresOf = ({ statistics, sums }: Learned): ByLeaf => {
    const leaves = new Set([...statistics.keys(), ...(sums?.keys() ?? [])]);
    return new Map(
      [...leaves].map((leaf) => {
        const ids = new Set([...(statistics.get(leaf)?.keys() ?? []), ...(sums?.get(leaf)?.keys() ?? [])]);
        ids.delete(HOLDOUT_ARM);
        const figures = (id: string) =>
          rewardFigures(spec, statistics.get(leaf)?.get(id), sums?.get(leaf)?.get(id), told);
        return [leaf, new Map([...ids].sort().map((id) => [id, figures(id)]))];
      }),
    );
  };
  return { spec, own: learned.map(figuresOf) };
}

/**
 * The mean reward per trial of each strategy with its 95 % interval, and P(best). Of `revenue` arm by arm: each arm's orders are log-normal around a
 * mean of their own, and the strategy's mean is that of its arms, weighted by its trials of them; orders of all arms thrown together are nothing like log-normal.
 */
export function compareRewards({ spec, own }: RewardEvidence): RewardComparison {
  const arms = own.map(byArm);
  const pooled = arms.map((figures) => figures.reduce((sum, one) => addFigures(sum, one), noFigures));
  if (spec.kind !== 'revenue')
    return { rewards: pooled.map((one) => rewardPerformance(spec, one)), pBest: pooledBest(spec, pooled) };
  const means = rewardMeans(spec, arms.flat());
  const rewards = arms.map((figures, i): RewardPerformance => {
    const { trials, rewarded } = pooled[i]!;
    const believed = mixed(figures.map((one) => ({ ...means.plain(one), trials: one.trials })));
    if (rewarded < 2) return { trials, rewarded, mean: trials > 0 ? believed.mean : null, interval: null };
    const { mean, variance } = believed;
    const factor = Math.exp((normalQuantile((1 + DEFAULT_MASS) / 2) * Math.sqrt(variance)) / mean);
    const interval = worthAtMost(pooled[i]!, spec.maxMinor, { low: mean / factor, high: mean * factor });
    return { trials, rewarded, mean, interval };
  });
  const logs = arms.map((figures) => logMoments(means.shrunkMix(figures)));
  const pBest = normalBest(
    logs.map(({ mean }) => mean),
    logs.map(({ deviation }) => deviation),
  );
  return { rewards, pBest: [...pBest] };
}

/** Leaf by leaf what is known of the arms' rewards, and who tried them how often: what {@link strategyRegret} draws from. */
export function rewardLeaves(
  { spec, own }: RewardEvidence,
  armIds: readonly string[],
  leaves: readonly string[],
): readonly LeafEvidence[] {
  const known = leaves.filter((leaf) => own.some((one) => one.has(leaf)));
  const cell = (one: ByLeaf, leaf: string, armId: string) => one.get(leaf)?.get(armId) ?? noFigures;
  const cells = known.map((leaf) =>
    armIds.map((armId) => own.reduce((sum, one) => addFigures(sum, cell(one, leaf, armId)), noFigures)),
  );
  const means = rewardMeans(spec, cells.flat());
  return known.map((leaf, i) => ({
    draws: cells[i]!.map((figures) => meanDraw(spec, means.shrunk(figures))),
    trials: own.map((one) => armIds.map((armId) => cell(one, leaf, armId).trials)),
  }));
}

/** Figures of every arm, over all leaves; in the order of ids. */
function byArm(leaves: ByLeaf): readonly RewardFigures[] {
  const arms = new Map<string, RewardFigures>();
  for (const own of leaves.values())
    for (const [armId, figures] of own) arms.set(armId, addFigures(arms.get(armId) ?? noFigures, figures));
  return [...arms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, figures]) => figures);
}
