import { quantilesOf } from '../../math/equal-points.ts';
import { normalQuantile } from '../../math/normal.ts';
import { logitBeta, logSigmoid } from '../logit-beta.ts';
import type { BetaPosterior } from '../posterior.ts';
import type { RewardBelief } from './belief.ts';
import { gammaQuantiles } from './count-belief.ts';
import type { RewardFigures } from './figures.ts';

/** What a campaign's orders say of those of any of its arms: mean and variance of the logarithm of an order's value. */
export interface RevenuePrior {
  readonly mean: number;
  /** Above 0. */
  readonly variance: number;
  /** Standard deviation of a trial's revenue, above 0, in the goal's unit. */
  readonly deviation: number;
}

/** Orders that an arm borrows from the campaign for their mean: arms differ in what is bought less than customers do. */
export const MEAN_ORDERS = 5;
/** Orders that it borrows for their spread, which takes more to be known. */
export const SPREAD_ORDERS = 10;
/** A hundred major units, the logarithm of an order's value before there was one. */
const FIRST_LOG_VALUE = Math.log(10_000);
/** Orders vary by a factor of e either way before anything is known; so much is believed for two orders. */
const FIRST_VARIANCE = 1;
const FIRST_ORDERS = 2;
/** Fractions of the square lattice with the smallest discrepancy known (Roberts, 2018): powers of 1/1.3247, the root of x³ = x + 1. */
const LATTICE = [0.754_877_666_246_692_7, 0.569_840_290_998_053_2] as const;

/** The prior from all arms and leaves together. @param largest the largest value that counts. */
export function revenuePrior({ trials, rewarded, sum, squares }: RewardFigures, largest: number): RevenuePrior {
  if (!(rewarded > 0)) return { mean: FIRST_LOG_VALUE, variance: FIRST_VARIANCE, deviation: 1 };
  const mean = sum / rewarded;
  const variance = (Math.max(squares - sum * mean, 0) + FIRST_ORDERS * FIRST_VARIANCE) / (rewarded + FIRST_ORDERS);
  const share = rewarded / trials;
  const perOrder = Math.min(Math.exp(mean + variance / 2), largest);
  const square = Math.min(Math.exp(2 * mean + 2 * variance), largest * largest);
  return { mean, variance, deviation: Math.sqrt(Math.max(share * square - (share * perOrder) ** 2, 0)) || 1 };
}

/**
 * A hurdle (Cragg, 1971): a trial brings something with probability θ, and then a value whose logarithm is normal. θ ~ Beta; mean and
 * variance of the logarithm are normal-inverse-gamma, with the campaign's for a prior, worth {@link MEAN_ORDERS} and {@link SPREAD_ORDERS} orders. The expected
 * revenue of a trial is θ·exp(μ + σ²/2). One huge order moves a mean of logarithms little, so it cannot crown an arm alone.
 *
 * `mean` puts the expected θ, μ and σ² into the formula: the expectation over σ² itself is infinite. No order counts more than `largest`.
 */
export function revenueBelief(
  { trials, rewarded, sum, squares }: RewardFigures,
  prior: RevenuePrior,
  chance: BetaPosterior,
  largest: number,
): RewardBelief {
  const theta = { alpha: chance.alpha + rewarded, beta: chance.beta + Math.max(trials - rewarded, 0) };
  const average = rewarded > 0 ? sum / rewarded : prior.mean;
  const orders = MEAN_ORDERS + rewarded;
  const mu = (MEAN_ORDERS * prior.mean + sum) / orders;
  const degrees = SPREAD_ORDERS + rewarded;
  const within = Math.max(squares - sum * average, 0);
  const between = (MEAN_ORDERS * rewarded * (average - prior.mean) ** 2) / orders;
  const variance = (SPREAD_ORDERS * prior.variance + within + between) / degrees;
  const most = Math.log(largest);
  const chanceOf = theta.alpha / (theta.alpha + theta.beta);
  return {
    mean: chanceOf * Math.exp(Math.min(mu + variance / 2, most)),
    points: (count) => hurdlePoints({ theta, mu, orders, degrees, scale: degrees * variance, most }, count),
  };
}

interface Hurdle {
  readonly theta: BetaPosterior;
  readonly mu: number;
  readonly orders: number;
  readonly degrees: number;
  /** ν·s²: σ² is this over a χ² with ν degrees of freedom. */
  readonly scale: number;
  /** ln of the largest value that counts. */
  readonly most: number;
}

/** Points of the three unknowns on a lattice of low discrepancy, put together and sorted: as good as many more random draws, and always the same. */
function hurdlePoints({ theta, mu, orders, degrees, scale, most }: Hurdle, count: number): Float64Array {
  const logChance = logChanceQuantiles(theta);
  const halfChi = gammaQuantiles(degrees / 2);
  return Float64Array.from({ length: count }, (_, i) => {
    const variance = scale / (2 * halfChi((0.5 + (i + 1) * LATTICE[0]) % 1));
    const mean = mu + Math.sqrt(variance / orders) * normalQuantile((0.5 + (i + 1) * LATTICE[1]) % 1);
    return Math.exp(logChance((i + 0.5) / count) + Math.min(mean + variance / 2, most));
  }).sort();
}

/** The quantile function of ln θ. */
function logChanceQuantiles(theta: BetaPosterior): (share: number) => number {
  const { a, b, low, high } = logitBeta(theta, 0);
  const quantile = quantilesOf((t) => a * logSigmoid(t) + b * (logSigmoid(t) - t), low, high);
  return (share) => logSigmoid(quantile(share));
}
