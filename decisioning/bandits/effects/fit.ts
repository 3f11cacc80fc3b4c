/**
 * The posterior of parameters' effects, from arms' counts alone: logistic regression with a normal prior on every coefficient and a
 * deviation of every arm, by Newton's method (Laplace's approximation of a generalised linear mixed model: Breslow and Clayton, 1993).
 *
 *   c ~ Binomial(n, θ), ln(θ / (1 − θ)) = η = Σ β of the arm's coefficients + γ, β ~ Normal(prior), γ ~ Normal(expected, DEVIATION_SPREAD²)
 *
 * The prior keeps everything finite where counts alone would not: a value never tried, no conversion at all, an arm that always converts.
 */
import { inverseFactor, packedLength, solve } from '../linear/cholesky.ts';
import { logSigmoid, sigmoid } from '../logit-beta.ts';
import type { Coefficients } from './coefficients.ts';
import { DEVIATION_SPREAD, type EffectsPrior } from './prior.ts';
import { gram, symmetricTimes } from './symmetric.ts';

/** Trials and conversions of one arm, 0 ≤ conversions ≤ trials; fractions where evidence is weighed. */
export interface ArmCounts {
  readonly trials: number;
  readonly conversions: number;
}

/** The mode of the posterior and its curvature there; vectors per coefficient or per arm, in the orders handed in. */
export interface EffectsFit {
  readonly coefficients: Float64Array;
  /** L⁻¹ of the coefficients' precision L·Lᵀ, deviations integrated out; packed lower triangle. */
  readonly inverse: Float64Array;
  /** γ per arm: what it does beyond its effects. */
  readonly deviations: Float64Array;
  /** n·θ·(1 − θ) per arm: how much its counts say, per squared log-odds. */
  readonly information: Float64Array;
  /** c − n·θ per arm. */
  readonly residuals: Float64Array;
}

/** Newton takes 4 to 9 steps; the log posterior is concave, so that halved steps always climb. */
const MAX_STEPS = 50;
const MAX_HALVINGS = 40;
/** In log-odds; far below what any evidence can tell. */
const STEP_TOLERANCE = 1e-10;
/** Rounding of a log posterior of 1e8 trials, as a share of it. */
const CLIMB_TOLERANCE = 1e-13;
const DEVIATION_PRECISION = 1 / DEVIATION_SPREAD ** 2;

interface Point {
  readonly coefficients: Float64Array;
  readonly deviations: Float64Array;
}

/**
 * Fits the model. Fractional counts are taken as they are; counts that are larger say more.
 *
 * @param counts per arm, in the order of `rows`.
 * @returns undefined where numbers leave the range of doubles, which finite counts do not bring about.
 */
export function fitEffects(
  { count, rows }: Pick<Coefficients, 'count' | 'rows'>,
  counts: readonly ArmCounts[],
  prior: EffectsPrior,
): EffectsFit | undefined {
  let point = startOf(counts, prior);
  let height = logPosterior(point, rows, counts, prior);
  for (let step = 0; ; step++) {
    const slope = slopeAt(point, rows, counts, prior);
    const inverse = inverseFactor(slope.precision, count);
    if (!inverse) return undefined;
    const move = moveOf(slope, inverse, rows);
    const { information, residuals } = slope;
    if (step >= MAX_STEPS || largest(move) < STEP_TOLERANCE) return { ...point, inverse, information, residuals };
    const next = climbed(point, move, height, (to) => logPosterior(to, rows, counts, prior));
    if (!next) return { ...point, inverse, information, residuals };
    [point, height] = next;
  }
}

/** Covariance of the coefficients, packed lower triangle. */
export function covarianceOf({ inverse, coefficients }: EffectsFit): Float64Array {
  return gram(inverse, coefficients.length);
}

/** At the prior's mean, but for the constant, which starts at the pooled log-odds: from far away the first steps would be halved often. */
function startOf(counts: readonly ArmCounts[], prior: EffectsPrior): Point {
  const coefficients = Float64Array.from(prior.mean);
  let [converted, missed] = [0.5, 0.5];
  for (const { trials, conversions } of counts) {
    converted += conversions;
    missed += trials - conversions;
  }
  coefficients[0] = Math.log(converted / missed);
  return { coefficients, deviations: Float64Array.from(prior.deviations) };
}

