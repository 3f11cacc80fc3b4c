/** Operators that work element by element, inputs stretched to each other's shape. */
import type { Call, Made, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { DOUBLE, FLOAT, meet, type Numbers, stretched, TEXT, type Tensor } from '../tensor.ts';

/** As many parameters as the operator has inputs. */
type Elementwise = (x: number, y: number, z: number) => number;

/** A list of numbers that stretches along rows. */
export const listOf = (values: readonly number[], type: number = FLOAT): Tensor => ({
  type,
  dims: [values.length],
  data: Float64Array.from(values),
  fixed: true,
});

/** f over one to three tensors. @param type of the output; the inputs' unless told */
export function over(call: Call, f: Elementwise, inputs: readonly Tensor[], type?: number): Made {
  must(inputs.length === f.length, `${inputs.length} inputs, not ${f.length}`);
  const dims = meet(inputs.map((tensor) => tensor.dims));
  const [tensor, out] = call.make(dims, type ?? inputs[f.length > 2 ? 2 : 0]!.type);
  const [x, y = x, z = x] = inputs.map((input) => input.data as Numbers);
  const [atX, atY = atX, atZ = atX] = inputs.map((input) => stretched(input.dims, dims));
  call.spend(3 * out.length);
  const run = (): void => {
    for (let i = 0; i < out.length; i++) out[i] = f(x![atX![i]!]!, y![atY![i]!]!, z![atZ![i]!]!);
  };
  return { outputs: [tensor], run };
}

const everyInput = (call: Call): Tensor[] => call.inputs.map((_, place) => call.input(place));

/** f of the inputs, the last two of one type. @param type of the output, where it is not the inputs' */
export const each =
  (f: Elementwise, type?: number): Operator =>
  (call) => {
    const inputs = everyInput(call);
    const types = inputs.slice(-2).map((tensor) => tensor.type);
    must(types.at(-1) === types[0], 'inputs of different types');
    return over(call, f, inputs, type);
  };

const isFloat = (type: number): boolean => type === FLOAT || type === DOUBLE;

/** The same, of floats alone. */
export const eachFloat =
  (f: Elementwise): Operator =>
  (call) => {
    must(isFloat(call.input().type), 'an input that is not of floats');
    return over(call, f, everyInput(call));
  };

/** Whole numbers divide towards zero. */
export const div: Operator = (call) =>
  each(isFloat(call.input().type) ? (x, y) => x / y : (x, y) => Math.trunc(x / y) || 0)(call);

/** f over any number of inputs, from the first to the last. @param mean whether to divide by their number */
export const fold =
  (f: Elementwise, mean?: boolean): Operator =>
  (call) => {
    const inputs = everyInput(call);
    const steps: Made[] = [];
    let last = call.input();
    const add = (made: Made): void => {
      steps.push(made);
      last = made.outputs[0]!;
    };
    for (const next of inputs.slice(1)) add(over(call, f, [last, next]));
    if (mean) add(over(call, (x) => x / inputs.length, [last]));
    const run = (): void => {
      for (const step of steps) step.run!();
    };
    return { outputs: [last], run };
  };

/** The largest float: where a side of a Clip is open, as onnxruntime has it. */
const MOST = 3.4028234663852886e38;

/** Limits as attributes (to opset 10) or as inputs. */
export const clip: Operator = (call) => {
  const bound = (place: number, name: string, open: number): Tensor => {
    const limit = call.get('f', name) ?? open;
    return call.inputs[place] ?? listOf([limit]);
  };
  const inputs = [call.input(), bound(1, 'min', -MOST), bound(2, 'max', MOST)];
  return over(call, (x, low, high) => Math.min(Math.max(x, low), high), inputs, call.input().type);
};

/** (x − offset) × scale. */
export const scaler: Operator = (call) =>
  over(call, (x, offset, scale) => (x - offset) * scale, [
    call.input(),
    listOf(call.floats('offset')),
    listOf(call.floats('scale')),
  ]);

/** Puts a value where one is missing: NaN, or the number that stands for missing. */
export const imputer: Operator = (call) => {
  const { type } = call.input();
  const [floats, ints] = [call.floats('imputed_value_floats'), call.ints('imputed_value_int64s')];
  const [float, int] = [call.get('f', 'replaced_value_float') ?? 0, call.int('replaced_value_int64')];
  const missing = type === FLOAT ? float : int;
  const isMissing = (x: number): boolean => x === missing || (Number.isNaN(x) && Number.isNaN(missing));
  const values = listOf(type === FLOAT ? floats : ints);
  return over(call, (x, value) => (isMissing(x) ? value : x), [call.input(), values]);
};

/** 2^63, where 64-bit numbers end. */
const END = 2 ** 63;

/** By type: how numbers become it. */
const CASTS: Readonly<Record<number, (x: number) => number | string>> = {
  1: (x) => x,
  6: (x) => x | 0,
  7: (x) => Math.min(END, Math.max(-END, Math.trunc(x))) || 0,
  8: String,
  9: (x) => (x === 0 ? 0 : 1),
  11: (x) => x,
};

/** `to` is a type of ONNX's; a float becomes a whole number by leaving its fraction away. */
export const cast: Operator = (call) => {
  const from = call.input();
  const to = call.int('to');
  call.int('saturate');
  if (from.type === to) return { outputs: [from] };
  const how = CASTS[to];
  const isReadable = from.type !== TEXT && !(to === TEXT && isFloat(from.type));
  return how && isReadable
    ? over(call, how as Elementwise, [from], to)
    : refuse('unsupported', `type ${from.type} to ${to}`);
};
