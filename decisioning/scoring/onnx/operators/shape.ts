/** Operators that move elements and change none. */
import type { Call, Made, Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { FLOAT, INT64, numbersOf, sizeOf, stridesOf, TEXT, type Tensor, tensorOf, walk } from '../tensor.ts';

/** The same elements in another shape. */
function view(call: Call, dims: readonly number[]): Made {
  const from = call.input();
  if (sizeOf(dims) !== sizeOf(from.dims)) refuse('malformed', `${from.dims.join(' × ')} as ${dims.join(' × ')}`);
  return { outputs: [{ ...from, dims }] };
}

/** Elements of an input at known places. */
function pick(call: Call, dims: readonly number[], at: Int32Array): Made {
  const { type, data } = call.input();
  const tensor = call.make(type, dims);
  const out = tensor.data;
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < out.length; i++) out[i] = data[at[i]!]!;
    },
  };
}

/** A list of whole numbers: an input, or the attribute that older versions have. */
function listed(call: Call, place: number, name: string): readonly number[] | undefined {
  const given = call.get('ints', name, undefined);
  return call.constant(place) ?? given;
}

export const identity: Operator = (call) => ({ outputs: [call.input()] });

export const constant: Operator = (call) => {
  const tensor = call.get('t', 'value', undefined);
  if (tensor) return { outputs: [tensorOf(tensor)] };
  const [float, int] = [call.get('f', 'value_float', undefined), call.get('i', 'value_int', undefined)];
  const [floats, ints] = [call.get('floats', 'value_floats', undefined), call.get('ints', 'value_ints', undefined)];
  const single = float ?? int;
  const values = single === undefined ? (floats ?? ints) : [single];
  if (!values) return refuse('unsupported', 'a constant of another kind');
  const made = call.make(float !== undefined || floats ? FLOAT : INT64, single === undefined ? [values.length] : []);
  for (let i = 0; i < values.length; i++) made.data[i] = values[i]!;
  return { outputs: [{ ...made, fixed: true }] };
};

/** 0 keeps a dim, −1 takes what is left. */
export const reshape: Operator = (call) => {
  const { dims } = call.input();
  const wanted = listed(call, 1, 'shape') ?? refuse('malformed', 'no shape');
  const keeps = call.int('allowzero', 0) === 0;
  const shape = wanted.map((dim, i) => (dim === 0 && keeps ? (dims[i] ?? -2) : dim));
  const rest = shape.indexOf(-1);
  if (rest >= 0) {
    shape[rest] = 1;
    shape[rest] = sizeOf(dims) / sizeOf(shape);
  }
  return view(call, shape);
};

export const flatten: Operator = (call) => {
  const { dims } = call.input();
  const axis = call.int('axis', 1);
  const cut = axis === dims.length ? axis : call.axis(axis, dims.length);
  return view(call, [sizeOf(dims.slice(0, cut)), sizeOf(dims.slice(cut))]);
};

/** Leaves dims of 1 away: those of `axes`, or all. */
export const squeeze: Operator = (call) => {
  const { dims } = call.input();
  const axes = listed(call, 1, 'axes')?.map((axis) => call.axis(axis, dims.length));
  return view(
    call,
    dims.filter((dim, i) => !(axes ? axes.includes(i) : dim === 1)),
  );
};

export const unsqueeze: Operator = (call) => {
  const { dims } = call.input();
  const given = listed(call, 1, 'axes') ?? refuse('malformed', 'no axes');
  const axes = given.map((axis) => call.axis(axis, dims.length + given.length));
  const rest = [...dims];
  return view(
    call,
    Array.from({ length: dims.length + given.length }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? -1))),
  );
};

/** The dims themselves, as whole numbers. */
export const shape: Operator = (call) => {
  const { dims } = call.input();
  const range = dims.slice(call.int('start', 0), call.int('end', dims.length));
  return { outputs: [{ type: INT64, dims: [range.length], data: Float64Array.from(range), fixed: true }] };
};

