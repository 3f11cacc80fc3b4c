/**
 * What a campaign has learned about one arm in one leaf (and one hour bucket): integer sums only, so that merging is exact in any
 * order. Every figure is a count or a sum of integer minor units.
 */
export interface ArmStatistics {
  /** Exposures: how often the content was really seen, repeats within a sticky period included. */
  readonly exposures: number;
  /** Trials: first exposures per (customer, campaign, sticky period); the n of every posterior. */
  readonly trials: number;
  /** Trials that reached the campaign's optimised goal at least once; the c of every posterior; 0 ≤ conversions ≤ trials. */
  readonly conversions: number;
  /** Sum of the value of all credited outcomes, in minor units of the workspace's currency (may exceed one outcome a trial; may be negative). */
  readonly revenueMinor: number;
  /** Customers enrolled: first eligibility per (customer, campaign), whether exposed or not; the n of intent-to-treat lift. */
  readonly customers: number;
  /** Enrolled customers who reached the optimised goal inside its window, exposed or not; the c of intent-to-treat lift. */
  readonly convertedCustomers: number;
  /** Value of enrolled customers' outcomes, in minor units; intent to treat. */
  readonly customerRevenueMinor: number;
}

/** The names of the sums, in the order in which they are stored. */
export const STATISTIC_FIELDS = [
  'exposures',
  'trials',
  'conversions',
  'revenueMinor',
  'customers',
  'convertedCustomers',
  'customerRevenueMinor',
] as const satisfies readonly (keyof ArmStatistics)[];

/** Nothing learned yet: the neutral element of {@link mergeStatistics}. */
export const emptyStatistics: ArmStatistics = {
  exposures: 0,
  trials: 0,
  conversions: 0,
  revenueMinor: 0,
  customers: 0,
  convertedCustomers: 0,
  customerRevenueMinor: 0,
};

/**
 * A sum held at ±(2^53 − 1): beyond it integers are no longer exact, and a sum that is refused for its size would keep all that comes behind it
 * waiting for ever.
 */
export function saturated(sum: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, sum));
}

/** Adds a partial change to statistics: `add(s, { trials: 1 })`. Every sum is {@link saturated}. */
export function addStatistics(to: ArmStatistics, change: Partial<ArmStatistics>): ArmStatistics {
  const sum: Record<string, number> = {};
  for (const field of STATISTIC_FIELDS) sum[field] = saturated(to[field] + (change[field] ?? 0));
  return sum as unknown as ArmStatistics;
}

/** Merges two disjoint bodies of evidence; commutative and associative, exact while every sum stays below 2^53. */
export function mergeStatistics(a: ArmStatistics, b: ArmStatistics): ArmStatistics {
  return addStatistics(a, b);
}
