import { equalPoints, quantilesOf } from '../../math/equal-points.ts';
import type { RewardBelief } from './belief.ts';
import type { RewardFigures } from './figures.ts';

/** What a campaign's counts say of any of its arms. */
export interface CountPrior {
  /** Expected count per trial, above 0. */
  readonly mean: number;
  /** Variance of a trial's count over its mean, at least 1. */
  readonly dispersion: number;
  /** Standard deviation of a trial's count, above 0. */
  readonly deviation: number;
}

/** How far down the tails of the belief's logarithm are kept: e^−20 of its peak. */
const DEPTH = 20;

/** The prior from all arms and leaves together; counts of 1 before anything was seen. */
export function countPrior({ trials, sum, squares }: RewardFigures): CountPrior {
  const mean = (sum + 1) / (trials + 1);
  if (!(sum > 0)) return { mean, dispersion: 1, deviation: 1 };
  const own = sum / trials;
  const variance = Math.max(squares / trials - own * own, 0);
  return { mean, dispersion: Math.max(variance / own, 1), deviation: Math.sqrt(variance) || 1 };
}

/**
 * Gamma–Poisson: the expected count λ of an arm is Gamma(1 + Σr/φ, 1/m + n/φ). The prior is one event at the campaign's mean m. φ is the variance of a
 * trial's count over its mean: customers who come back ten times are one customer, so counts are wider than Poisson's, and
 * evidence counts 1/φ (quasi-likelihood: Wedderburn, 1974).
 */
export function countBelief({ trials, sum }: RewardFigures, { mean, dispersion }: CountPrior): RewardBelief {
  const shape = 1 + Math.max(sum, 0) / dispersion;
  const rate = 1 / mean + trials / dispersion;
  return { mean: shape / rate, points: (count) => gammaPoints(shape, count).map((value) => value / rate) };
}

/** Equally likely values of Gamma(shape, 1), shape ≥ 1, by way of its logarithm t, whose density is e^(shape·t − e^t). */
function gammaPoints(shape: number, count: number): Float64Array {
  return equalPoints(gammaQuantiles(shape), count);
}

/** The quantile function of Gamma(shape, 1), for shape ≥ ½. */
export function gammaQuantiles(shape: number): (share: number) => number {
  const mode = Math.log(shape);
  const width = Math.sqrt((2 * DEPTH) / shape);
  // Below the mode the density falls like e^(shape·t) at last, above it faster than a normal one.
  const quantile = quantilesOf(
    (t) => shape * (t - mode) - Math.exp(t) + shape,
    mode - width - DEPTH / shape,
    mode + width,
  );
  return (share) => Math.exp(quantile(share));
}
