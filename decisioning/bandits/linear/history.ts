/** Imported history of arms in a linear model. */
import type { AllocationInput } from '../allocation.ts';
import { evidenceOf } from '../posterior.ts';
import { packedLength } from './cholesky.ts';
import { addMoments, emptyMoments, type Moments } from './fit.ts';

/**
 * Moments with the arms' priors among them. Of n conversions and trials in history only the rate is known, not whose they were: taken that its
 * customers were on average those of the campaign's own trials, z̄, the rate says n-fold that z̄ᵀθ is it. Everything about z̄ alone, so how
 * customers differ is still learned from trials. Nothing is added before there is a trial to know z̄ by.
 *
 * @param arms moments in the order of `armIds`, of rewards that are conversions: others take no priors.
 * @param d length of the features, the constant first.
 */
export function withHistory(
  arms: readonly Moments[],
  armIds: readonly string[],
  priors: AllocationInput['priors'],
  d: number,
): readonly Moments[] {
  const { products } = arms.reduce(addMoments, emptyMoments(d));
  const trials = products[0]!;
  if (!(trials > 0)) return arms;
  const mean = Float64Array.from({ length: d }, (_, i) => products[packedLength(i)]! / trials);
  return arms.map((own, arm) => {
    const armId = armIds[arm]!;
    if (!Object.hasOwn(priors, armId)) return own;
    const history = evidenceOf(priors[armId]!);
    return history.trials > 0 ? addMoments(own, momentsAt(mean, history.trials, history.conversions)) : own;
  });
}

/** Moments of trials whose customers are known by their mean alone; conversions are 1 or 0, so their squares add up to them. */
function momentsAt(mean: Float64Array, trials: number, conversions: number): Moments {
  const products = new Float64Array(packedLength(mean.length));
  for (const [row, value] of mean.entries())
    for (let column = 0; column <= row; column++) products[packedLength(row) + column] = trials * value * mean[column]!;
  return { products, rewards: mean.map((value) => conversions * value), squares: conversions };
}
