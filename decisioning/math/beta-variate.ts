import type { Random } from '../random.ts';

/** Rejections have probability below .25 each: a draw that takes more than so many has a generator that is broken. */
const MAX_TRIES = 1_000;

/** A standard normal variate: Marsaglia's polar method (1964). */
export function normalVariate(random: Random): number {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
  throw new RangeError('normalVariate: the generator never left the corners');
}

/** ln of a Gamma(shape, 1) variate, shape above 0: Marsaglia and Tsang (2000), small shapes by Γ(a) = Γ(a + 1)·U^(1/a). */
function logGammaVariate(shape: number, random: Random): number {
  if (shape < 1) return logGammaVariate(shape + 1, random) + Math.log(1 - random.next()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const x = normalVariate(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
  throw new RangeError('logGammaVariate: the generator never accepted');
}

/** A variate of Beta(alpha, beta), in [0, 1]; both parameters finite and above 0. */
export function betaVariate(alpha: number, beta: number, random: Random): number {
  return 1 / (1 + Math.exp(logGammaVariate(beta, random) - logGammaVariate(alpha, random)));
}
