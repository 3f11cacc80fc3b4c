import type { ArmStatistics } from './statistics.ts';

/**
 * The strength of the prior on revenue per trial, as a number of trials. With heavy-tailed orders a mean over fewer than a hundred
 * trials says little (at a 1 % conversion rate that is one order), so until then the prior decides.
 */
export const REVENUE_PRIOR_TRIALS = 100;

/**
 * A campaign's revenue per trial in minor units, shrunk to zero: R / (n + 100) over all arms and leaves. Zero before any trial.
 */
export function campaignRevenueMinor(total: Pick<ArmStatistics, 'trials' | 'revenueMinor'>): number {
  return total.revenueMinor / (total.trials + REVENUE_PRIOR_TRIALS);
}

/**
 * An arm's revenue per trial in one leaf, in minor units, shrunk to the campaign's: (r + 100·m) / (n + 100). This is the posterior mean
 * of a normal model whose prior has mean m and the weight of 100 trials, so one lucky order moves it by a hundredth of its value.
 *
 * @param campaignMeanMinor m, from {@link campaignRevenueMinor}; it contains this arm's own data, with little weight once there is much.
 */
export function armRevenueMinor(
  statistics: Pick<ArmStatistics, 'trials' | 'revenueMinor'>,
  campaignMeanMinor: number,
): number {
  const { trials, revenueMinor } = statistics;
  return (revenueMinor + REVENUE_PRIOR_TRIALS * campaignMeanMinor) / (trials + REVENUE_PRIOR_TRIALS);
}
