/** What ai.onnx.ml does to values before a model sees them. */
import type { Call, Made, Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { FLOAT, INT64, type Numbers, numbersOf, TEXT, tensorOf } from '../tensor.ts';

/** The input's rows; a tensor of one dim is one row. */
function columnsOf(call: Call): { x: Numbers; dims: readonly number[]; width: number } {
  const { dims } = call.input();
  return { x: numbersOf(call.input()), dims, width: dims.at(-1) ?? refuse('malformed', 'no columns') };
}

/** A value for each column: one for all of them, or a list. */
function perColumn(values: readonly number[], width: number, name: string): (column: number) => number {
  if (values.length !== 1 && values.length !== width)
    refuse('malformed', `${values.length} ${name} for ${width} columns`);
  return (column) => values[values.length === 1 ? 0 : column]!;
}

/** (x − offset) × scale. */
export const scaler: Operator = (call) => {
  const { x, dims, width } = columnsOf(call);
  const offset = perColumn(call.list('offset'), width, 'offsets');
  const scale = perColumn(call.list('scale'), width, 'scales');
  const [tensor, y] = call.makeFloats(dims);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < y.length; i++) y[i] = (x[i]! - offset(i % width)) * scale(i % width);
    },
  };
};

/** Rows divided by their largest element, their sum of magnitudes, or their length; rows of zeros stay. */
export const normalizer: Operator = (call) => {
  const { x, dims, width } = columnsOf(call);
  const norm = call.get('s', 'norm', 'MAX');
  const add: Record<string, (sum: number, x: number) => number> = {
    MAX: (sum, value) => Math.max(sum, value),
    L1: (sum, value) => sum + Math.abs(value),
    L2: (sum, value) => sum + value * value,
  };
  const f = add[norm] ?? refuse('unsupported', `norm ${norm}`);
  const [tensor, y] = call.makeFloats(dims);
  call.spend(x.length);
  return {
    outputs: [tensor],
    run: () => {
      for (let from = 0; from < y.length; from += width) {
        let sum = norm === 'MAX' ? -Infinity : 0;
        for (let i = from; i < from + width; i++) sum = f(sum, x[i]!);
        if (norm === 'L2') sum = Math.sqrt(sum);
        for (let i = from; i < from + width; i++) y[i] = sum === 0 ? x[i]! : x[i]! / sum;
      }
    },
  };
};

/** Puts a value where one is missing: NaN, or the number that stands for missing. */
export const imputer: Operator = (call) => {
  const { x, dims, width } = columnsOf(call);
  const [floats, ints] = [call.list('imputed_value_floats'), call.ints('imputed_value_int64s')];
  const float = call.get('f', 'replaced_value_float', 0);
  const int = call.int('replaced_value_int64', 0);
  const { type } = call.input();
  const missing = type === FLOAT ? float : int;
  const value = perColumn(type === FLOAT ? floats : ints, width, 'imputed values');
  const [tensor, y] = call.makeFloats(dims, type);
  return {
    outputs: [tensor],
    run: () => {
      // Object.is takes NaN for NaN; −0 and 0 are the same number here.
      for (let i = 0; i < y.length; i++) y[i] = x[i] === missing || Object.is(x[i], missing) ? value(i % width) : x[i]!;
    },
  };
};

/** A column per category. */
export const oneHotEncoder: Operator = (call) => {
  const { type, dims, data } = call.input();
  const [texts, ints] = [call.texts('cats_strings'), call.ints('cats_int64s')];
  const zeros = call.int('zeros', 1) !== 0;
  if ((type === TEXT) !== texts.length > 0) refuse('malformed', 'categories of another type than the values');
  const places = new Map<number | string, number>([...texts, ...ints].map((category, i) => [category, i]));
  const width = places.size;
  const [tensor, y] = call.makeFloats([...dims, width]);
  return {
    outputs: [tensor],
    run: () => {
      y.fill(0);
      for (let i = 0; i < data.length; i++) {
        const value = data[i]!;
        const place = places.get(typeof value === 'number' ? Math.trunc(value) : value);
        if (place !== undefined) y[i * width + place] = 1;
        // Not allowed to be unknown: no row of zeros, but no answer.
        else if (!zeros) y.fill(Number.NaN, i * width, (i + 1) * width);
      }
    },
  };
};

type Entries = readonly (number | string)[] | Numbers;

/** Of three attributes the one that is there, and its type. */
function side(call: Call, name: string): { type: number; entries: Entries } | undefined {
  const tensor = call.get('t', `${name}_tensor`, undefined);
  if (tensor) {
    const { type, data } = tensorOf(tensor);
    return { type, entries: data };
  }
  const [floats, ints, texts] = [
    call.list(`${name}_floats`),
    call.ints(`${name}_int64s`),
    call.texts(`${name}_strings`),
  ];
  if (texts.length > 0) return { type: TEXT, entries: texts };
  if (ints.length > 0) return { type: INT64, entries: ints };
  return floats.length > 0 ? { type: FLOAT, entries: floats } : undefined;
}

/** One value for another, by a table. */
export const labelEncoder: Operator = (call): Made => {
  const { type, dims, data } = call.input();
  const classes = call.texts('classes_strings');
  const fallbacks: Record<number, number | string> = {
    [FLOAT]: call.get('f', 'default_float', -0),
    [INT64]: call.int('default_int64', -1),
    [TEXT]: call.get('s', 'default_string', '_Unused'),
  };
  const given = call.get('t', 'default_tensor', undefined);
  const ids = { type: INT64, entries: classes.map((_, i) => i) };
  const names = { type: TEXT, entries: classes };
  const keys =
    (classes.length > 0 ? (type === TEXT ? names : ids) : side(call, 'keys')) ?? refuse('malformed', 'no keys');
  const values =
    (classes.length > 0 ? (type === TEXT ? ids : names) : side(call, 'values')) ?? refuse('malformed', 'no values');
  if (keys.type !== type) refuse('malformed', 'keys of another type than the values');
  if (keys.entries.length !== values.entries.length)
    refuse('malformed', `${keys.entries.length} keys, ${values.entries.length} values`);
  const fallback = given ? tensorOf(given).data[0] : fallbacks[values.type];
  const table = new Map<number | string, number | string>();
  // The first of equal keys counts.
  Array.from<number | string>(keys.entries as readonly (number | string)[]).forEach((key, i) => {
    if (!table.has(key)) table.set(key, values.entries[i]!);
  });
  const tensor = call.make(values.type, dims);
  const out = tensor.data;
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < out.length; i++) out[i] = table.get(data[i]!) ?? fallback ?? 0;
    },
  };
};
