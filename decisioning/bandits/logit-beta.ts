import { logBeta } from '../math/gamma.ts';
import type { BetaPosterior } from './posterior.ts';

/**
 * An arm's rate on the logit scale t = ln(θ / (1 − θ)), where every Beta is smooth with one peak and exponential tails, also those
 * that pile up at 0 and 1; the largest θ is the largest t. Its density is exp(a·ln x + b·ln(1 − x) − logNorm) at x = 1 / (1 + e^−t).
 */
export interface LogitBeta {
  /** The arm's place in the vectors handed in. */
  readonly index: number;
  readonly a: number;
  readonly b: number;
  readonly logNorm: number;
  /** The ends of what counts: beyond each lies less than e^−{@link END_DEPTH} of the mass. */
  readonly low: number;
  readonly high: number;
}

/** By how much the log density has dropped from its peak at the ends: e^−18 = 1.5e-8, so that 512 cut tails stay below 1e-5. */
export const END_DEPTH = 18;
/** Either side of END_DEPTH is good enough for an end. */
const DEPTH_TOLERANCE = 0.5;
/** Newton takes 2 to 6 steps here; it approaches from outside, so that stopping early only keeps more. */
const MAX_END_STEPS = 30;

/** Places one posterior on the logit scale. */
export function logitBeta({ alpha: a, beta: b }: BetaPosterior, index: number): LogitBeta {
  return { index, a, b, logNorm: logBeta(a, b), low: endOf(a, b), high: -endOf(b, a) };
}

/** ln(1 / (1 + e^−t)), without overflow; ln(1 − x) is this minus t. */
export function logSigmoid(t: number): number {
  return t > 0 ? -Math.log1p(Math.exp(-t)) : t - Math.log1p(Math.exp(t));
}

/** 1 / (1 + e^−t), without overflow. */
export function sigmoid(t: number): number {
  if (t > 0) return 1 / (1 + Math.exp(-t));
  const e = Math.exp(t);
  return e / (1 + e);
}

/** The lower end: Newton on the log density, which is concave, from the distance a normal density would have. */
function endOf(a: number, b: number): number {
  const n = a + b;
  const mode = Math.log(a / b);
  const peak = a * logSigmoid(mode) + b * (logSigmoid(mode) - mode);
  let t = mode - Math.sqrt(2 * END_DEPTH * (1 / a + 1 / b));
  for (let step = 0; step < MAX_END_STEPS; step++) {
    const logX = logSigmoid(t);
    const excess = peak - (a * logX + b * (logX - t)) - END_DEPTH;
    if (Math.abs(excess) <= DEPTH_TOLERANCE) break;
    t += excess / (a - n * sigmoid(t));
  }
  return t;
}
