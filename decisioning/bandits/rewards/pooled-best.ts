import { uniformPrior } from '../posterior.ts';
import { addFigures, noFigures, type RewardFigures } from './figures.ts';
import type { RewardSpec } from './reward.ts';
import { beliefs, probabilityBestOf } from './reward-evidence.ts';

/**
 * P(the arm's expected reward is the largest) from its own trials alone, for figures that people read: nothing is borrowed, no history imported.
 *
 * @param spec not `binary`.
 * @param figures of every arm; what the arms share is from all of them together.
 * @returns in the order of the figures; sums to 1.
 */
export function pooledBest(spec: RewardSpec, figures: readonly RewardFigures[]): readonly number[] {
  const { beliefOf } = beliefs(
    spec,
    figures.reduce((sum, own) => addFigures(sum, own), noFigures),
  );
  return probabilityBestOf(figures.map((own) => beliefOf(own, uniformPrior)));
}
