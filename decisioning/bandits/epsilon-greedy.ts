import { evenlyAmong } from './blend.ts';
import type { Policy } from './policy.ts';

/**
 * ε-greedy within the leaf: with ε any arm evenly, else the best one, p[i] = ε/K + (1 − ε)·1{i is best}/(number of best) (Sutton and
 * Barto, 2018, chapter 2; by context: Langford and Zhang, 2007). Where leaves are segments this is contextual ε-greedy by segment: it explores
 * any arm within the customer's segment and exploits what that segment has learned. Best is the largest posterior mean of the leaf, in conversions per
 * trial. With the customer's scores, best is the largest score among the leaf's `topArms` arms by posterior mean; arms that tie with the
 * last of these are among them.
 *
 * @param epsilon ε in [0, 1].
 * @param topArms how many arms the scores choose among, at least 1; at 1 they only break ties.
 * @throws RangeError for parameters outside their range.
 */
export function epsilonGreedy(epsilon: number, topArms: number): Policy {
  if (!(epsilon >= 0 && epsilon <= 1)) throw new RangeError(`epsilonGreedy: ε is ${epsilon}`);
  if (!(topArms >= 1)) throw new RangeError(`epsilonGreedy: scores choose among ${topArms} arms`);
  return {
    name: 'epsilon_greedy',
    probabilities({ scores }, { means }) {
      const descending = means.toSorted((one, other) => other - one);
      const least = scores === undefined ? descending[0]! : descending[Math.min(topArms, means.length) - 1]!;
      // Scores are not negative: −1 keeps the others out.
      const values = means.map((mean, i) => (mean >= least ? (scores?.[i] ?? 0) : -1));
      const largest = Math.max(...values);
      return evenlyAmong(values, (value) => value === largest).map(
        (share) => epsilon / means.length + (1 - epsilon) * share,
      );
    },
  };
}
