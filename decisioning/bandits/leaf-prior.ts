import { type BetaPosterior, uniformPrior } from './posterior.ts';
import type { ArmStatistics } from './statistics.ts';

/**
 * The most a leaf borrows from the rest of the campaign, as a number of trials. Fifty outweigh the first customers of a leaf and are
 * outweighed by its own evidence within hours of real traffic, so that a leaf in which another arm is best is found out.
 */
export const MAX_BORROWED_TRIALS = 50;

/**
 * The empirical-Bayes prior of one arm in one leaf: the arm's own prior plus what the campaign's *other* leaves saw of that arm, scaled
 * down to at most {@link MAX_BORROWED_TRIALS} trials:
 *
 *   α = α₀ + w·c₋, β = β₀ + w·(n₋ − c₋), w = min(1, 50 / n₋),
 *
 * with c₋ conversions in n₋ trials outside this leaf. Its mean is the campaign's, shrunk to the prior; its strength is at most
 * α₀ + β₀ + 50. A leaf's own data never enters its prior, so nothing counts twice: a campaign's only leaf borrows nothing, and `rest`
 * borrows from the others as they do from it.
 *
 * @param elsewhere the arm's statistics summed over all other leaves.
 * @param prior Beta(1, 1) unless one was imported for the arm.
 */
export function leafPrior(
  elsewhere: Pick<ArmStatistics, 'trials' | 'conversions'>,
  prior: BetaPosterior = uniformPrior,
): BetaPosterior {
  const { trials, conversions } = elsewhere;
  if (trials <= 0) return prior;
  const weight = Math.min(1, MAX_BORROWED_TRIALS / trials);
  return { alpha: prior.alpha + weight * conversions, beta: prior.beta + weight * (trials - conversions) };
}
