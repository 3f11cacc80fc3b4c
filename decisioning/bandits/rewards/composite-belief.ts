import { equalPoints, quantilesOf } from '../../math/equal-points.ts';
import type { RewardBelief } from './belief.ts';
import type { RewardFigures } from './figures.ts';

/** What a campaign's rewards say of any of its arms. */
export interface CompositePrior {
  readonly mean: number;
  /** Standard deviation of a trial's reward, above 0. */
  readonly deviation: number;
  /** Trials that the deviation is believed for, at least {@link VARIANCE_EVENTS}. */
  readonly strength: number;
}

/**
 * The prior of an arm's variance is worth as many trials as bring ten with a reward: where one trial in a hundred has one, fifty without would
 * otherwise make it look certain that there are none.
 */
export const VARIANCE_EVENTS = 10;
/** Largest |asinh t| that is looked at: with ten degrees of freedom and more, beyond lies less than 1e-19 of Student's mass. */
const REACH = 6;

/**
 * The prior from all arms and leaves together, and one trial with the largest weight there is, so that nothing is ever certain.
 *
 * @param largestWeight above 0.
 */
export function compositePrior(
  { trials, rewarded, sum, squares }: RewardFigures,
  largestWeight: number,
): CompositePrior {
  const mean = sum / (trials + 1);
  const variance = (Math.max(squares - trials * mean * mean, 0) + largestWeight * largestWeight) / (trials + 1);
  return {
    mean,
    deviation: Math.sqrt(variance),
    strength: (VARIANCE_EVENTS * (trials + 1)) / Math.min(rewarded + 1, trials + 1),
  };
}

/**
 * Normal-inverse-gamma: the expected reward of an arm is Student's t with ν = ν₀ + n degrees of freedom, location (m₀ + Σr) / (1 + n) and scale √(s² / (1 + n)),
 *
 *   ν·s² = ν₀·s₀² + Σr² − (Σr)²/n + n·(Σr/n − m₀)² / (1 + n).
 *
 * The prior is one trial at the campaign's mean m₀, and its variance s₀² for ν₀ trials (Gelman et al., Bayesian Data Analysis, 3.3).
 */
export function compositeBelief({ trials, sum, squares }: RewardFigures, prior: CompositePrior): RewardBelief {
  const average = trials > 0 ? sum / trials : prior.mean;
  const mean = (prior.mean + sum) / (1 + trials);
  const degrees = prior.strength + trials;
  const within = Math.max(squares - sum * average, 0);
  const between = (trials * (average - prior.mean) ** 2) / (1 + trials);
  const variance = (prior.strength * prior.deviation ** 2 + within + between) / degrees;
  const scale = Math.sqrt(variance / (1 + trials));
  return { mean, points: (count) => equalPoints(studentQuantiles(degrees), count).map((t) => mean + scale * t) };
}

/** The quantile function of Student's distribution, ν ≥ 10, by way of s = asinh t, in which its tails are exponential. */
export function studentQuantiles(degrees: number): (share: number) => number {
  const logDensity = (s: number): number => {
    const t = Math.sinh(s);
    return Math.log(Math.cosh(s)) - ((degrees + 1) / 2) * Math.log1p((t * t) / degrees);
  };
  const quantile = quantilesOf(logDensity, -REACH, REACH);
  return (share) => Math.sinh(quantile(share));
}
