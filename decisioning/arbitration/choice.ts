/** Which of the eligible candidates wins, as probabilities: the best one, ties evenly, and an exploration share for all. */

/**
 * P(candidate) for every candidate, summing to 1.
 *
 * @param values at least one; finite.
 * @param exploration share of decisions that pick uniformly among the eligible, [0, 1].
 */
export function choiceProbabilities(values: readonly number[], exploration: number): number[] {
  let best = Number.NEGATIVE_INFINITY;
  let ties = 0;
  for (const value of values) {
    if (value > best) {
      best = value;
      ties = 1;
    } else if (value === best) ties += 1;
  }
  const uniform = exploration / values.length;
  return values.map((value) => uniform + (value === best ? (1 - exploration) / ties : 0));
}