function logOdds({ coefficients, deviations }: Point, row: readonly number[], arm: number): number {
  return row.reduce((sum, place) => sum + coefficients[place]!, deviations[arm]!);
}

function logPosterior(
  point: Point,
  rows: Coefficients['rows'],
  counts: readonly ArmCounts[],
  prior: EffectsPrior,
): number {
  const apart = point.coefficients.map((value, i) => value - prior.mean[i]!);
  const pulled = symmetricTimes(prior.precision, apart);
  let sum = 0;
  for (let i = 0; i < apart.length; i++) sum -= 0.5 * apart[i]! * pulled[i]!;
  for (const [arm, row] of rows.entries()) {
    sum -= 0.5 * DEVIATION_PRECISION * (point.deviations[arm]! - prior.deviations[arm]!) ** 2;
    const { trials, conversions } = counts[arm]!;
    if (trials === 0) continue;
    const eta = logOdds(point, row, arm);
    sum += conversions * logSigmoid(eta) + (trials - conversions) * logSigmoid(-eta);
  }
  return sum;
}

interface Slope {
  /** Of the coefficients, deviations eliminated: P + Σ x·xᵀ·w / (1 + spread²·w). */
  readonly precision: Float64Array;
  readonly gradient: Float64Array;
  readonly deviationGradient: Float64Array;
  readonly information: Float64Array;
  readonly residuals: Float64Array;
}

/** Gradient and curvature. The deviations' block of the curvature is diagonal, so that they are eliminated arm by arm. */
function slopeAt(point: Point, rows: Coefficients['rows'], counts: readonly ArmCounts[], prior: EffectsPrior): Slope {
  const precision = Float64Array.from(prior.precision);
  const gradient = symmetricTimes(
    prior.precision,
    point.coefficients.map((value, i) => prior.mean[i]! - value),
  );
  const arms = rows.length;
  const [deviationGradient, information, residuals] = [0, 0, 0].map(() => new Float64Array(arms)) as Triple;
  for (const [arm, row] of rows.entries()) {
    const { trials, conversions } = counts[arm]!;
    const rate = sigmoid(logOdds(point, row, arm));
    const weight = trials * rate * (1 - rate);
    const residual = conversions - trials * rate;
    const pull = residual - DEVIATION_PRECISION * (point.deviations[arm]! - prior.deviations[arm]!);
    const share = DEVIATION_PRECISION / (weight + DEVIATION_PRECISION);
    information[arm] = weight;
    residuals[arm] = residual;
    deviationGradient[arm] = pull;
    const push = residual - (1 - share) * pull;
    for (const i of row) {
      gradient[i] = gradient[i]! + push;
      const start = packedLength(i);
      for (const j of row) if (j <= i) precision[start + j] = precision[start + j]! + share * weight;
    }
  }
  return { precision, gradient, deviationGradient, information, residuals };
}

type Triple = [Float64Array, Float64Array, Float64Array];

/** Newton's step: the coefficients' first, then what follows for each arm's deviation. */
function moveOf(slope: Slope, inverse: Float64Array, rows: Coefficients['rows']): Point {
  const coefficients = solve(inverse, slope.gradient.length, slope.gradient);
  const deviations = slope.deviationGradient.map((pull, arm) => {
    const weight = slope.information[arm]!;
    const along = rows[arm]!.reduce((sum, place) => sum + coefficients[place]!, 0);
    return (pull - weight * along) / (weight + DEVIATION_PRECISION);
  });
  return { coefficients, deviations };
}

function largest({ coefficients, deviations }: Point): number {
  let most = 0;
  for (const vector of [coefficients, deviations]) for (const value of vector) most = Math.max(most, Math.abs(value));
  return most;
}

/** The move, halved until it climbs; undefined at the top, where rounding hides what is left. */
function climbed(
  from: Point,
  move: Point,
  height: number,
  heightOf: (point: Point) => number,
): [Point, number] | undefined {
  let share = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving++) {
    const to = {
      coefficients: from.coefficients.map((value, i) => value + share * move.coefficients[i]!),
      deviations: from.deviations.map((value, i) => value + share * move.deviations[i]!),
    };
    const reached = heightOf(to);
    if (reached >= height - CLIMB_TOLERANCE * Math.abs(height)) return [to, reached];
    share /= 2;
  }
  return undefined;
}
