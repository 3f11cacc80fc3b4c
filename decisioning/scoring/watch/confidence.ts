/** How far a version may be trusted to choose among arms where it scored: what a choice between bandit and model goes by. */
import { normalCdf } from '../../math/normal.ts';
import { readArmSums } from './arm-sums.ts';

/** Trials of a leaf, on which model and bandit would have shown different arms, below which nothing is said. */
export const MIN_CONFIDENCE_TRIALS = 200;
/** Conversions among them, and trials without one: of fewer the normal distribution tells too little. */
export const MIN_CONFIDENCE_CONVERSIONS = 20;
/** Standard errors that are taken off: a version that chooses no better is above a half once in 740 looks. */
const CAUTION = 3;

/**
 * P(the model's arm is better for its customers than the one that leads in the leaf), in [0, 1], at a lower bound. It says nothing of who converts: a
 * version that knows customers and not arms is near 0, whatever its AUC, and one whose scores are of another scale may reach 1.
 *
 * @param sums of the leaf, as `arm-sums.ts` has them
 * @returns undefined while too little is known
 */
export function modelConfidence(sums: readonly number[]): number | undefined {
  const { trials, conversions, gain, error } = readArmSums(sums);
  const isEnough =
    trials >= MIN_CONFIDENCE_TRIALS && Math.min(conversions, trials - conversions) >= MIN_CONFIDENCE_CONVERSIONS;
  return isEnough && error > 0 ? normalCdf(gain / error - CAUTION) : undefined;
}
