/** Operators that move elements, or name them anew. */
import type { Call, Made, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { FLOAT, INT64, sizeOf, TEXT, type Tensor, tensorOf } from '../tensor.ts';
import { listOf } from './each.ts';

/** The same elements in another shape. */
function view(call: Call, dims: readonly number[]): Made {
  const from = call.input();
  must(sizeOf(dims) === sizeOf(from.dims), `${from.dims} as ${dims}`);
  return { outputs: [{ ...from, dims }] };
}

export const identity: Operator = (call) => ({ outputs: [call.input()] });

export const constant: Operator = (call) => {
  const tensor = call.get('t', 'value');
  const [float, int] = [call.get('f', 'value_float'), call.get('i', 'value_int')];
  const [floats, ints] = [call.get('floats', 'value_floats'), call.get('ints', 'value_ints')];
  const single = float ?? int;
  const values = single === undefined ? (floats ?? ints) : [single];
  if (tensor) return { outputs: [tensorOf(tensor)] };
  if (!values) return refuse('unsupported', 'a constant of another kind');
  const list = listOf(values, floats || float !== undefined ? FLOAT : INT64);
  return { outputs: [single === undefined ? list : { ...list, dims: [] }] };
};

/** 0 keeps a dim, −1 takes what is left. */
export const reshape: Operator = (call) => {
  const { dims } = call.input();
  call.int('allowzero');
  const shape = (call.listed(1, 'shape') ?? []).map((dim, i) => dim || dims[i] || 0);
  const rest = shape.indexOf(-1);
  if (rest >= 0) shape[rest] = sizeOf(dims) / sizeOf(shape.with(rest, 1));
  return view(call, shape);
};

export const flatten: Operator = (call) => {
  const { dims } = call.input();
  const axis = call.axis(call.int('axis', 1));
  return view(call, [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]);
};

/** Leaves dims of 1 away. */
export const squeeze: Operator = (call) => {
  const { dims } = call.input();
  const axes = (call.listed(1, 'axes') ?? []).map((axis) => call.axis(axis));
  const kept = dims.filter((dim, i) => (axes.length > 0 ? !axes.includes(i) : dim !== 1));
  return view(call, kept);
};

export const unsqueeze: Operator = (call) => {
  const { dims } = call.input();
  const given = call.listed(1, 'axes') ?? [];
  const rank = dims.length + given.length;
  const axes = given.map((axis) => call.axis(axis, call.input(), rank));
  const rest = [...dims];
  return view(
    call,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? 1))),
  );
};

export const concat: Operator = (call) => {
  const { dims, type } = call.input();
  const parts = call.inputs.map((_, place) => call.input(place));
  const axis = call.axis(call.int('axis', 1), { dims, fixed: parts.every(({ fixed }) => fixed) });
  const shapeOf = (part: Tensor): string => `${part.dims.toSpliced(axis, 1)} ${part.type} ${part.dims.length}`;
  must(
    parts.every((part) => shapeOf(part) === shapeOf(call.input())),
    'inputs that do not fit',
  );
  const total = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  const [tensor] = call.make(dims.with(axis, total), type);
  const pieces = parts.map((part) => ({ from: part.data, width: sizeOf(part.dims.slice(axis)) }));
  const outer = sizeOf(dims.slice(0, axis));
  return {
    outputs: [tensor],
    run: () => {
      let to = 0;
      for (let row = 0; row < outer; row++) {
        for (const { from, width } of pieces) {
          for (let i = row * width; i < (row + 1) * width; i++) tensor.data[to++] = from[i]!;
        }
      }
    },
  };
};

/** Slices of the first input along an axis, by their places; where there is none, NaN (or an empty text). */
function gathered(call: Call, axis: number, kept: readonly number[]): [Tensor, () => void] {
  const { dims, type, data } = call.input();
  const at = call.numbers(1);
  const [before, after] = [dims.slice(0, axis), dims.slice(axis + 1)];
  const [outer, dim, inner] = [sizeOf(before), dims[axis]!, sizeOf(after)];
  const [tensor] = call.make([...before, ...kept, ...after], type);
  const nothing = type === TEXT ? '' : Number.NaN;
  const run = (): void => {
    let to = 0;
    for (let row = 0; row < outer; row++) {
      for (let k = 0; k < at.length; k++) {
        const place = at[k]! < 0 ? at[k]! + dim : at[k]!;
        const from = (row * dim + place) * inner;
        for (let i = 0; i < inner; i++) tensor.data[to++] = place >= 0 && place < dim ? data[from + i]! : nothing;
      }
    }
  };
  return [tensor, run];
}

export const gather: Operator = (call) => {
  const [tensor, run] = gathered(call, call.axis(call.int('axis')), call.input(1).dims);
  return { outputs: [tensor], run };
};

/** Columns by their places. */
export const arrayFeatureExtractor: Operator = (call) => {
  const [tensor, run] = gathered(call, call.axis(-1), [sizeOf(call.input(1).dims)]);
  return { outputs: [tensor.dims.length > 1 ? tensor : { ...tensor, dims: [1, ...tensor.dims] }], run };
};

/** A column per category; where an unknown one is not allowed, NaN. */
export const oneHotEncoder: Operator = (call) => {
  const { type, dims, data } = call.input();
  const categories = [...(call.get('strings', 'cats_strings') ?? []), ...call.ints('cats_int64s')];
  const places = new Map<unknown, number>(categories.map((category, i) => [category, i]));
  const unknown = call.int('zeros', 1) ? 0 : Number.NaN;
  must((type === TEXT) === (typeof categories[0] === 'string'), 'categories of another type');
  const width = places.size;
  const [tensor, y] = call.make([...dims, width]);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < data.length; i++) {
        const value = data[i]!;
        const place = places.get(typeof value === 'number' ? Math.trunc(value) || 0 : value);
        y.fill(place === undefined ? unknown : 0, i * width, (i + 1) * width);
        if (place !== undefined) y[i * width + place] = 1;
      }
    },
  };
};

/** Of attributes that say the same in different types the one that is there. */
function entriesOf(call: Call, name: string): Tensor {
  const tensor = call.get('t', `${name}_tensor`);
  const texts = call.get('strings', `${name}_strings`);
  const [ints, floats] = [call.ints(`${name}_int64s`), call.floats(`${name}_floats`)];
  if (tensor) return tensorOf(tensor);
  if (texts) return { type: TEXT, dims: [], data: [...texts] };
  return ints.length > 0 ? listOf(ints, INT64) : listOf(floats);
}

/** One value for another, by a table; the first of equal keys counts. Before opset 4 NaN is no key. */
export const labelEncoder: Operator = (call) => {
  const { type, dims, data } = call.input();
  const [keys, values] = [entriesOf(call, 'keys'), entriesOf(call, 'values')];
  const other = call.get('t', 'default_tensor');
  const defaults = [
    call.get('s', 'default_string') ?? '_Unused',
    call.int('default_int64', -1),
    call.get('f', 'default_float') ?? -0,
  ];
  const fallback = other ? tensorOf(other).data[0]! : defaults[[TEXT, INT64, values.type].indexOf(values.type)]!;
  must(keys.type === type && keys.data.length === values.data.length, 'keys that do not fit');
  const table = new Map<unknown, string | number>();
  for (let i = keys.data.length; i-- > 0; ) table.set(keys.data[i], values.data[i]!);
  if (call.opset < 4) table.delete(Number.NaN);
  const [tensor] = call.make(dims, values.type);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < data.length; i++) tensor.data[i] = table.get(data[i]) ?? fallback;
    },
  };
};
