import { normalQuantile } from '../../math/normal.ts';
import { jitteredFactor, packedLength } from './cholesky.ts';
import type { JointEffects } from './predict.ts';

/** A rank-1 lattice: a prime number of points, and the generator that is best among a few hundred by its worst-case error in 8 and 24 dimensions. */
interface Lattice {
  readonly draws: number;
  readonly generator: number;
  /** Its points through the normal quantile, dimension by dimension; filled when first wanted, 64 at most: 8 MB. */
  readonly normals: Float64Array[];
}

/** Up to so many arms the finer lattice takes 1 to 4 ms a decision. */
const FEW_ARMS = 32;
const FINE: Lattice = { draws: 16_381, generator: 1_140, normals: [] };
/** Among more arms each share is smaller, and with it its error. */
const COARSE: Lattice = { draws: 4_093, generator: 1_988, normals: [] };
/** How arms are compared within a draw: scale · Σ effects + width · noise + shift. */
export interface JointScores {
  readonly scale: number;
  /** Multiple of the effects' standard deviations. */
  readonly width: number;
  /** Added to each arm's score. */
  readonly shifts?: ArrayLike<number> | undefined;
}

/**
 * The share of fixed joint draws of the effects in which each arm has the largest score. The draws are a rank-1 lattice (Korobov, 1959)
 * through the normal quantile, always the same ones, so that the shares are the probabilities of a policy that picks one of the draws evenly
 * and then its winner; they differ from the posterior's by less than half a point. The constant is in every arm and is left out. Of arms that
 * tie within a draw, the first wins.
 *
 * @returns one probability per arm, sum 1.
 */
export function jointBest(
  { width: effects, means, covariance, arms }: JointEffects,
  { scale, width, shifts }: JointScores,
): Float64Array {
  const n = effects - 1;
  const spread = spreadOf(covariance, n);
  const lattice = arms.length <= FEW_ARMS ? FINE : COARSE;
  const normals = normalsOf(lattice, n);
  const { draws } = lattice;
  const { places, starts } = flat(arms);
  const point = new Float64Array(n);
  const drawn = new Float64Array(n);
  const wins = new Float64Array(arms.length);
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0, at = 0; i < n; i++) {
      point[i] = normals[i]![draw]!;
      let sum = 0;
      for (let j = 0; j <= i; j++, at++) sum += spread[at]! * point[j]!;
      drawn[i] = scale * means[i + 1]! + width * sum;
    }
    let winner = 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (let arm = 0; arm < wins.length; arm++) {
      let score = shifts === undefined ? 0 : shifts[arm]!;
      for (let at = starts[arm]!; at < starts[arm + 1]!; at++) score += drawn[places[at]!]!;
      if (score > largest) {
        largest = score;
        winner = arm;
      }
    }
    wins[winner] = wins[winner]! + 1;
  }
  return wins.map((count) => count / draws);
}

/** L of the effects' covariance without the constant's row; nothing spreads when even that is no covariance. */
function spreadOf(covariance: Float64Array, n: number): Float64Array {
  const own = new Float64Array(packedLength(n));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) own[packedLength(i) + j] = covariance[packedLength(i + 1) + j + 1]!;
  return jitteredFactor(own, n) ?? new Float64Array(own.length);
}

/** Effects of all arms one after the other, the constant left out and the others counted from 0. */
function flat(arms: readonly (readonly number[])[]): { places: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(arms.length + 1);
  const places: number[] = [];
  for (const [arm, effects] of arms.entries()) {
    for (const effect of effects) if (effect > 0) places.push(effect - 1);
    starts[arm + 1] = places.length;
  }
  return { places: Int32Array.from(places), starts };
}

/** The normals of so many dimensions at least. */
function normalsOf({ draws, generator, normals }: Lattice, dimensions: number): readonly Float64Array[] {
  while (normals.length < dimensions) {
    let step = 1;
    for (let i = 0; i < normals.length; i++) step = (step * generator) % draws;
    normals.push(
      Float64Array.from({ length: draws }, (_, draw) => normalQuantile((((draw * step) % draws) + 0.5) / draws)),
    );
  }
  return normals;
}
