/** Operators that make one number of many. */
import type { Call, Operator } from '../call.ts';
import { INT64, numbersOf, sizeOf, stridesOf, walk } from '../tensor.ts';

/** Axes to reduce: an input, or the attribute that older versions have; none given means all. */
function axesOf(call: Call, rank: number): readonly number[] {
  const attribute = call.get('ints', 'axes', undefined);
  const given = (call.constant(1) ?? attribute ?? []).map((axis) => call.axis(axis, rank));
  const keep = call.int('noop_with_empty_axes', 0) !== 0;
  return given.length > 0 || keep ? given : Array.from({ length: rank }, (_, i) => i);
}

/** @param f folds a number into what came before. @param start what nothing folds to. @param mean whether to divide by the count */
export const reduce =
  (f: (sum: number, x: number) => number, start: number, mean?: boolean): Operator =>
  (call) => {
    const { type, dims } = call.input();
    const x = numbersOf(call.input());
    const axes = axesOf(call, dims.length);
    const keeps = call.int('keepdims', 1) !== 0;
    const ones = dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const [tensor, y] = call.makeFloats(keeps ? ones : dims.filter((_, i) => !axes.includes(i)), type);
    const sums = call.makeFloats(ones, 11)[1];
    const strides = stridesOf(ones);
    const at = walk(
      dims,
      strides.map((stride, i) => (axes.includes(i) ? 0 : stride)),
    );
    call.spend(x.length);
    const divisor = mean ? x.length / y.length : 1;
    return {
      outputs: [tensor],
      run: () => {
        sums.fill(start);
        for (let i = 0; i < x.length; i++) sums[at[i]!] = f(sums[at[i]!]!, x[i]!);
        for (let i = 0; i < y.length; i++) y[i] = sums[i]! / divisor;
      },
    };
  };

/** Along one axis: how many rows before it, its length, and how far apart its elements lie. */
function along(dims: readonly number[], axis: number): [outer: number, length: number, inner: number] {
  return [sizeOf(dims.slice(0, axis)), dims[axis]!, sizeOf(dims.slice(axis + 1))];
}

/** The place of the largest element; the first of equals, or the last. @param sign −1 for the smallest */
export const argMax =
  (sign: number): Operator =>
  (call) => {
    const { dims } = call.input();
    const x = numbersOf(call.input());
    const axis = call.axis(call.int('axis', 0), dims.length);
    const [outer, length, inner] = along(dims, axis);
    const [keeps, last] = [call.int('keepdims', 1) !== 0, call.int('select_last_index', 0) !== 0];
    const [tensor, y] = call.makeFloats(keeps ? dims.with(axis, 1) : dims.toSpliced(axis, 1), INT64);
    call.spend(x.length);
    return {
      outputs: [tensor],
      run: () => {
        for (let i = 0; i < outer * inner; i++) {
          const from = Math.floor(i / inner) * length * inner + (i % inner);
          let best = 0;
          for (let k = 1; k < length; k++) {
            const ahead = sign * (x[from + k * inner]! - x[from + best * inner]!);
            if (ahead > 0 || (last && ahead === 0)) best = k;
          }
          y[i] = best;
        }
      },
    };
  };

/** Before opset 13 over all dims from the axis on together, since then along the one axis. */
export const softmax: Operator = (call) => {
  const { dims, data: x } = call.floats();
  const modern = call.opset >= 13;
  const axis = call.axis(call.int('axis', modern ? -1 : 1), dims.length);
  const [outer, length, inner] = modern
    ? along(dims, axis)
    : [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis)), 1];
  const [tensor, y] = call.makeFloats(dims, call.input().type);
  call.spend(x.length);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < outer * inner; i++) {
        const from = Math.floor(i / inner) * length * inner + (i % inner);
        let [most, sum] = [-Infinity, 0];
        for (let k = 0; k < length; k++) most = Math.max(most, x[from + k * inner]!);
        for (let k = 0; k < length; k++) sum += Math.exp(x[from + k * inner]! - most);
        for (let k = 0; k < length; k++) y[from + k * inner] = Math.exp(x[from + k * inner]! - most) / sum;
      }
    },
  };
};
