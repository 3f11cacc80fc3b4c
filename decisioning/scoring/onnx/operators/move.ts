/** Operators that move elements, or name them anew. */
import type { Call, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { FLOAT, INT64, listOf, sizeOf, type Tensor } from '../tensor.ts';

/** Also ZipMap, which makes a map by class of each row: its numbers, in the order of the classes, which nobody has to read. */
export const identity: Operator = (call) => {
  call.labels();
  call.outputs.push(call.input());
  return undefined;
};

/** 0 keeps a dim, −1 takes what is left. */
export const reshape: Operator = (call) => {
  const from = call.input();
  const { data, fixed } = call.input(1);
  if (!fixed) refuse('unsupported', 'shape');
  const dims = [...data].map((dim, i) => dim || from.dims[i] || 0);
  const rest = dims.indexOf(-1);
  if (rest >= 0) dims[rest] = from.data.length / sizeOf(dims.with(rest, 1));
  must(sizeOf(dims) === from.data.length, 'shape');
  call.outputs.push({ ...from, dims });
  return undefined;
};

export const concat: Operator = (call) => {
  const parts = call.everyInput();
  const { dims, type } = call.input();
  const axis = call.axis(call.int('axis', 1));
  const fit = (part: Tensor): string => `${part.type} ${part.dims.length} ${part.dims.toSpliced(axis, 1)}`;
  must(new Set(parts.map(fit)).size === 1, 'shape');
  const total = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  const out = call.make(dims.with(axis, total), type);
  const outer = sizeOf(dims.slice(0, axis));
  return () => {
    let to = 0;
    for (let row = 0; row < outer; row++) {
      for (const { data } of parts) {
        const width = data.length / outer;
        for (let i = row * width; i < (row + 1) * width; i++) out[to++] = data[i]!;
      }
    }
  };
};

/** Slices of the first input along an axis, by their places; NaN where there is none. */
function gathered(call: Call, axis: number, kept: readonly number[]): () => void {
  const { dims, type, data } = call.input();
  const at = call.input(1).data;
  const after = dims.slice(axis + 1);
  const dim = dims[axis]!;
  const inner = sizeOf(after);
  const out = call.make([...dims.slice(0, axis), ...kept, ...after], type);
  return () => {
    for (let i = 0; i < out.length; i++) {
      const row = Math.floor(i / inner);
      const asked = at[row % at.length]!;
      const place = asked < 0 ? asked + dim : asked;
      const from = (Math.floor(row / at.length) * dim + place) * inner;
      out[i] = place >= 0 && place < dim ? data[from + (i % inner)]! : Number.NaN;
    }
  };
}

export const gather: Operator = (call) => gathered(call, call.axis(call.int('axis')), call.input(1).dims);

/** Columns by their places. */
export const arrayFeatureExtractor: Operator = (call) => {
  const count = call.input(1).data.length;
  return gathered(call, call.axis(-1), call.input().dims.length > 1 ? [count] : [1, count]);
};

/** A column per category; where an unknown one is not allowed, NaN. */
export const oneHotEncoder: Operator = (call) => {
  const { dims, data } = call.input();
  const categories = call.ints('cats_int64s');
  const unknown = call.int('zeros', 1) ? 0 : Number.NaN;
  const width = categories.length;
  const y = call.make([...dims, width]);
  return () => {
    for (let i = 0; i < data.length; i++) {
      const place = categories.indexOf(Math.trunc(data[i]!) || 0);
      y.fill(place < 0 ? unknown : 0, i * width, (i + 1) * width);
      if (place >= 0) y[i * width + place] = 1;
    }
  };
};

/** What an entry of a table costs. */
const ENTRY_BYTES = 64;

/** Of attributes that say the same in different types the one that is there. */
function entriesOf(call: Call, name: string): Tensor {
  const ints = call.ints(`${name}_int64s`);
  const floats = call.floats(`${name}_floats`);
  return ints.length > 0 ? listOf(ints, INT64) : listOf(floats);
}

/** One value for another, by a table; the first of equal keys counts. Before opset 4 NaN is no key. */
export const labelEncoder: Operator = (call) => {
  const { type, dims, data } = call.input();
  const keys = entriesOf(call, 'keys');
  const values = entriesOf(call, 'values');
  const int = call.int('default_int64', -1);
  const float = call.float('default_float');
  const fallback = values.type === FLOAT ? float : int;
  // Texts are refused as what they are, not for what is missing without them.
  call.finish();
  must(keys.type === type && keys.data.length === values.data.length, 'keys');
  call.spend(0, ENTRY_BYTES * keys.data.length);
  const table = new Map<number, number>();
  for (let i = keys.data.length; i-- > 0; ) table.set(keys.data[i]!, values.data[i]!);
  if (call.opset < 4) table.delete(Number.NaN);
  const out = call.make(dims, values.type);
  return () => {
    for (let i = 0; i < data.length; i++) out[i] = table.get(data[i]!) ?? fallback;
  };
};
