/** Thompson sampling on effects as the textbook does it: all arms drawn together, so that those which share a value rise and fall as one. */
import { coefficientsOf } from '../../decisioning/bandits/effects/coefficients.ts';
import type { ParameterDesign } from '../../decisioning/bandits/effects/design.ts';
import { type ArmCounts, type EffectsFit, fitEffects } from '../../decisioning/bandits/effects/fit.ts';
import { DEVIATION_SPREAD, initialPrior } from '../../decisioning/bandits/effects/prior.ts';
import { withFloor } from '../../decisioning/bandits/floor.ts';
import { packedLength } from '../../decisioning/bandits/linear/cholesky.ts';
import { normalQuantile } from '../../decisioning/math/normal.ts';
import { seededRandom } from '../../decisioning/random.ts';

/** Draws of all arms together: the standard error of a probability is then at most 1.1 points. */
const DRAWS = 2_000;
const SEED = '9e3779b97f4a7c15f39cc0605cedc834';

/**
 * P(arm) from draws of the joint posterior: coefficients from their normal, then each arm's deviation given them; always the same draws.
 *
 * @param counts in the order of `armIds`.
 */
export function jointProbabilities(
  design: ParameterDesign,
  armIds: readonly string[],
  counts: readonly ArmCounts[],
  floor: number,
): number[] {
  const coefficients = coefficientsOf(design, armIds);
  const fit = fitEffects(coefficients, counts, initialPrior(coefficients));
  if (!fit) throw new RangeError('jointProbabilities: no fit');
  const random = seededRandom(SEED);
  const normal = () => normalQuantile(1 - random.next());
  const wins = new Array<number>(armIds.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) wins[drawnBest(fit, coefficients.rows, normal)]!++;
  return withFloor(wins, floor);
}

function drawnBest(fit: EffectsFit, rows: readonly (readonly number[])[], normal: () => number): number {
  const count = fit.coefficients.length;
  // β − mode = L⁻ᵀ·z has the posterior's covariance (L·Lᵀ)⁻¹.
  const apart = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const z = normal();
    const row = packedLength(i);
    for (let j = 0; j <= i; j++) apart[j] = apart[j]! + fit.inverse[row + j]! * z;
  }
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (const [arm, row] of rows.entries()) {
    const precision = fit.information[arm]! + 1 / DEVIATION_SPREAD ** 2;
    let along = 0;
    let mode = fit.deviations[arm]!;
    for (const place of row) {
      along += apart[place]!;
      mode += fit.coefficients[place]!;
    }
    const eta = mode + (1 - fit.information[arm]! / precision) * along + normal() / Math.sqrt(precision);
    if (eta > most) [best, most] = [arm, eta];
  }
  return best;
}
