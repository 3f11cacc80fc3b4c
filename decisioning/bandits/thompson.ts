import { blendedBest } from './blend-best.ts';
import type { Policy } from './policy.ts';

/**
 * Thompson sampling: each arm with the probability that it is the best, p[i] = P(θᵢ is the largest). Drawing once from this vector has
 * the same distribution as sampling every posterior and taking the largest, and its propensity is exact (Thompson, 1933; Chapelle and
 * Li, 2011).
 *
 * With the customer's scores m: p[i] = P(vᵢ is the largest), vᵢ = 0.7·θᵢ + 0.3·mᵢ at weight 0.3, in conversions per trial;
 * the bandit alone while a posterior has a parameter below 1.
 *
 * @param modelWeight weight of the scores, in [0, 1); 0 is the bandit alone.
 */
export function thompson(modelWeight: number): Policy {
  return {
    name: 'thompson',
    probabilities({ scores }, { posteriors, pBest }) {
      // Priors below 1 are refused beside scores; evidence from before the scores may still have them.
      const blends = modelWeight > 0 && posteriors.every(({ alpha, beta }) => alpha >= 1 && beta >= 1);
      return scores !== undefined && blends ? blendedBest(posteriors, scores, modelWeight) : pBest;
    },
  };
}
