/** Ridge regression from moments. */
import { inverseFactor, packedLength, solve } from './cholesky.ts';
import type { ArmEffects } from './effects.ts';

/** One arm's moments as numbers of the features' and the reward's own scale. */
export interface Moments {
  /** Packed lower triangle of Z = Σ z·zᵀ; element 0 is the number of trials, the constant being first. */
  readonly products: Float64Array;
  /** b = Σ z·y. */
  readonly rewards: Float64Array;
  /** Σ y². */
  readonly squares: number;
}

/** A fitted regression: θ and L⁻¹ of A, one after the other where there are several. */
export interface Fit {
  readonly coefficients: Float64Array;
  readonly factors: Float64Array;
  readonly noise: number;
}

/** Reward variance before there is evidence, that of a goal reached every other time, and the trials it counts for. */
const PRIOR_VARIANCE = 0.25;
const PRIOR_TRIALS = 1;

/** Nothing seen. @param d length of the features. */
export function emptyMoments(d: number): Moments {
  return { products: new Float64Array(packedLength(d)), rewards: new Float64Array(d), squares: 0 };
}

/** Both together; neither is changed. */
export function addMoments(one: Moments, other: Moments): Moments {
  return {
    products: one.products.map((value, i) => value + other.products[i]!),
    rewards: one.rewards.map((value, i) => value + other.rewards[i]!),
    squares: one.squares + other.squares,
  };
}

/**
 * One regression per arm: A = λI + Z, θ = A⁻¹(b + λθ₀), with θ₀ the ridge regression of all arms together, so that an arm with little
 * evidence predicts what the arms do on average, and one without any exactly that.
 *
 * @param ridge λ, above 0: the prior counts as λ trials in each direction.
 * @returns undefined when a matrix cannot be factored.
 */
export function fitDisjoint(arms: readonly Moments[], d: number, ridge: number): Fit | undefined {
  const pooled = arms.reduce(addMoments, emptyMoments(d));
  const whole = inverseFactor(withRidge(pooled.products, d, ridge), d);
  if (!whole) return undefined;
  const prior = solve(whole, d, pooled.rewards);
  const coefficients = new Float64Array(arms.length * d);
  const factors = new Float64Array(arms.length * packedLength(d));
  for (const [i, { products, rewards }] of arms.entries()) {
    const factor = inverseFactor(withRidge(products, d, ridge), d);
    if (!factor) return undefined;
    factors.set(factor, i * packedLength(d));
    coefficients.set(
      solve(
        factor,
        d,
        rewards.map((value, j) => value + ridge * prior[j]!),
      ),
      i * d,
    );
  }
  return { coefficients, factors, noise: noiseOf(prior, pooled) };
}

/**
 * One regression for all arms on x = φ(arm) ⊗ z: A = λI + Σ φφᵀ ⊗ Z, θ = A⁻¹ Σ φ ⊗ b. Arms learn from each other through the values they
 * have in common; an arm never shown is the sum of its effects.
 */
export function fitShared(
  arms: readonly Moments[],
  { width, arms: effects }: ArmEffects,
  d: number,
  ridge: number,
): Fit | undefined {
  const rows = width * d;
  const products = new Float64Array(packedLength(rows));
  const rewards = new Float64Array(rows);
  for (const [arm, own] of arms.entries()) {
    for (const one of effects[arm]!) {
      for (let i = 0; i < d; i++) rewards[one * d + i] = rewards[one * d + i]! + own.rewards[i]!;
      for (const other of effects[arm]!) if (other <= one) addBlock(products, own.products, one * d, other * d, d);
    }
  }
  const squares = arms.reduce((sum, own) => sum + own.squares, 0);
  const factors = inverseFactor(withRidge(products, rows, ridge), rows);
  if (!factors) return undefined;
  const coefficients = solve(factors, rows, rewards);
  // Trials once: the constant's own corner counts each of them.
  return { coefficients, factors, noise: noiseOf(coefficients, { products, rewards, squares }) };
}

/** Adds the symmetric d × d matrix `block` at (row, column) of a packed triangle; on the diagonal its lower half alone. */
function addBlock(packed: Float64Array, block: Float64Array, row: number, column: number, d: number): void {
  for (let i = 0; i < d; i++) {
    const start = packedLength(row + i) + column;
    const end = row === column ? i : d - 1;
    for (let j = 0; j <= end; j++) {
      const value = j <= i ? block[packedLength(i) + j]! : block[packedLength(j) + i]!;
      packed[start + j] = packed[start + j]! + value;
    }
  }
}

function withRidge(products: Float64Array, n: number, ridge: number): Float64Array {
  const matrix = Float64Array.from(products);
  for (let i = 0; i < n; i++) matrix[packedLength(i) + i] = matrix[packedLength(i) + i]! + ridge;
  return matrix;
}

/** √ of the mean squared distance of rewards from the regression: (Σy² − 2θᵀb + θᵀZθ + prior) / (n + prior trials). */
function noiseOf(theta: Float64Array, { products, rewards, squares }: Moments): number {
  let distance = squares;
  for (let i = 0; i < theta.length; i++) {
    let row = 0;
    for (let j = 0; j < i; j++) row += products[packedLength(i) + j]! * theta[j]!;
    const own = products[packedLength(i) + i]! * theta[i]!;
    distance += theta[i]! * (2 * row + own - 2 * rewards[i]!);
  }
  return Math.sqrt((Math.max(distance, 0) + PRIOR_TRIALS * PRIOR_VARIANCE) / (products[0]! + PRIOR_TRIALS));
}
