import { Matrix, solve as solveMatrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { testRandom } from '../../testing/seeds.ts';
import { choleskyFactor, inverseFactor, jitteredFactor, packedLength, solve } from './cholesky.ts';

const random = testRandom(11);

/** MᵀM + I of a random M: definite, not diagonal. */
function definite(n: number): Matrix {
  const m = new Matrix(Array.from({ length: n + 3 }, () => Array.from({ length: n }, () => random.next() * 4 - 2)));
  return m.transpose().mmul(m).add(Matrix.eye(n));
}

const packed = (matrix: Matrix): Float64Array =>
  Float64Array.from({ length: packedLength(matrix.rows) }, (_, at) => {
    const row = Math.floor((Math.sqrt(8 * at + 1) - 1) / 2);
    return matrix.get(row, at - packedLength(row));
  });

describe.each([1, 2, 5, 20, 32, 128])('a definite matrix of %i rows', (n) => {
  const a = definite(n);
  const inverse = inverseFactor(packed(a), n)!;
  const b = Array.from({ length: n }, () => random.next() - 0.5);

  test('is solved as ml-matrix solves it, to 1e-9', () => {
    const expected = solveMatrix(a, Matrix.columnVector(b)).to1DArray();
    solve(inverse, n, b).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-9);
    });
  });

  test('has the quadratic form |L⁻¹x|² = xᵀA⁻¹x, to 1e-9', () => {
    const expected = Matrix.rowVector(b)
      .mmul(solveMatrix(a, Matrix.columnVector(b)))
      .get(0, 0);
    let square = 0;
    for (let i = 0; i < n; i++) {
      let part = 0;
      for (let j = 0; j <= i; j++) part += inverse[packedLength(i) + j]! * b[j]!;
      square += part * part;
    }
    expect(Math.abs(square - expected)).toBeLessThan(1e-9);
  });
});

describe('a matrix that is not definite', () => {
  const ones = Float64Array.from([1, 1, 1]);

  test('that is barely not gets a little on its diagonal', () => {
    expect(choleskyFactor(ones, 2)).toBeUndefined();
    const inverse = inverseFactor(ones, 2)!;
    expect(inverse.every((value) => Number.isFinite(value))).toBe(true);
    expect(jitteredFactor(ones, 2)![0]).toBeCloseTo(1, 5);
  });

  test.each([
    ['with a negative eigenvalue', [1, 2, 1]],
    ['of zeros', [0, 0, 0]],
    ['that is not finite', [Number.NaN, 0, 1]],
    ['with an infinite element', [1, Number.POSITIVE_INFINITY, 1]],
  ])('%s has no factor', (_name, elements) => {
    expect(inverseFactor(Float64Array.from(elements), 2)).toBeUndefined();
  });
});
