import { logBeta, stirlingError } from './gamma.ts';

/** Above this both parameters are large enough for the saddle-point form, in which nothing cancels. */
const SADDLE_FROM = 10;
const LOG_TWO_PI = 1.837_877_066_409_345_3;
/** The continued fraction needs about 3·√max(a, b) steps at worst; this serves parameters up to 1e9 with room. */
const MAX_FRACTION_STEPS = 200_000;
/** A step that changes the fraction by less than this ends it: two units in the last place. */
const FRACTION_TOLERANCE = 4e-16;
/** Stands for zero in Lentz's method, where a partial denominator vanishes. */
const TINY = 1e-300;

/** Both tails of a Beta distribution at one point; they sum to 1 up to rounding. */
export interface BetaTails {
  /** P(X ≤ x), the regularised incomplete beta I_x(a, b). */
  readonly lower: number;
  /** P(X > x) = I_{1−x}(b, a). */
  readonly upper: number;
}

/** ln of the Beta(a, b) density at x in [0, 1]; a, b > 0. Infinite where the density is, −∞ outside [0, 1]; NaN for bad parameters. */
export function betaLogPdf(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return Number.NaN;
  if (x < 0 || x > 1) return Number.NEGATIVE_INFINITY;
  if (x === 0) return edgeLogPdf(a, b);
  if (x === 1) return edgeLogPdf(b, a);
  return logKernel(x, 1 - x, a, b) - Math.log(x) - Math.log1p(-x);
}

/** P(X ≤ x) for X ~ Beta(a, b): the regularised incomplete beta function I_x(a, b). NaN for bad parameters. */
export function betaCdf(x: number, a: number, b: number): number {
  return betaTails(x, a, b).lower;
}

/**
 * Both tails of Beta(a, b) at x, each to 1e-11 relative on its own side of the mean for parameters up to 1e8: the continued
 * fraction of Numerical Recipes 6.4 by Lentz's method, times a prefactor in saddle-point form (Loader, 2000).
 */
export function betaTails(x: number, a: number, b: number): BetaTails {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x >= 1) return { lower: 1, upper: 0 };
  const y = 1 - x;
  const kernel = Math.exp(logKernel(x, y, a, b));
  // Each side of this point has the fraction that converges fast.
  if (x < (a + 1) / (a + b + 2)) {
    const lower = Math.min(1, (kernel * fraction(x, a, b)) / a);
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, (kernel * fraction(y, b, a)) / b);
  return { lower: 1 - upper, upper };
}

/**
 * ln of x^a·y^b / B(a, b) with y = 1 − x, which is x·y times the density. For large parameters as a deviation from its maximum,
 * since the three terms would cancel.
 */
export function logKernel(x: number, y: number, a: number, b: number): number {
  if (a < SADDLE_FROM || b < SADDLE_FROM) {
    return a * (x < 0.5 ? Math.log(x) : Math.log1p(-y)) + b * (y < 0.5 ? Math.log(y) : Math.log1p(-x)) - logBeta(a, b);
  }
  const n = a + b;
  const off = x * b - y * a; // n times the distance from the mean a / n
  const deviance = a * log1pMinus(off / a, (x * n) / a) + b * log1pMinus(-off / b, (y * n) / b);
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return deviance + errors + 0.5 * (Math.log(a) + Math.log(b / n) - LOG_TWO_PI);
}

function edgeLogPdf(near: number, far: number): number {
  if (near < 1) return Number.POSITIVE_INFINITY;
  return near > 1 ? Number.NEGATIVE_INFINITY : Math.log(far);
}

/**
 * ln(1 + t) − t, without cancellation near zero: from the series of 2·artanh(t / (2 + t)). Far from zero from `ratio`, the same 1 + t
 * computed without the subtraction that made t.
 */
function log1pMinus(t: number, ratio: number): number {
  if (t < -0.3 || t > 0.3) return Math.log(ratio) - t;
  const r = t / (2 + t);
  const s = r * r;
  // |r| < 0.18, so that ten terms reach 1e-17.
  let series = 0;
  for (let k = 21; k >= 3; k -= 2) series = series * s + 1 / k;
  return 2 * r * s * series - t * r;
}

/** The continued fraction of I_x(a, b), without its prefactor x^a·(1 − x)^b / (a·B(a, b)). */
function fraction(x: number, a: number, b: number): number {
  const sum = a + b;
  let c = 1;
  let d = 1 / nonZero(1 - (sum * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MAX_FRACTION_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (sum + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) <= FRACTION_TOLERANCE) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
