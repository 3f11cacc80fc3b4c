import type { ArmStatistics } from './statistics.ts';

/** A Beta distribution over an arm's conversion rate; both parameters finite and above zero. */
export interface BetaPosterior {
  readonly alpha: number;
  readonly beta: number;
}

/** What is believed of an arm before anything was seen: every rate equally likely. */
export const uniformPrior: BetaPosterior = { alpha: 1, beta: 1 };

/** An arm's imported prior, or the uniform one. Arm ids come from configuration: `constructor` must not find what every object inherits. */
export function priorOf(priors: Readonly<Record<string, BetaPosterior>>, armId: string): BetaPosterior {
  return (Object.hasOwn(priors, armId) ? priors[armId] : undefined) ?? uniformPrior;
}

/** Beta(α₀ + c, β₀ + n − c): the prior plus c conversions in n trials. */
export function posteriorOf(
  statistics: Pick<ArmStatistics, 'trials' | 'conversions'>,
  prior: BetaPosterior,
): BetaPosterior {
  const { trials, conversions } = statistics;
  return { alpha: prior.alpha + conversions, beta: prior.beta + (trials - conversions) };
}

/** The posterior's mean: the expected conversions per trial, strictly between 0 and 1. */
export function posteriorMean(posterior: BetaPosterior): number {
  return posterior.alpha / (posterior.alpha + posterior.beta);
}

/**
 * The evidence in a posterior, as policies count it that know no prior: n = α + β − 2 trials and c = α − 1 conversions, the uniform prior
 * taken off. Imported history and what a leaf borrows are in it; not an integer then. 0 ≤ c ≤ n.
 */
export function evidenceOf({ alpha, beta }: BetaPosterior): Pick<ArmStatistics, 'trials' | 'conversions'> {
  const conversions = Math.max(alpha - uniformPrior.alpha, 0);
  return { trials: conversions + Math.max(beta - uniformPrior.beta, 0), conversions };
}
