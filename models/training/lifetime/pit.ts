/** Whether a forecast's distributions fit what came: probability integral transforms, and how far they are from uniform. */
import type { Random } from '../../../decisioning/random.ts';

/**
 * A transform of a count: uniform on [0, 1) where counts come from the distribution that was forecast. The randomness spreads each count over its own share
 * (Smith 1985; Czado, Gneiting and Held 2009).
 *
 * @param shares P(0), P(1) …, as far as counts go
 */
export function countTransform(shares: Float64Array, count: number, random: Random): number {
  let below = 0;
  for (let n = 0; n < count && n < shares.length; n++) below += shares[n]!;
  return below + random.next() * (shares[count] ?? 0);
}

/** The same for a value with a jump at 0: randomised on the jump, and the distribution itself above it. */
export function valueTransform(cdf: (value: number) => number, value: number, random: Random): number {
  return value > 0 ? cdf(value) : random.next() * cdf(0);
}

/** Kolmogorov and Smirnov's largest distance between the transforms and uniform, 0 to 1; 0 of nothing. */
export function distanceFromUniform(transforms: readonly number[]): number {
  const sorted = transforms.toSorted((a, b) => a - b);
  const count = sorted.length;
  return sorted.reduce((largest, u, i) => Math.max(largest, u - i / count, (i + 1) / count - u), 0);
}
