import { type CampaignStatistics, ENROLLED_ARM, HOLDOUT_ARM } from '../bandits/allocation.ts';
import { probabilityBest } from '../bandits/p-best.ts';
import { posteriorOf, uniformPrior } from '../bandits/posterior.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from '../bandits/statistics.ts';
import type { ShownAllocation } from '../strategies/plain-allocation.ts';
import { credibleInterval, type Interval } from './interval.ts';
import { type Lift, liftInterval } from './lift.ts';

/** What was counted, and the conversion rate it suggests. */
export interface Figures extends ArmStatistics {
  /** Conversions per trial; null before the first trial. */
  readonly rate: number | null;
  /** 95 % equal-tailed credible interval of the rate under a uniform prior, from these counts alone. */
  readonly credibleInterval: Interval;
}

/** One arm in one leaf, or over all of them. */
export interface ArmPerformance extends Figures {
  readonly armId: string;
  /** The campaign no longer has this arm; its counts stay in the sums. */
  readonly retired: boolean;
  /** P(the arm's rate is the largest). In a leaf as published; over all leaves from the pooled counts. 0 for a retired arm. */
  readonly pBest: number;
  /** P(arm) now. In a leaf as published; over all leaves their mean, weighted by trials. 0 for a retired arm. */
  readonly allocation: number;
}

/** One leaf with its arms; its arms' sums are its totals. */
export interface LeafPerformance {
  readonly leaf: string;
  /** The campaign no longer has this leaf; its counts stay in the sums. */
  readonly retired: boolean;
  readonly totals: Figures;
  readonly arms: readonly ArmPerformance[];
}

/** One hour with the arms that were seen in it. */
export interface HourPerformance {
  /** Start of the hour, epoch milliseconds. */
  readonly hourMs: number;
  readonly totals: Figures;
  readonly arms: readonly (Figures & { readonly armId: string })[];
}

/** A group of the lift: enrolled customers, whether they saw anything or not. */
export interface LiftGroup {
  readonly customers: number;
  readonly converted: number;
  /** Value of their outcomes, in minor units; negative when more was refunded than sold. */
  readonly revenueMinor: number;
  /** In minor units per customer: a mean, not an integer. */
  readonly revenuePerCustomerMinor: number;
}

/** What the campaign adds, per enrolled customer. Revenue has no interval: no sum of squares is kept, so its spread is unknown. */
export interface CampaignLift extends Lift {
  readonly treated: LiftGroup;
  readonly control: LiftGroup;
  /** Treated minus control, in minor units per customer. */
  readonly absoluteRevenueMinor: number;
}

/**
 * The figures of a campaign. `totals` = Σ `leaves` (= Σ `hours` when those are complete) = Σ `arms`, except that customers enrolled
 * before an arm was drawn are in no arm. The holdout is in none of them.
 */
export interface CampaignPerformance {
  readonly campaignId: string;
  readonly allocationVersion: number;
  readonly totals: Figures;
  readonly arms: readonly ArmPerformance[];
  readonly leaves: readonly LeafPerformance[];
  readonly hours: readonly HourPerformance[];
  readonly holdout: Figures;
  /** Intent to treat: enrolled customers outside the holdout against those inside; null while either group is empty. */
  readonly lift: CampaignLift | null;
}

/** What {@link campaignPerformance} reads. */
export interface PerformanceInput {
  /** Under plain leaves. */
  readonly allocation: ShownAllocation;
  /** Per leaf and arm, `holdout` and `*` (enrolled, no arm drawn yet) included. */
  readonly statistics: CampaignStatistics;
  /** Per start of an hour (epoch milliseconds) and arm, `holdout` and `*` included, summed over leaves. */
  readonly hours: ReadonlyMap<number, ReadonlyMap<string, ArmStatistics>>;
}

type ArmSums = ReadonlyMap<string, ArmStatistics>;

/** Computes the figures of one campaign: a pure summary of what was counted and what is published. */
export function campaignPerformance({ allocation, statistics, hours }: PerformanceInput): CampaignPerformance {
  const published = Object.keys(allocation.leaves);
  const retired = [...statistics.keys()].filter((leaf) => !published.includes(leaf)).sort();
  const leaves = [...published, ...retired].map((leaf) =>
    leafPerformance(allocation, leaf, statistics.get(leaf) ?? new Map()),
  );
  const pooled = pool(statistics.values());
  const totals = treatedOf(pooled);
  const held = pooled.get(HOLDOUT_ARM) ?? emptyStatistics;
  return {
    campaignId: allocation.campaignId,
    allocationVersion: allocation.version,
    totals: figuresOf(totals),
    arms: pooledArms(allocation, pooled, leaves),
    leaves,
    hours: [...hours].sort(([one], [other]) => one - other).map(([hourMs, arms]) => hourPerformance(hourMs, arms)),
    holdout: figuresOf(held),
    lift: campaignLift(liftGroup(totals), liftGroup(held)),
  };
}

