import type { Policy } from './policy.ts';

/**
 * A declared split, whatever has been learned: p[i] = wᵢ / Σ w.
 *
 * @param weights by arm id, finite and not negative. An arm without a weight gets none; if no arm has any, the split is even, so that a
 *   campaign whose weighted arms were removed still serves.
 * @throws RangeError for a weight that is negative or not finite.
 */
export function fixedSplit(weights: Readonly<Record<string, number>>): Policy {
  const declared = new Map(Object.entries(weights));
  let largest = 0;
  for (const [armId, weight] of declared) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`fixedSplit: weight of ${armId} is ${weight}`);
    largest = Math.max(largest, weight);
  }
  return {
    name: 'fixed_split',
    probabilities(_context, { armIds }) {
      // Scaled by the largest first, so that the sum of huge weights stays finite.
      const scaled = armIds.map((armId) => (largest > 0 ? (declared.get(armId) ?? 0) / largest : 0));
      const sum = scaled.reduce((total, weight) => total + weight, 0);
      return scaled.map((weight) => (sum > 0 ? weight / sum : 1 / armIds.length));
    },
  };
}
