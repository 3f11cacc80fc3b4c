import { posteriorOf, uniformPrior } from '../bandits/posterior.ts';
import type { GoalFigures } from '../bandits/rewards/goal-sums.ts';
import { credibleInterval, type Interval } from './interval.ts';
import { meanInterval } from './mean-interval.ts';

/** One goal over the trials of a block, beside the optimised one. */
export interface GoalPerformance {
  /** Trials that reached it. */
  readonly reached: number;
  /** Per trial; null before the first trial. */
  readonly rate: number | null;
  /** 95 % equal-tailed credible interval of the rate under a uniform prior, from these counts alone. */
  readonly credibleInterval: Interval;
  /** Σ of its values, in the goal's own unit. */
  readonly value: number;
  /** Null before the first trial. */
  readonly valuePerTrial: number | null;
  /** 95 % interval of the mean value per trial (Student); null for fewer than two trials. */
  readonly valueInterval: Interval | null;
}

/** Figures of a goal from its sums. @param trials of the block, those that did not reach it included. */
export function goalPerformance({ reached, value, squares }: GoalFigures, trials: number): GoalPerformance {
  // A goal may be declared, and counted, before the statistics of its first trial arrive: never more reached it than there were.
  const n = Math.max(trials, reached);
  return {
    reached,
    rate: n > 0 ? reached / n : null,
    credibleInterval: credibleInterval(posteriorOf({ trials: n, conversions: reached }, uniformPrior)),
    value,
    valuePerTrial: n > 0 ? value / n : null,
    valueInterval: meanInterval(n, value, squares),
  };
}