/** Adds rate and credible interval to counts. */
export function figuresOf(statistics: ArmStatistics): Figures {
  const { trials, conversions } = statistics;
  return {
    ...statistics,
    rate: trials > 0 ? conversions / trials : null,
    credibleInterval: credibleInterval(posteriorOf(statistics, uniformPrior)),
  };
}

function liftGroup({ customers, convertedCustomers, customerRevenueMinor }: ArmStatistics): LiftGroup {
  return {
    customers,
    converted: convertedCustomers,
    revenueMinor: customerRevenueMinor,
    revenuePerCustomerMinor: customers > 0 ? customerRevenueMinor / customers : 0,
  };
}

function campaignLift(treated: LiftGroup, control: LiftGroup): CampaignLift | null {
  const lift = liftInterval(treated, control);
  const absoluteRevenueMinor = treated.revenuePerCustomerMinor - control.revenuePerCustomerMinor;
  return lift && { ...lift, treated, control, absoluteRevenueMinor };
}

function leafPerformance(allocation: ShownAllocation, leaf: string, sums: ArmSums): LeafPerformance {
  const current = Object.hasOwn(allocation.leaves, leaf) ? allocation.leaves[leaf] : undefined;
  const arms = armIdsOf(allocation, sums).map((armId, i) => ({
    armId,
    retired: i >= allocation.armIds.length,
    ...figuresOf(sums.get(armId) ?? emptyStatistics),
    pBest: current?.pBest[i] ?? 0,
    allocation: current?.probabilities[i] ?? 0,
  }));
  return { leaf, retired: current === undefined, totals: figuresOf(treatedOf(sums)), arms };
}

function pooledArms(
  allocation: ShownAllocation,
  pooled: ArmSums,
  leaves: readonly LeafPerformance[],
): ArmPerformance[] {
  const current = leaves.filter((leaf) => !leaf.retired);
  const trials = current.reduce((sum, leaf) => sum + leaf.totals.trials, 0);
  const best = probabilityBest(
    allocation.armIds.map((armId) => posteriorOf(pooled.get(armId) ?? emptyStatistics, uniformPrior)),
  );
  return armIdsOf(allocation, pooled).map((armId, i) => ({
    armId,
    retired: i >= allocation.armIds.length,
    ...figuresOf(pooled.get(armId) ?? emptyStatistics),
    pBest: best[i] ?? 0,
    allocation: current.reduce((sum, leaf) => {
      const weight = trials > 0 ? leaf.totals.trials / trials : 1 / current.length;
      // Retired arms stand at other places in other leaves; all of them have 0.
      return sum + weight * (leaf.arms[i]?.allocation ?? 0);
    }, 0),
  }));
}

function hourPerformance(hourMs: number, sums: ArmSums): HourPerformance {
  const armIds = [...sums.keys()].filter(isArm).sort();
  return {
    hourMs,
    totals: figuresOf(treatedOf(sums)),
    arms: armIds.map((armId) => ({ armId, ...figuresOf(sums.get(armId) ?? emptyStatistics) })),
  };
}

/** The campaign's arms in their order, then those that only the counts know, by id. */
function armIdsOf(allocation: ShownAllocation, sums: ArmSums): string[] {
  const known = new Set(allocation.armIds);
  return [...allocation.armIds, ...[...sums.keys()].filter((armId) => isArm(armId) && !known.has(armId)).sort()];
}

/** The two names under which customers are counted who were shown no arm are not arms. */
function isArm(armId: string): boolean {
  return armId !== HOLDOUT_ARM && armId !== ENROLLED_ARM;
}

function pool(leaves: Iterable<ArmSums>): Map<string, ArmStatistics> {
  const sums = new Map<string, ArmStatistics>();
  for (const arms of leaves) {
    for (const [armId, statistics] of arms) {
      sums.set(armId, mergeStatistics(sums.get(armId) ?? emptyStatistics, statistics));
    }
  }
  return sums;
}

function treatedOf(sums: ArmSums): ArmStatistics {
  let total = emptyStatistics;
  for (const [armId, statistics] of sums) if (armId !== HOLDOUT_ARM) total = mergeStatistics(total, statistics);
  return total;
}
