/** What arms bring per trial, for figures that people read: from their own trials alone, nothing borrowed. */
import { uniformPrior } from '../posterior.ts';
import { addFigures, noFigures, type RewardFigures } from './figures.ts';
import type { RewardSpec } from './reward.ts';
import { beliefs, probabilityBestOf } from './reward-evidence.ts';

/** Points of an interval: 25 lie beyond either end. */
const POINTS = 1_000;
/** The equal-tailed 95 % of them. */
const [LOWEST, HIGHEST] = [24, POINTS - 25] as const;

/** An expected reward per trial with its 95 % credible interval, in the reward's unit. */
export interface RewardEstimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

/** Estimates and P(best) of arms that are compared with each other, each list in their order. */
export interface RewardEstimates {
  readonly arms: readonly RewardEstimate[];
  /** P(the arm's expected reward is the largest); sums to 1. */
  readonly pBest: readonly number[];
}

/**
 * Estimates of arms, believed of as allocations are (`reward-evidence.ts`) but for what leaves borrow and history imports.
 *
 * @param spec not `binary`.
 * @param figures of every arm, see `rewardFigures`; the prior is from all of them together.
 */
export function rewardEstimates(spec: RewardSpec, figures: readonly RewardFigures[]): RewardEstimates {
  const { beliefOf } = beliefs(
    spec,
    figures.reduce((sum, own) => addFigures(sum, own), noFigures),
  );
  const arms = figures.map((own) => beliefOf(own, uniformPrior));
  return {
    arms: arms.map(({ mean, points }) => {
      const values = points(POINTS);
      return { mean, interval: [values[LOWEST]!, values[HIGHEST]!] };
    }),
    pBest: probabilityBestOf(arms),
  };
}
