import { inverseFactor, packedLength } from '../linear/cholesky.ts';
import { covarianceOf, type EffectsFit } from './fit.ts';
import type { EffectsPrior } from './prior.ts';
import { gram } from './symmetric.ts';

/** How far the constant of one leaf lies from that of the others, and how far each effect: about half of what an effect may be itself. */
const LEAF_CONSTANT_SPREAD = 0.5;
const LEAF_EFFECT_SPREAD = 0.3;

/**
 * What a leaf starts from: the posterior of all the other leaves, widened by how far one leaf lies from another. However much the others
 * have seen, a leaf's own evidence overrules it once it knows an effect better than to 0.3 in log-odds.
 *
 * @param elsewhere the fit to the evidence of all other leaves.
 * @returns undefined when the covariance cannot be inverted, which finite evidence does not bring about.
 */
export function leafEffects(elsewhere: EffectsFit): EffectsPrior | undefined {
  const count = elsewhere.coefficients.length;
  const covariance = covarianceOf(elsewhere);
  for (let i = 0; i < count; i++) {
    const at = packedLength(i) + i;
    covariance[at] = covariance[at]! + (i === 0 ? LEAF_CONSTANT_SPREAD : LEAF_EFFECT_SPREAD) ** 2;
  }
  const inverse = inverseFactor(covariance, count);
  if (!inverse) return undefined;
  return { mean: elsewhere.coefficients, precision: gram(inverse, count), deviations: elsewhere.deviations };
}
