import { normalQuantile } from '../../math/normal.ts';
import { jitteredFactor, packedLength } from './cholesky.ts';
import { MAX_EFFECTS } from './effects.ts';
import type { JointEffects } from './predict.ts';

/** Joint draws a decision looks at: shares are then within half a point of the posterior's in 16 dimensions, in 1 to 2 ms for 125 arms. */
const DRAWS = 4_093;
/** A generator of good lattices for this prime number of points. */
const GENERATOR = 1_571;
/** Moves the lattice off its origin, differently in each dimension: the fractional part of the golden ratio. */
const SHIFT = 0.6180339887498949;

/** Normal points row by row, {@link MAX_EFFECTS} to a row; columns are filled when they are first wanted. 2 MB once all are. */
let points = new Float64Array(0);
let filled = 0;

/** How arms are compared within a draw: scale · Σ effects + width · noise + shift. */
export interface JointScores {
  readonly scale: number;
  /** Multiple of the effects' standard deviations. */
  readonly width: number;
  /** Added to each arm's score. */
  readonly shifts?: ArrayLike<number> | undefined;
}

/**
 * The share of {@link DRAWS} fixed joint draws of the effects in which each arm has the largest score. The draws are a rank-1 lattice
 * (Korobov, 1959) through the normal quantile, always the same ones, so that the shares are the probabilities of a policy that picks one of
 * the draws evenly and then its winner; they differ from the posterior's by at most about half a point. The constant is in every arm and
 * is left out. Of arms that tie within a draw, the first wins.
 *
 * @returns one probability per arm, sum 1.
 */
export function jointBest(
  { width: effects, means, covariance, arms }: JointEffects,
  { scale, width, shifts }: JointScores,
): Float64Array {
  const n = effects - 1;
  const spread = spreadOf(covariance, n);
  const normals = normalPoints(n);
  const { places, starts } = flat(arms);
  const drawn = new Float64Array(n);
  const wins = new Float64Array(arms.length);
  for (let draw = 0; draw < DRAWS; draw++) {
    const row = draw * MAX_EFFECTS;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, at = packedLength(i); j <= i; j++) sum += spread[at + j]! * normals[row + j]!;
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
  return wins.map((count) => count / DRAWS);
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

function normalPoints(dimensions: number): Float64Array {
  if (points.length === 0) points = new Float64Array(DRAWS * MAX_EFFECTS);
  for (; filled < dimensions; filled++) {
    let step = 1;
    for (let i = 0; i < filled; i++) step = (step * GENERATOR) % DRAWS;
    for (let draw = 0; draw < DRAWS; draw++) {
      const u = ((((draw * step) % DRAWS) + 0.5) / DRAWS + filled * SHIFT) % 1;
      points[draw * MAX_EFFECTS + filled] = normalQuantile(u);
    }
  }
  return points;
}
