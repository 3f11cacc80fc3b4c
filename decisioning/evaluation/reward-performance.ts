/** What campaigns' rewards come to per trial. */
import type { RewardFigures } from '../bandits/rewards/figures.ts';
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import { normalQuantile } from '../math/normal.ts';
import { DEFAULT_MASS, type Interval } from './interval.ts';
import { meanInterval } from './mean-interval.ts';

/** The reward per trial of a block, in the reward's unit. */
export interface RewardPerformance {
  /** Trials under this reward. */
  readonly trials: number;
  /** Those with a reward other than 0. */
  readonly rewarded: number;
  /** Per trial; null before the first one. Of `revenue` what a log-normal with a zero mass says, in which one huge order weighs little. */
  readonly mean: number | null;
  /** 95 % interval of the mean; null while the spread is unknown. */
  readonly interval: Interval | null;
}

/** Figures of a reward that is not binary, from its sums. */
export function rewardPerformance(spec: RewardSpec, figures: RewardFigures): RewardPerformance {
  const { trials, rewarded, sum, squares } = figures;
  const counts = { trials, rewarded };
  if (trials === 0) return { ...counts, mean: null, interval: null };
  if (spec.kind === 'revenue') return { ...counts, ...hurdle(figures) };
  return { ...counts, mean: sum / trials, interval: meanInterval(trials, sum, squares) };
}

/**
 * Mean of a log-normal with a zero mass, θ·exp(μ + s²/2), and its interval on the logarithmic scale: Cox's for the log-normal part (Zhou and Gao,
 * Statistics in Medicine 16, 1997) and the delta method for ln θ. Null for fewer than two orders.
 */
function hurdle({ trials, rewarded, sum, squares }: RewardFigures): Pick<RewardPerformance, 'mean' | 'interval'> {
  if (rewarded === 0) return { mean: 0, interval: null };
  const theta = rewarded / trials;
  const mu = sum / rewarded;
  const variance = rewarded > 1 ? Math.max(squares - sum * mu, 0) / (rewarded - 1) : 0;
  const mean = theta * Math.exp(mu + variance / 2);
  if (rewarded < 2) return { mean, interval: null };
  const spread = variance / rewarded + variance ** 2 / (2 * (rewarded - 1)) + (1 - theta) / rewarded;
  const half = normalQuantile((1 + DEFAULT_MASS) / 2) * Math.sqrt(spread);
  return { mean, interval: { low: mean * Math.exp(-half), high: mean * Math.exp(half) } };
}
