/** Independent draws from what is believed of rewards, and worlds that give them: what quadratures are checked against. */
import { normalQuantile } from '../math/normal.ts';
import type { Random } from '../random.ts';
import { logGammaVariate } from './variates.ts';

/** A standard normal variate. */
export function normalVariate(random: Random): number {
  return normalQuantile(1 - random.next());
}

/** A Gamma(shape, 1) variate. */
export function gammaVariate(shape: number, random: Random): number {
  return Math.exp(logGammaVariate(shape, random));
}

/** A Student variate with so many degrees of freedom. */
export function studentVariate(degrees: number, random: Random): number {
  return normalVariate(random) / Math.sqrt((2 * gammaVariate(degrees / 2, random)) / degrees);
}

/** A Poisson variate: Knuth's product of uniforms; mean below 500. */
export function poissonVariate(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let product = random.next();
  let count = 0;
  while (product > limit) {
    product *= random.next();
    count++;
  }
  return count;
}
