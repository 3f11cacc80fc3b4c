import { blended } from './blend.ts';
import type { Policy } from './policy.ts';

/**
 * Inverse gap weighting (Abe and Long, 1999; SquareCB: Foster and Rakhlin, 2020): p[i] = 1 / (K + γ·gapᵢ) for every arm but the best,
 * gapᵢ = the best predicted rate − that of arm i, in conversions per trial; the remainder goes to the best, evenly among those that tie.
 * The prediction is the posterior mean of the leaf, or what a linear model predicts where the campaign declares features
 * (`linear/policies.ts`); with the customer's scores m it is (1 − w)·prediction + w·m.
 *
 * @param gamma γ ≥ 0, per unit of rate: an arm that is 1/γ worse gets half as much as under an even choice of many. 0 is even.
 * @param modelWeight w in [0, 1); 0 is the bandit alone.
 * @throws RangeError for a γ that is negative or not finite.
 */
export function inverseGap(gamma: number, modelWeight: number): Policy {
  if (!(gamma >= 0 && gamma < Number.POSITIVE_INFINITY)) throw new RangeError(`inverseGap: γ is ${gamma}`);
  return {
    name: 'inverse_gap',
    probabilities: ({ scores }, { means }) => inverseGapShares(blended(means, scores, modelWeight), gamma),
  };
}

/** p[i] = 1 / (K + γ·gapᵢ), the remainder to the largest prediction, evenly among those that tie. @param gamma γ ≥ 0, per unit of prediction. */
export function inverseGapShares(predicted: readonly number[], gamma: number): number[] {
  const largest = predicted.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const shares = predicted.map((value) => (value === largest ? 0 : 1 / (predicted.length + gamma * (largest - value))));
  const best = predicted.filter((value) => value === largest).length;
  const remainder = (1 - shares.reduce((sum, share) => sum + share, 0)) / best;
  return predicted.map((value, i) => (value === largest ? remainder : shares[i]!));
}
