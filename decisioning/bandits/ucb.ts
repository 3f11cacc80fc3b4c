import { blended, evenlyAmong } from './blend.ts';
import type { Policy } from './policy.ts';
import { type BetaPosterior, evidenceOf } from './posterior.ts';

/** cᵢ/nᵢ + √(2·ln N / nᵢ) in conversions per trial. */
function indexOf(posterior: BetaPosterior, total: number): number {
  const { trials, conversions } = evidenceOf(posterior);
  return conversions / trials + reachOf(posterior, total);
}

/** √(2·ln N / nᵢ); N below 1 (a fraction of an imported trial) explores as 1 does. */
function reachOf(posterior: BetaPosterior, total: number): number {
  return Math.sqrt((2 * Math.log(Math.max(total, 1))) / evidenceOf(posterior).trials);
}

/**
 * Upper confidence bound (UCB1: Auer, Cesa-Bianchi and Fischer, 2002): the arm with the largest uᵢ = cᵢ/nᵢ + √(2·ln N / nᵢ) gets all,
 * with cᵢ conversions in nᵢ trials and N = Σ nᵢ; ties are split evenly. Arms without a trial come first, even among them.
 *
 * For a reward that is not binary uᵢ = meanᵢ + s·√(2·ln N / nᵢ) in the reward's unit, s the standard deviation of one trial's reward over the
 * campaign: a conversion is bounded by 1, and s is what stands in for that bound.
 *
 * Trials and conversions are those of the posterior: imported history and what a leaf borrows count as trials.
 *
 * With the customer's scores m: 0.6·u + 0.4·m at weight 0.4, u clipped to [0, 1] before. Untried arms come first then, too.
 *
 * @param modelWeight weight of the scores, in [0, 1); 0 is the bandit alone.
 */
export function ucb(modelWeight: number): Policy {
  return {
    name: 'ucb',
    probabilities({ scores }, { posteriors, means, deviation }) {
      const trials = posteriors.map((posterior) => evidenceOf(posterior).trials);
      if (trials.includes(0)) return evenlyAmong(trials, (n) => n === 0);
      const total = trials.reduce((sum, n) => sum + n, 0);
      const values = blended(
        posteriors.map((posterior, i) =>
          deviation === undefined ? indexOf(posterior, total) : means[i]! + deviation * reachOf(posterior, total),
        ),
        scores,
        modelWeight,
      );
      const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      return evenlyAmong(values, (value) => value === largest);
    },
  };
}
