/** Symmetric positive definite matrices, as their lower triangle packed row by row: element (i, j), j ≤ i, stands at i(i + 1)/2 + j. */

/** Elements of a packed triangle with n rows. */
export function packedLength(n: number): number {
  return (n * (n + 1)) / 2;
}

/** Added to the diagonal, as a share of its mean, until the factor exists: rounding has made a barely definite matrix indefinite. */
const JITTERS = [0, 1e-12, 1e-10, 1e-8, 1e-6];

/**
 * L⁻¹ for A = L·Lᵀ (Cholesky), packed likewise: xᵀA⁻¹x is then the squared length of L⁻¹x, and A⁻¹b = L⁻ᵀ(L⁻¹b).
 *
 * @param matrix packed lower triangle of A; left as it is.
 * @returns undefined when A is not finite, or stays indefinite with a millionth of its mean diagonal added.
 */
export function inverseFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = jitteredFactor(matrix, n);
  if (factor) invertTriangle(factor, n);
  return factor;
}

/** L, as {@link choleskyFactor}, of A with as little added to its diagonal as makes it definite; undefined as for {@link inverseFactor}. */
export function jitteredFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[packedLength(i) + i]!;
  for (const jitter of JITTERS) {
    const factor = choleskyFactor(matrix, n, (jitter * trace) / n);
    if (factor) return factor;
  }
  return undefined;
}

/** L of A + ridge·I; undefined when a pivot is not a positive number. */
export function choleskyFactor(matrix: Float64Array, n: number, ridge = 0): Float64Array | undefined {
  const factor = Float64Array.from(matrix);
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    for (let j = 0; j <= i; j++) {
      const other = packedLength(j);
      let sum = factor[row + j]! + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= factor[row + k]! * factor[other + k]!;
      if (j < i) factor[row + j] = sum / factor[other + j]!;
      else if (sum > 0 && sum < Number.POSITIVE_INFINITY) factor[row + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

/** Replaces L by L⁻¹. */
function invertTriangle(factor: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    const pivot = 1 / factor[row + i]!;
    // Columns from the left: element (i, k) of L is still needed for the columns up to k.
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += factor[row + k]! * factor[packedLength(k) + j]!;
      factor[row + j] = -pivot * sum;
    }
    factor[row + i] = pivot;
  }
}

/** A⁻¹b from L⁻¹. */
export function solve(inverse: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    let y = 0;
    for (let j = 0; j <= i; j++) y += inverse[row + j]! * b[j]!;
    for (let j = 0; j <= i; j++) x[j] = x[j]! + inverse[row + j]! * y;
  }
  return x;
}
