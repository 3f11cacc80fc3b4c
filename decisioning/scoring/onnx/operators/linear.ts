/** Products of matrices: sums in double precision, rounded once. */
import type { Made, Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { broadcastDims, type Numbers, sizeOf, stretched } from '../tensor.ts';

/** Weights as the product reads them: one column after the other. */
export function packed(
  b: Numbers | readonly number[],
  out: Float64Array,
  inner: number,
  columns: number,
  from = 0,
): Float64Array {
  for (let k = 0; k < inner; k++) for (let n = 0; n < columns; n++) out[n * inner + k] = b[from + k * columns + n]!;
  return out;
}

/** One row times a packed matrix, four columns at a time so that each number of the row is read once for them. */
export function rowTimes(
  x: Numbers | Float64Array,
  from: number,
  weights: Float64Array,
  inner: number,
  columns: number,
  y: Numbers,
  to: number,
): void {
  let n = 0;
  for (; n + 4 <= columns; n += 4) {
    const [a, b, c, d] = [n * inner, (n + 1) * inner, (n + 2) * inner, (n + 3) * inner];
    let [p, q, r, s] = [0, 0, 0, 0];
    for (let k = 0; k < inner; k++) {
      const value = x[from + k]!;
      p += value * weights[a + k]!;
      q += value * weights[b + k]!;
      r += value * weights[c + k]!;
      s += value * weights[d + k]!;
    }
    y[to + n] = p;
    y[to + n + 1] = q;
    y[to + n + 2] = r;
    y[to + n + 3] = s;
  }
  for (; n < columns; n++) {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += x[from + k]! * weights[n * inner + k]!;
    y[to + n] = sum;
  }
}

/** A B, of two dims and more; of one, as numpy has it. */
export const matMul: Operator = (call) => {
  const [a, b] = [call.floats(0), call.floats(1)];
  if (a.dims.length === 0 || b.dims.length === 0) refuse('malformed', 'a single number is no matrix');
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [rows, inner, columns] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  if (right.at(-2) !== inner) refuse('malformed', `${left.join(' × ')} times ${right.join(' × ')}`);
  const outer = broadcastDims([left.slice(0, -2), right.slice(0, -2)]);
  const [leftAt, rightAt] = [stretched(left.slice(0, -2), outer), stretched(right.slice(0, -2), outer)];
  const dims = [...outer, ...(a.dims.length === 1 ? [] : [rows]), ...(b.dims.length === 1 ? [] : [columns])];
  const [tensor, y] = call.makeFloats(dims, call.input().type);
  const matrices = sizeOf(outer);
  call.spend(matrices * rows * inner * columns);
  const weights = call.makeFloats([inner, columns], 11)[1] as Float64Array;
  const fixed = call.input(1).fixed === true && matrices === 1;
  if (fixed) packed(b.data, weights, inner, columns);
  return {
    outputs: [tensor],
    run: () => {
      for (let m = 0; m < matrices; m++) {
        if (!fixed) packed(b.data, weights, inner, columns, rightAt[m]! * inner * columns);
        for (let row = 0; row < rows; row++) {
          rowTimes(a.data, (leftAt[m]! * rows + row) * inner, weights, inner, columns, y, (m * rows + row) * columns);
        }
      }
    },
  };
};

/** alpha A' B' + beta C. */
export const gemm: Operator = (call): Made => {
  const [a, b] = [call.floats(0), call.floats(1)];
  const [alpha, beta] = [call.get('f', 'alpha', 1), call.get('f', 'beta', 1)];
  const [turnA, turnB] = [call.int('transA', 0) !== 0, call.int('transB', 0) !== 0];
  if (a.dims.length !== 2 || b.dims.length !== 2) refuse('malformed', 'not two matrices');
  const [rows, inner] = (turnA ? a.dims.toReversed() : a.dims) as [number, number];
  const [inner2, columns] = (turnB ? b.dims.toReversed() : b.dims) as [number, number];
  if (inner !== inner2) refuse('malformed', `${rows} × ${inner} times ${inner2} × ${columns}`);
  const [tensor, y] = call.makeFloats([rows, columns], call.input().type);
  call.spend(rows * inner * columns);
  const bias = call.inputs[2] && call.floats(2);
  if (bias && broadcastDims([bias.dims, tensor.dims]).join() !== tensor.dims.join())
    refuse('malformed', 'the bias has another shape');
  const biasAt = bias && stretched(bias.dims, tensor.dims);
  const weights = call.makeFloats([inner, columns], 11)[1] as Float64Array;
  const turned = turnA ? (call.makeFloats([rows, inner], 11)[1] as Float64Array) : undefined;
  const pack = (): void => {
    if (turnB) weights.set(b.data);
    else packed(b.data, weights, inner, columns);
  };
  const { fixed } = call.input(1);
  if (fixed) pack();
  return {
    outputs: [tensor],
    run: () => {
      if (!fixed) pack();
      if (turned) packed(a.data, turned, inner, rows);
      for (let row = 0; row < rows; row++)
        rowTimes(turned ?? a.data, row * inner, weights, inner, columns, y, row * columns);
      if (alpha !== 1) for (let i = 0; i < y.length; i++) y[i] = y[i]! * alpha;
      if (bias) for (let i = 0; i < y.length; i++) y[i] = y[i]! + beta * bias.data[biasAt![i]!]!;
    },
  };
};