export const transpose: Operator = (call) => {
  const { dims } = call.input();
  const order = call.get('ints', 'perm', undefined) ?? dims.map((_, i) => dims.length - 1 - i);
  if (order.toSorted((a, b) => a - b).join() !== dims.map((_, i) => i).join())
    refuse('malformed', 'perm is no order of the dims');
  const [strides, to] = [stridesOf(dims), order.map((axis) => dims[axis]!)];
  sizeOf(to);
  return pick(
    call,
    to,
    walk(
      to,
      order.map((axis) => strides[axis]!),
    ),
  );
};

export const slice: Operator = (call) => {
  const { dims } = call.input();
  const starts = listed(call, 1, 'starts') ?? [];
  const ends = listed(call, 2, 'ends') ?? [];
  const axes = (listed(call, 3, 'axes') ?? starts.map((_, i) => i)).map((axis) => call.axis(axis, dims.length));
  const steps = call.constant(4) ?? starts.map(() => 1);
  const strides = stridesOf(dims);
  const to = [...dims];
  const hops = [...strides];
  let first = 0;
  if (ends.length !== starts.length || axes.length !== starts.length) refuse('malformed', 'starts and ends differ');
  axes.forEach((axis, i) => {
    const [dim, step] = [dims[axis]!, steps[i] || refuse('malformed', 'a step of 0')];
    const within = (place: number): number =>
      Math.min(Math.max(place < 0 ? place + dim : place, step < 0 ? -1 : 0), step < 0 ? dim - 1 : dim);
    const start = within(starts[i]!);
    to[axis] = Math.max(0, Math.ceil((within(ends[i]!) - start) / step));
    hops[axis] = strides[axis]! * step;
    first += start * strides[axis]!;
  });
  return pick(call, to, walk(to, hops, first));
};

export const concat: Operator = (call) => {
  const first = call.input();
  const axis = call.axis(call.int('axis', 1), first.dims.length);
  const parts = call.inputs.map((_, place): Tensor => {
    const part = call.input(place);
    const meets = part.type === first.type && part.dims.length === first.dims.length;
    if (!meets || part.dims.some((dim, i) => i !== axis && dim !== first.dims[i]))
      refuse('malformed', `input ${place} does not fit the first`);
    return part;
  });
  const tensor = call.make(
    first.type,
    first.dims.with(
      axis,
      parts.reduce((sum, { dims }) => sum + dims[axis]!, 0),
    ),
  );
  const out = tensor.data;
  const outer = sizeOf(first.dims.slice(0, axis));
  const pieces = parts.map(({ dims, data }) => ({ data, width: sizeOf(dims.slice(axis)) }));
  return {
    outputs: [tensor],
    run: () => {
      let to = 0;
      for (let row = 0; row < outer; row++) {
        for (const { data, width } of pieces) for (let i = 0; i < width; i++) out[to++] = data[row * width + i]!;
      }
    },
  };
};

/** Slices of `data` along an axis by their places; where there is none, NaN (or an empty text). */
function gathered(call: Call, axis: number, keptDims: readonly number[]): Made {
  const { type, dims, data } = call.input(0);
  const at = numbersOf(call.input(1));
  const [outer, dim, inner] = [sizeOf(dims.slice(0, axis)), dims[axis]!, sizeOf(dims.slice(axis + 1))];
  const tensor = call.make(type, [...dims.slice(0, axis), ...keptDims, ...dims.slice(axis + 1)]);
  const out = tensor.data;
  const nothing = type === TEXT ? '' : Number.NaN;
  return {
    outputs: [tensor],
    run: () => {
      let to = 0;
      for (let row = 0; row < outer; row++) {
        for (let k = 0; k < at.length; k++) {
          const place = at[k]! < 0 ? at[k]! + dim : at[k]!;
          const from = (row * dim + place) * inner;
          for (let i = 0; i < inner; i++) out[to++] = place >= 0 && place < dim ? data[from + i]! : nothing;
        }
      }
    },
  };
}

export const gather: Operator = (call) => {
  const { dims } = call.input(0);
  return gathered(call, call.axis(call.int('axis', 0), dims.length), call.input(1).dims);
};

/** Columns by their places. */
export const arrayFeatureExtractor: Operator = (call) => {
  const { dims } = call.input(0);
  const kept = [sizeOf(call.input(1).dims)];
  const made = gathered(call, call.axis(-1, dims.length), kept);
  return dims.length > 1 ? made : { ...made, outputs: [{ ...made.outputs[0]!, dims: [1, ...kept] }] };
};
