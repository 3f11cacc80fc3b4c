/** Variates of the distributions that policies believe in: what their probabilities are checked against. */
import type { BetaPosterior } from '../bandits/posterior.ts';
import { normalQuantile } from '../math/normal.ts';
import type { Random } from '../random.ts';

/** ln of a Gamma(shape, 1) variate: Marsaglia and Tsang (2000); small shapes by G(s) = G(s + 1)·U^(1/s), in logs as U^(1/s) underflows. */
export function logGammaVariate(shape: number, random: Random): number {
  if (shape < 1) return logGammaVariate(shape + 1, random) + Math.log(1 - random.next()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normalQuantile(1 - random.next());
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/** A rate drawn from a posterior, as ln(θ / (1 − θ)), where none saturates. */
export function logitVariate({ alpha, beta }: BetaPosterior, random: Random): number {
  return logGammaVariate(alpha, random) - logGammaVariate(beta, random);
}

/** A rate drawn from a posterior. */
export function rateVariate(posterior: BetaPosterior, random: Random): number {
  return 1 / (1 + Math.exp(-logitVariate(posterior, random)));
}
