import { blended } from '../blend.ts';
import type { LinearPolicy } from './linear-policy.ts';

/**
 * LinUCB (Li, Chu, Langford and Schapire, 2010): the arm with the largest u = xᵀθ + α·√(xᵀA⁻¹x) gets all, in the reward's unit; ties are
 * split evenly. With one model per arm it is their disjoint algorithm, with parameters their shared one.
 *
 * With the customer's scores m: (1 − w)·u + w·m, u clipped to [0, 1] before.
 *
 * @param alpha α ≥ 0, in the reward's unit: a standard deviation or so of single rewards.
 * @param modelWeight w in [0, 1); 0 is the model alone.
 * @throws RangeError for an α that is negative or not finite.
 */
export function linearUcb(alpha: number, modelWeight: number): LinearPolicy {
  if (!(alpha >= 0 && alpha < Number.POSITIVE_INFINITY)) throw new RangeError(`linearUcb: α is ${alpha}`);
  return {
    name: 'linear_ucb',
    probabilities({ scores }, { means, deviations }) {
      let values: ArrayLike<number> = indices(means, deviations, alpha);
      if (scores !== undefined) values = blended(Array.from(values), scores, modelWeight);
      return evenlyAmongLargest(values);
    },
  };
}

function indices(means: Float64Array, deviations: Float64Array, alpha: number): Float64Array {
  const values = new Float64Array(means.length);
  for (let i = 0; i < means.length; i++) values[i] = means[i]! + alpha * deviations[i]!;
  return values;
}

/** Shares 1 evenly among the largest values; plain loops, since a page may wait for hundreds of these. */
function evenlyAmongLargest(values: ArrayLike<number>): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > largest) {
      largest = values[i]!;
      count = 1;
    } else if (values[i]! === largest) count++;
  }
  const shares = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) if (values[i]! === largest) shares[i] = 1 / count;
  return shares;
}
