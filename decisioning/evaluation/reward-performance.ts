/** What campaigns' rewards come to per trial. */
import { addFigures, noFigures, type RewardFigures } from '../bandits/rewards/figures.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { normalQuantile } from '../math/normal.ts';
import { mixed, rewardMeans } from '../strategies/reward-means.ts';
import { DEFAULT_MASS, type Interval } from './interval.ts';
import { meanInterval } from './mean-interval.ts';

/** Standard deviations either way that hold the mass of an interval. */
const Z = normalQuantile((1 + DEFAULT_MASS) / 2);

/** The reward per trial of a block, in the reward's unit. */
export interface RewardPerformance {
  /** Trials under this reward. */
  readonly trials: number;
  /** Those with a reward other than 0. */
  readonly rewarded: number;
  /** Per trial; null before the first one. Of `revenue` what a log-normal with a zero mass says, in which one huge order weighs little, at most the largest order per trial with one. */
  readonly mean: number | null;
  /** 95 % interval of the mean; null while the spread is unknown. */
  readonly interval: Interval | null;
}

/** Figures of a reward that is not binary, from its sums. */
export function rewardPerformance(spec: RewardSpec, figures: RewardFigures): RewardPerformance {
  const { trials, rewarded, sum, squares } = figures;
  const counts = { trials, rewarded };
  if (trials === 0) return { ...counts, mean: null, interval: null };
  if (spec.kind === 'revenue') return { ...counts, ...hurdle(figures, spec.maxMinor) };
  return { ...counts, mean: sum / trials, interval: meanInterval(trials, sum, squares) };
}

/**
 * Figures of a block of several arms, from those of each. Of `revenue` arm by arm, weighted by trials: each arm's orders are log-normal around a mean of
 * their own, and one log-normal laid over all of them would contradict the arms. Variances are as strategies are compared by.
 */
export function rewardOfArms(spec: RewardSpec, arms: readonly RewardFigures[]): RewardPerformance {
  const tried = arms.filter(({ trials }) => trials > 0);
  const pooled = tried.reduce((sum, own) => addFigures(sum, own), noFigures);
  if (spec.kind !== 'revenue' || tried.length < 2) return rewardPerformance(spec, pooled);
  const { trials, rewarded } = pooled;
  const { plain } = rewardMeans(spec, tried);
  const { mean, variance } = mixed(
    tried.map((own) => {
      const believed = plain(own);
      const told = hurdle(own, spec.maxMinor).mean;
      // What is known of an arm's mean, relative to it.
      const scale = believed.mean > 0 ? told / believed.mean : 0;
      return { trials: own.trials, mean: told, variance: scale * scale * believed.variance };
    }),
  );
  if (rewarded < 2) return { trials, rewarded, mean, interval: null };
  const half = (Z * Math.sqrt(variance)) / mean;
  const interval = { low: mean * Math.exp(-half), high: mean * Math.exp(half) };
  return { trials, rewarded, mean, interval: worthAtMost(pooled, spec.maxMinor, interval) };
}

/** The interval of a mean revenue per trial, held at what trials are worth if every order is the largest there is: only the share of trials with one is unknown then. */
export function worthAtMost(
  { trials, rewarded }: Pick<RewardFigures, 'trials' | 'rewarded'>,
  largest: number,
  { low, high }: Interval,
): Interval {
  const theta = rewarded / trials;
  const factor = Math.exp(Z * Math.sqrt((1 - theta) / rewarded));
  return {
    low: Math.min(low, (theta / factor) * largest),
    high: Math.min(high, Math.min(theta * factor, 1) * largest),
  };
}

/**
 * Mean of a log-normal with a zero mass, θ·exp(μ + s²/2), and its interval on the logarithmic scale: Cox's for the log-normal part (Zhou and Gao,
 * Statistics in Medicine 16, 1997) and the delta method for ln θ. Null for fewer than two orders. No order is taken for more than `largest`.
 */
function hurdle(
  { trials, rewarded, sum, squares }: RewardFigures,
  largest: number,
): { readonly mean: number; readonly interval: Interval | null } {
  if (rewarded === 0) return { mean: 0, interval: null };
  const theta = rewarded / trials;
  const mu = sum / rewarded;
  const variance = rewarded > 1 ? Math.max(squares - sum * mu, 0) / (rewarded - 1) : 0;
  const free = theta * Math.exp(mu + variance / 2);
  const mean = Math.min(free, theta * largest);
  if (rewarded < 2) return { mean, interval: null };
  const spread = variance / rewarded + variance ** 2 / (2 * (rewarded - 1)) + (1 - theta) / rewarded;
  const half = Z * Math.sqrt(spread);
  const interval = { low: free * Math.exp(-half), high: free * Math.exp(half) };
  return { mean, interval: worthAtMost({ trials, rewarded }, largest, interval) };
}
