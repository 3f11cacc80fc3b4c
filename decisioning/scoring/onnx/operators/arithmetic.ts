/** Operators that work element by element, inputs stretched to each other's shape. */
import type { Call, Made, Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { BOOL, broadcastDims, DOUBLE, FLOAT, type Numbers, numbersOf, stretched } from '../tensor.ts';

/** The shape that all inputs stretch to, and for each of them where its elements are; undefined where it has that shape anyway. */
function aligned(call: Call): { dims: number[]; at: (Int32Array | undefined)[] } {
  const shapes = call.inputs.map((_, place) => call.input(place).dims);
  if (shapes.length === 0) refuse('malformed', 'no inputs');
  const dims = broadcastDims(shapes);
  return { dims, at: shapes.map((from) => (from.join() === dims.join() ? undefined : stretched(from, dims))) };
}

function sameType(call: Call, from = 0): number {
  const { type } = call.input(from);
  for (let place = from; place < call.inputs.length; place++) {
    if (call.input(place).type !== type) refuse('malformed', 'inputs of different types');
  }
  return type;
}

/** y = f(x). @param type of the output; the input's unless told */
export const each =
  (f: (x: number) => number, type?: number): Operator =>
  (call) => {
    const from = call.input();
    const x = numbersOf(from);
    const [tensor, y] = call.makeFloats(from.dims, type ?? from.type);
    return {
      outputs: [tensor],
      run: () => {
        for (let i = 0; i < y.length; i++) y[i] = f(x[i]!);
      },
    };
  };

/** Of floats alone. */
export const eachFloat =
  (f: (x: number) => number): Operator =>
  (call) => {
    call.floats();
    return each(f)(call);
  };

function folded(
  call: Call,
  x: readonly Numbers[],
  out: number,
  f: (x: number, y: number) => number,
  divisor = 1,
): Made {
  const { dims, at } = aligned(call);
  const [tensor, y] = call.makeFloats(dims, out);
  call.spend(y.length * x.length);
  const [first, second] = x as [Numbers, Numbers];
  const [firstAt, secondAt] = at;
  const run = (): void => {
    for (let i = 0; i < y.length; i++)
      y[i] = f(first[firstAt ? firstAt[i]! : i]!, second[secondAt ? secondAt[i]! : i]!);
  };
  if (x.length === 2 && divisor === 1) return { outputs: [tensor], run };
  const runAll = (): void => {
    for (let i = 0; i < y.length; i++) {
      let value = first[firstAt ? firstAt[i]! : i]!;
      for (let k = 1; k < x.length; k++) value = f(value, x[k]![at[k]?.[i] ?? i]!);
      y[i] = value / divisor;
    }
  };
  return { outputs: [tensor], run: runAll };
}

/** y = f(a, b), both of one type. */
export const pair =
  (f: (x: number, y: number) => number, type?: number): Operator =>
  (call) => {
    const own = sameType(call);
    if (call.inputs.length !== 2) refuse('malformed', `${call.inputs.length} inputs, not 2`);
    return folded(call, [numbersOf(call.input(0)), numbersOf(call.input(1))], type ?? own, f);
  };

/** f over any number of inputs. @param mean whether to divide by their number */
export const fold =
  (f: (x: number, y: number) => number, mean?: boolean): Operator =>
  (call) => {
    const type = sameType(call);
    const x = call.inputs.map((_, place) => numbersOf(call.input(place)));
    return folded(call, x, type, f, mean ? x.length : 1);
  };

/** Whole numbers divide towards zero. */
export const div: Operator = (call) => {
  const { type } = call.input();
  return pair(type === FLOAT || type === DOUBLE ? (x, y) => x / y : (x, y) => (y === 0 ? 0 : Math.trunc(x / y)))(call);
};

/** Base and exponent may be of different types; the base's counts. */
export const pow: Operator = (call) => {
  if (call.inputs.length !== 2) refuse('malformed', `${call.inputs.length} inputs, not 2`);
  const base = call.input(0);
  return folded(call, [numbersOf(base), numbersOf(call.input(1))], base.type, (x, y) => (x === 1 ? 1 : x ** y));
};

/** Equality, of texts as well. */
export const equal: Operator = (call) => {
  if (!Array.isArray(call.input().data)) return pair((x, y) => (x === y ? 1 : 0), BOOL)(call);
  sameType(call);
  const { dims, at } = aligned(call);
  const [x, y] = call.inputs.map((_, place) => call.input(place).data);
  const [tensor, out] = call.makeFloats(dims, BOOL);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < out.length; i++) out[i] = x![at[0]?.[i] ?? i] === y![at[1]?.[i] ?? i] ? 1 : 0;
    },
  };
};

/** Takes from the second input where the first is true, else from the third. */
export const where: Operator = (call) => {
  const type = sameType(call, 1);
  const { dims, at } = aligned(call);
  const [test, yes, no] = [numbersOf(call.input(0)), call.input(1).data, call.input(2).data];
  const tensor = call.make(type, dims);
  const { data } = tensor;
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < data.length; i++) {
        data[i] = test[at[0]?.[i] ?? i] ? yes[at[1]?.[i] ?? i]! : no[at[2]?.[i] ?? i]!;
      }
    },
  };
};

/** Limits as attributes (to opset 10) or as inputs. */
export const clip: Operator = (call) => {
  const bound = (name: string, place: number, fallback: number): (() => number) => {
    const tensor = call.inputs[place];
    const limit = call.get('f', name, fallback);
    if (!tensor) return () => limit;
    const numbers = numbersOf(tensor);
    return () => numbers[0]!;
  };
  const [from, to] = [bound('min', 1, -Infinity), bound('max', 2, Infinity)];
  const x = numbersOf(call.input());
  const [tensor, y] = call.makeFloats(call.input().dims, call.input().type);
  return {
    outputs: [tensor],
    run: () => {
      const [low, high] = [from(), to()];
      for (let i = 0; i < y.length; i++) {
        const value = Math.max(x[i]!, low);
        y[i] = Math.min(value, high);
      }
    },
  };
};

/** `to` is a type of ONNX's; a float becomes a whole number by leaving its fraction away. */
export const cast: Operator = (call) => {
  const from = call.input();
  const to = call.int('to', FLOAT);
  call.int('saturate', 1);
  if (from.type === to) return { outputs: [from] };
  const whole = (x: number): number => Math.trunc(x) || 0;
  const how = CASTS[to] ?? refuse('unsupported', `elements of type ${to}`);
  if (Array.isArray(from.data)) refuse('unsupported', 'from text to numbers');
  if (to !== 8) return each(how === true ? whole : how, to)(call);
  const x = numbersOf(from);
  if (from.type === FLOAT || from.type === DOUBLE) refuse('unsupported', 'from floats to text');
  const tensor = call.make(to, from.dims);
  return {
    outputs: [tensor],
    run: () => {
      for (let i = 0; i < x.length; i++) tensor.data[i] = String(x[i]);
    },
  };
};

/** By type: how numbers become it; true for truncation alone. */
const CASTS: Readonly<Record<number, true | ((x: number) => number)>> = {
  1: (x) => x,
  2: (x) => x & 255,
  3: (x) => (x << 24) >> 24,
  6: (x) => x | 0,
  7: true,
  8: true,
  9: (x) => (x === 0 ? 0 : 1),
  11: (x) => x,
};
