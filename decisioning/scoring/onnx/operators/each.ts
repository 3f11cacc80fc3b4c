/** Operators that work element by element, inputs stretched to each other's shape. */
import type { Call, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { DOUBLE, FLOAT, listOf, meet, stretched, type Tensor } from '../tensor.ts';

/** As many parameters as the operator has inputs. */
type Elementwise = (x: number, y: number, z: number) => number;

/** f over one to three tensors. @param type of the output; the inputs' unless told */
export function over(call: Call, f: Elementwise, inputs: readonly Tensor[], type?: number): () => void {
  must(inputs.length === f.length, 'inputs');
  const dims = meet(inputs);
  const out = call.make(dims, type ?? inputs[f.length > 2 ? 2 : 0]!.type);
  const [x, y = x, z = x] = inputs.map(({ data }) => data);
  const [atX, atY = atX, atZ = atX] = inputs.map((input) => stretched(input, dims));
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = f(x![atX![i]!]!, y![atY![i]!]!, z![atZ![i]!]!);
  };
}

/** f of the inputs, the last two of one type. @param type of the output, where it is not the inputs' */
export const each =
  (f: Elementwise, type?: number): Operator =>
  (call) => {
    const inputs = call.everyInput();
    must(inputs.at(-1)?.type === inputs.slice(-2)[0]?.type, 'type');
    return over(call, f, inputs, type);
  };

/** Of one input, without the detour over places: what stands between the layers of a network. */
export const relu: Operator = (call) => {
  const { dims, data, type } = call.input();
  const out = call.make(dims, type);
  return () => {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(data[i]!, 0);
  };
};

const isFloat = ({ type }: Tensor): boolean => type === FLOAT || type === DOUBLE;

/** Whole numbers divide towards zero. */
export const div: Operator = (call) =>
  each(isFloat(call.input()) ? (x, y) => x / y : (x, y) => Math.trunc(x / y) || 0)(call);

/** f over any number of inputs, from the first to the last, rounded at the end alone. @param mean whether to divide by their number */
export const fold =
  (f: Elementwise, mean?: boolean): Operator =>
  (call) => {
    let last = call.input();
    const { type } = last;
    const [, ...others] = call.everyInput();
    const count = others.length + 1;
    const steps = others.map((next) => {
      const step = over(call, f, [last, next], DOUBLE);
      last = call.outputs.pop()!;
      return step;
    });
    steps.push(over(call, mean ? (x) => x / count : (x) => x, [last], type));
    return () => {
      for (const step of steps) step();
    };
  };

/** Limits as attributes (to opset 10) or as inputs. */
export const clip: Operator = (call) => {
  const bound = (place: number, name: string, open: number): Tensor => {
    const limit = call.float(name, open);
    return call.inputs[place] ?? listOf([limit]);
  };
  const inputs = [call.input(), bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
  return over(call, (x, low, high) => Math.min(Math.max(x, low), high), inputs, call.input().type);
};

/** (x − offset) × scale. */
export const scaler: Operator = (call) => {
  const offset = listOf(call.floats('offset'));
  const scale = listOf(call.floats('scale'));
  return over(call, (x, from, times) => (x - from) * times, [call.input(), offset, scale]);
};

/** Puts a value where one is missing: NaN, or the number that stands for missing. */
export const imputer: Operator = (call) => {
  const x = call.input();
  const float = call.float('replaced_value_float');
  const int = call.int('replaced_value_int64');
  const floats = call.floats('imputed_value_floats');
  const ints = call.ints('imputed_value_int64s');
  const [missing, values] = isFloat(x) ? [float, floats] : [int, ints];
  // As sets compare: NaN is NaN.
  const stands = new Set([missing]);
  return over(call, (value, imputed) => (stands.has(value) ? imputed : value), [x, listOf(values)]);
};

const same = (x: number): number => x;

/** By type: how numbers become it. */
const CASTS: Readonly<Record<number, (x: number) => number>> = {
  1: same,
  6: (x) => x | 0,
  7: (x) => Math.trunc(x) || 0,
  9: (x) => +(x !== 0),
  11: same,
};

/** `to` is a type of ONNX's; a float becomes a whole number by leaving its fraction away. */
export const cast: Operator = (call) => {
  const to = call.int('to');
  return over(call, CASTS[to] ?? refuse('unsupported', `type ${to}`), [call.input()], to);
};
