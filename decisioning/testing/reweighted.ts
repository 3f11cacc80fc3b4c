/** What fits of effects are checked against: the same posterior, found another way. */
import { Matrix, solve } from 'ml-matrix';
import type { ArmCounts } from '../bandits/effects/fit.ts';
import { DEVIATION_SPREAD, EFFECT_SPREAD } from '../bandits/effects/prior.ts';

/** Mode and covariance of coefficients and deviations, one after the other. */
export interface Reweighted {
  readonly mode: readonly number[];
  readonly covariance: Matrix;
}

/** Each step goes half of the way, so that steep starts do not overshoot. */
const STEPS = 80;

/**
 * Iteratively reweighted least squares over all coefficients and deviations at once, with dense matrices: the working response is
 * z = η + (c − n·θ) / w, and a step goes half of the way to the solution of (XᵀWX + P)·b = XᵀW·z + P·m.
 *
 * @param rows places of each arm's coefficients, the constant's being 0.
 */
export function reweighted(
  { count, rows }: { readonly count: number; readonly rows: readonly (readonly number[])[] },
  counts: readonly ArmCounts[],
): Reweighted {
  const width = count + rows.length;
  const x = Matrix.zeros(rows.length, width);
  for (const [arm, row] of rows.entries()) {
    for (const place of row) x.set(arm, place, 1);
    x.set(arm, count + arm, 1);
  }
  const spreads = Array.from({ length: width }, (_, i) => (i === 0 ? 3 : i < count ? EFFECT_SPREAD : DEVIATION_SPREAD));
  const precision = Matrix.diag(spreads.map((spread) => 1 / spread ** 2));
  const start = Matrix.columnVector([-2, ...new Array<number>(width - 1).fill(0)]);
  const pulled = precision.mmul(start);
  let mode = start;
  let curvature = precision;
  for (let step = 0; step < STEPS; step++) {
    const eta = x.mmul(mode).to1DArray();
    const rates = eta.map((each) => 1 / (1 + Math.exp(-each)));
    const weights = counts.map(({ trials }, i) => trials * rates[i]! * (1 - rates[i]!));
    curvature = x.transpose().mmul(Matrix.diag(weights)).mmul(x).add(precision);
    const response = counts.map(
      ({ trials, conversions }, i) => weights[i]! * eta[i]! + conversions - trials * rates[i]!,
    );
    const solution = solve(curvature, x.transpose().mmul(Matrix.columnVector(response)).add(pulled));
    mode = Matrix.add(mode, solution).mul(0.5);
  }
  return { mode: mode.to1DArray(), covariance: solve(curvature, Matrix.eye(width)) };
}
