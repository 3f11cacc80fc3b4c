import { studentCritical } from '../math/student.ts';
import { DEFAULT_MASS, type Estimate } from './interval.ts';

/** A sample: its size, mean and unbiased variance (divided by n − 1; 0 for fewer than two values). */
export interface SampleMoments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/** A difference of means with its interval and Welch's degrees of freedom. */
export interface MeanLift extends Estimate {
  readonly degreesOfFreedom: number;
}

/** Size, mean and variance of a sample in one pass, without cancellation (Welford, Technometrics 4, 1962). An empty one has mean 0. */
export function sampleMoments(values: Iterable<number>): SampleMoments {
  let n = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    n++;
    const step = value - mean;
    mean += step / n;
    squares += step * (value - mean);
  }
  return { n, mean, variance: n > 1 ? squares / (n - 1) : 0 };
}

/**
 * Treated mean minus control mean with Welch's interval (Biometrika 34, 1947): unequal variances, Student's quantile.
 *
 * @param mass the interval's confidence, in (0, 1).
 * @returns null while either sample has fewer than two values, whose spread is unknown.
 */
export function meanLift(treated: SampleMoments, control: SampleMoments, mass = DEFAULT_MASS): MeanLift | null {
  if (treated.n < 2 || control.n < 2) return null;
  const one = treated.variance / treated.n;
  const other = control.variance / control.n;
  const variance = one + other;
  const estimate = treated.mean - control.mean;
  // Two constant samples: no spread, and no degrees of freedom to divide by.
  if (variance === 0) return { estimate, low: estimate, high: estimate, degreesOfFreedom: treated.n + control.n - 2 };
  // As shares of the variance, so that tiny variances do not underflow when squared.
  const degreesOfFreedom = 1 / ((one / variance) ** 2 / (treated.n - 1) + (other / variance) ** 2 / (control.n - 1));
  const half = studentCritical(mass, degreesOfFreedom) * Math.sqrt(variance);
  return { estimate, low: estimate - half, high: estimate + half, degreesOfFreedom };
}
