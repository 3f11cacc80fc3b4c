import type { BetaPosterior } from '../bandits/posterior.ts';
import { betaQuantile } from '../math/beta-quantile.ts';

/** A range of values with its ends. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A value with the range it may lie in. */
export interface Estimate extends Interval {
  readonly estimate: number;
}

/** The share of probability an interval holds unless told otherwise. */
export const DEFAULT_MASS = 0.95;

/**
 * The equal-tailed credible interval of a Beta posterior: (1 − mass) / 2 of the probability lies below it and as much above.
 *
 * @param mass in (0, 1).
 */
export function credibleInterval(posterior: BetaPosterior, mass = DEFAULT_MASS): Interval {
  const tail = (1 - mass) / 2;
  const { alpha, beta } = posterior;
  return { low: betaQuantile(tail, alpha, beta), high: betaQuantile(1 - tail, alpha, beta) };
}
