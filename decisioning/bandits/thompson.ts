import type { Policy } from './policy.ts';

/**
 * Thompson sampling: each arm with the probability that it is the best, p[i] = P(θᵢ is the largest). Drawing once from this vector has
 * the same distribution as sampling every posterior and taking the largest, and its propensity is exact (Thompson, 1933; Chapelle and
 * Li, 2011).
 */
export const thompson: Policy = {
  name: 'thompson',
  probabilities: (_context, evidence) => evidence.pBest,
};
