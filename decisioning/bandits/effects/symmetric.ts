/** Symmetric matrices as packed lower triangles: element (i, j), j ≤ i, stands at i(i + 1)/2 + j, as in `linear/cholesky.ts`. */
import { packedLength } from '../linear/cholesky.ts';

/** A·x, for A packed with as many rows as x has elements. */
export function symmetricTimes(packed: Float64Array, x: ArrayLike<number>): Float64Array {
  const product = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const row = packedLength(i);
    for (let j = 0; j < i; j++) {
      product[i] = product[i]! + packed[row + j]! * x[j]!;
      product[j] = product[j]! + packed[row + j]! * x[i]!;
    }
    product[i] = product[i]! + packed[row + i]! * x[i]!;
  }
  return product;
}

/** Tᵀ·T of a lower triangle T with n rows; of L⁻¹ it is the inverse of L·Lᵀ. */
export function gram(triangle: Float64Array, n: number): Float64Array {
  const product = new Float64Array(packedLength(n));
  for (let k = 0; k < n; k++) {
    const row = packedLength(k);
    for (let i = 0; i <= k; i++) {
      const start = packedLength(i);
      for (let j = 0; j <= i; j++) product[start + j] = product[start + j]! + triangle[row + i]! * triangle[row + j]!;
    }
  }
  return product;
}

/** |T·x|² of a lower triangle T with n rows, where x is 1 at the places named and 0 elsewhere. */
export function squaredLength(triangle: Float64Array, n: number, places: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    let element = 0;
    for (const place of places) if (place <= i) element += triangle[row + place]!;
    sum += element * element;
  }
  return sum;
}
