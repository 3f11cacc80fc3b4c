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

/** Up to so many arms the finer lattice is worth its time: among more, each share is smaller, and with it its error. */
const FEW_ARMS = 32;
const FINE: Lattice = { draws: 16_381, generator: 1_140, normals: [] };
const COARSE: Lattice = { draws: 4_093, generator: 1_988, normals: [] };
/** For designs of hundreds of arms, and of effects by the dozen. */
const COARSEST: Lattice = { draws: 1_021, generator: 346, normals: [] };
/** Multiplications and additions of one decision that a finer lattice may take: some 5 ms, and a page asks for twenty decisions. */
const MAX_LATTICE_WORK = 4_000_000;
/** Combinations of values that are looked up by number: as many arms as a campaign may have, and as many again that it leaves out. */
const MAX_COMBINATIONS = 1_024;

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
  const design = flat(arms);
  const grid = shifts === undefined ? gridOf(arms, n) : undefined;
  const lattice = latticeFor(arms.length, (n * (n + 1)) / 2 + (grid ? n : design.places.length));
  const normals = normalsOf(lattice, n);
  const { draws } = lattice;
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
    const best = grid ? bestOnGrid(grid, drawn) : -1;
    const winner = best >= 0 ? best : bestArm(design, drawn, shifts);
    wins[winner] = wins[winner]! + 1;
  }
  return wins.map((count) => count / draws);
}

/** @param work additions and multiplications of one draw. */
function latticeFor(arms: number, work: number): Lattice {
  if (arms <= FEW_ARMS && FINE.draws * work <= MAX_LATTICE_WORK) return FINE;
  return COARSE.draws * work <= MAX_LATTICE_WORK ? COARSE : COARSEST;
}

/** The first arm with the largest sum of effects. */
function bestArm({ places, starts }: Flat, drawn: Float64Array, shifts: ArrayLike<number> | undefined): number {
  let winner = 0;
  let largest = Number.NEGATIVE_INFINITY;
  for (let arm = 0; arm < starts.length - 1; arm++) {
    let score = shifts === undefined ? 0 : shifts[arm]!;
    for (let at = starts[arm]!; at < starts[arm + 1]!; at++) score += drawn[places[at]!]!;
    if (score > largest) {
      largest = score;
      winner = arm;
    }
  }
  return winner;
}

/** Arms that are combinations of one effect out of each of several groups: the best effect of each group makes the best arm, if there is such an arm. */
interface Grid {
  /** Effects of each group, counted from 0. */
  readonly groups: readonly (readonly number[])[];
  /** The arm of every combination, the last group's effect running fastest; −1 where none is. */
  readonly armAt: Int32Array;
}

/** The grid of arms that have one effect of each group; undefined for a few arms, which are looked through as fast, and for other designs. */
function gridOf(arms: readonly (readonly number[])[], n: number): Grid | undefined {
  const length = arms[0]?.length ?? 0;
  const groupOf = new Int32Array(n).fill(-1);
  const groups: number[][] = Array.from({ length: length - 1 }, () => []);
  for (const effects of arms) {
    if (effects.length !== length) return undefined;
    for (let group = 0; group < length - 1; group++) {
      const effect = effects[group + 1]! - 1;
      if (groupOf[effect] === -1) groups[group]!.push(effect);
      else if (groupOf[effect] !== group) return undefined;
      groupOf[effect] = group;
    }
  }
  const combinations = groups.reduce((product, group) => product * group.length, 1);
  // Where most combinations are no arm, most draws would be looked through all the same.
  if (arms.length <= FEW_ARMS || combinations > MAX_COMBINATIONS || combinations > 2 * arms.length) return undefined;
  const armAt = new Int32Array(combinations).fill(-1);
  for (const [arm, effects] of arms.entries()) {
    const at = groups.reduce((sum, group, i) => sum * group.length + group.indexOf(effects[i + 1]! - 1), 0);
    if (armAt[at] === -1) armAt[at] = arm;
  }
  return { groups, armAt };
}

/** The arm that has the largest effect of every group; −1 where no arm has. */
function bestOnGrid({ groups, armAt }: Grid, drawn: Float64Array): number {
  let at = 0;
  for (const group of groups) {
    let best = 0;
    for (let i = 1; i < group.length; i++) if (drawn[group[i]!]! > drawn[group[best]!]!) best = i;
    at = at * group.length + best;
  }
  return armAt[at]!;
}

/** L of the effects' covariance without the constant's row; nothing spreads when even that is no covariance. */
function spreadOf(covariance: Float64Array, n: number): Float64Array {
  const own = new Float64Array(packedLength(n));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) own[packedLength(i) + j] = covariance[packedLength(i + 1) + j + 1]!;
  return jitteredFactor(own, n) ?? new Float64Array(own.length);
}

interface Flat {
  readonly places: Int32Array;
  /** Where the effects of each arm begin, and where the last one's end. */
  readonly starts: Int32Array;
}

/** Effects of all arms one after the other, the constant left out and the others counted from 0. */
function flat(arms: readonly (readonly number[])[]): Flat {
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
