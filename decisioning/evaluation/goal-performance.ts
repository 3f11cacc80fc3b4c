import { posteriorOf, uniformPrior } from '../bandits/posterior.ts';
import type { GoalFigures } from '../bandits/rewards/goal-sums.ts';
import { credibleInterval, type Interval } from './interval.ts';
import { meanInterval } from './mean-interval.ts';

/** One goal over the trials of a block, beside the optimised one. */
export interface GoalPerformance {
  /** Trials since its campaign counts it. */
  readonly trials: number;
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
  /** 95 % interval of the mean value per trial (Student); null for fewer than two trials, and where squares are unknown. */
  readonly valueInterval: Interval | null;
}

/** Figures of a goal from its sums. */
export function goalPerformance({ trials, reached, value, squares }: GoalFigures): GoalPerformance {
  return {
    trials,
    reached,
    rate: trials > 0 ? reached / trials : null,
    credibleInterval: credibleInterval(posteriorOf({ trials, conversions: reached }, uniformPrior)),
    value,
    valuePerTrial: trials > 0 ? value / trials : null,
    valueInterval: squares === null ? null : meanInterval(trials, value, squares),
  };
}
