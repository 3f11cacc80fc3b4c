/** From fitted coefficients to what each value of a parameter does, against the other values of its parameter. */
import type { Coefficients } from '../bandits/effects/coefficients.ts';
import type { ParameterDesign } from '../bandits/effects/design.ts';
import { covarianceOf, type EffectsFit } from '../bandits/effects/fit.ts';
import { symmetricTimes } from '../bandits/effects/symmetric.ts';
import { packedLength } from '../bandits/linear/cholesky.ts';
import { jointBest } from '../bandits/linear/joint-best.ts';
import { sigmoid } from '../bandits/logit-beta.ts';
import { normalQuantile } from '../math/normal.ts';
import { DEFAULT_MASS, type Estimate } from './interval.ts';

/** What one value does, apart from what it was shown with. */
export interface ValueEffect {
  /** Log-odds against the average of its parameter's other values. */
  readonly logOdds: Estimate;
  /** Rate with this value ÷ rate with one of the others, over all arms' other values evenly. */
  readonly rateRatio: Estimate;
  /** Rate to expect if every arm had this value, by effects alone. */
  readonly adjustedRate: number;
}

/** Deviations on either side of a normal estimate that hold the mass of an interval. */
const WIDTH = normalQuantile(1 - (1 - DEFAULT_MASS) / 2);

/** A fit with what is computed from it once for all values. */
interface Posterior {
  readonly fit: EffectsFit;
  /** Packed lower triangle. */
  readonly covariance: Float64Array;
  readonly rows: Coefficients['rows'];
  /** Per row: its share of the average, sum 1. */
  readonly shares: readonly number[];
}

/** A rate with its derivative after each coefficient. */
interface Rate {
  readonly rate: number;
  readonly gradient: Float64Array;
}

/**
 * Effects per parameter and value, in the order of the design, with normal 95 % intervals (of the ratio on its logarithm, by the delta
 * method) and P(best) from fixed joint draws.
 *
 * @param coefficients rows of the arms, leaf by leaf; the last of each is its leaf's own.
 * @param leafWeights how much each leaf counts in average rates, at least one above 0.
 */
export function valueEffects(
  { parameters }: ParameterDesign,
  { rows, starts }: Coefficients,
  fit: EffectsFit,
  leafWeights: readonly number[],
): readonly (readonly { readonly effect: ValueEffect | null; readonly pBest: number }[])[] {
  const arms = rows.length / leafWeights.length;
  const weight = leafWeights.reduce((sum, each) => sum + each, 0);
  const shares = rows.map((_, row) => leafWeights[Math.floor(row / arms)]! / weight / arms);
  const posterior: Posterior = { fit, covariance: covarianceOf(fit), rows, shares };
  return parameters.map(({ values }, parameter) => {
    const start = starts[parameter]!;
    const rates = values.map((_, value) => rateWith(posterior, start, values.length, start + value));
    const best = bestOf(posterior, start, values.length);
    return values.map((_, value) => ({
      effect: values.length === 1 ? null : effectOf(posterior, start, rates, value),
      pBest: best[value]!,
    }));
  });
}

function effectOf(posterior: Posterior, start: number, rates: readonly Rate[], value: number): ValueEffect {
  const { coefficients } = posterior.fit;
  const others = rates.length - 1;
  const contrast = new Float64Array(coefficients.length);
  const ratio = new Float64Array(coefficients.length);
  const otherRates = rates.reduce((sum, { rate }, i) => (i === value ? sum : sum + rate), 0);
  for (const [i, { rate, gradient }] of rates.entries()) {
    contrast[start + i] = i === value ? 1 : -1 / others;
    const scale = i === value ? 1 / rate : -1 / otherRates;
    for (let j = 0; j < ratio.length; j++) ratio[j] = ratio[j]! + scale * gradient[j]!;
  }
  const logOdds = contrast.reduce((sum, share, i) => sum + share * coefficients[i]!, 0);
  const logRatio = Math.log(rates[value]!.rate / (otherRates / others));
  const ends = estimated(logRatio, spreadOf(posterior, ratio));
  return {
    logOdds: estimated(logOdds, spreadOf(posterior, contrast)),
    rateRatio: { estimate: Math.exp(ends.estimate), low: Math.exp(ends.low), high: Math.exp(ends.high) },
    adjustedRate: rates[value]!.rate,
  };
}

function estimated(estimate: number, spread: number): Estimate {
  return { estimate, low: estimate - WIDTH * spread, high: estimate + WIDTH * spread };
}

/** Standard deviation of Σ gradient · coefficients. */
function spreadOf({ covariance }: Posterior, gradient: Float64Array): number {
  const along = symmetricTimes(covariance, gradient);
  // Rounding may leave a variance of nearly nothing a little below 0.
  return Math.sqrt(
    Math.max(
      gradient.reduce((sum, each, i) => sum + each * along[i]!, 0),
      0,
    ),
  );
}

/** The average rate of all rows, were their coefficient of one parameter another one. */
function rateWith({ fit, rows, shares }: Posterior, start: number, values: number, place: number): Rate {
  const gradient = new Float64Array(fit.coefficients.length);
  let rate = 0;
  for (const [i, row] of rows.entries()) {
    const places = row.map((own) => (own >= start && own < start + values ? place : own));
    const each = sigmoid(places.reduce((sum, own) => sum + fit.coefficients[own]!, 0));
    rate += shares[i]! * each;
    const slope = shares[i]! * each * (1 - each);
    for (const own of places) gradient[own] = gradient[own]! + slope;
  }
  return { rate, gradient };
}

/** P(largest) of one parameter's coefficients. */
function bestOf({ fit, covariance }: Posterior, start: number, values: number): Float64Array {
  // With a constant of 0 in front, as joint draws expect.
  const means = new Float64Array(values + 1);
  const own = new Float64Array(packedLength(values + 1));
  for (let i = 0; i < values; i++) {
    means[i + 1] = fit.coefficients[start + i]!;
    for (let j = 0; j <= i; j++) own[packedLength(i + 1) + j + 1] = covariance[packedLength(start + i) + start + j]!;
  }
  const arms = Array.from({ length: values }, (_, i) => [0, i + 1]);
  return jointBest({ width: values + 1, means, covariance: own, arms }, { scale: 1, width: 1 });
}
