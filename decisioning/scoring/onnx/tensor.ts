/** Numbers with a shape. */
import { MAX_ELEMENTS, MAX_RANK } from './limits.ts';
import type { TensorProto } from './proto.ts';
import { must, refuse } from './refuse.ts';

/** ONNX's numbers for the types of elements. */
export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;
export const DOUBLE = 11;

/** Floats are rounded as they are stored; every other number is kept as a double, which is exact for whole ones up to 2^53. */
export type Numbers = Float32Array | Float64Array;

export interface Tensor {
  readonly type: number;
  /** Rows first: always one. */
  readonly dims: readonly number[];
  /** Row by row. */
  readonly data: Numbers;
  /** Whether no run changes it. */
  readonly fixed?: boolean;
}

/** Elements of a shape. @throws Refused where a dim is none, or there are too many */
export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) {
    // Nor none of them: work would be over numbers that nobody counts.
    must(dim > 0 && dim % 1 === 0, 'shape');
    size *= dim;
  }
  return size <= MAX_ELEMENTS && dims.length <= MAX_RANK ? size : refuse('too_large', 'shape');
}

/** A tensor of zeros. */
export function zeros(dims: readonly number[], type: number = FLOAT): Tensor {
  const size = sizeOf(dims);
  return { type, dims, data: type === FLOAT ? new Float32Array(size) : new Float64Array(size) };
}

/** A list of constants, which stretches along rows. */
export function listOf(values: readonly number[], type: number = FLOAT): Tensor {
  return { type, dims: [values.length], data: Float64Array.from(values), fixed: true };
}

/** By type: the array that its raw bytes are, lowest first as on every machine that this runs on. */
const ARRAYS: Readonly<Record<number, new (bytes: ArrayBufferLike) => Iterable<number | bigint> & { length: number }>> =
  {
    1: Float32Array,
    2: Uint8Array,
    6: Int32Array,
    7: BigInt64Array,
    9: Uint8Array,
    11: Float64Array,
  };

/** A constant of the file. @throws Refused, or RangeError where the last element is not whole */
export function tensorOf({
  dims,
  type = 0,
  raw,
  elsewhere,
  location,
  floats,
  doubles,
  ints,
  ints32,
}: TensorProto): Tensor {
  if (location || elsewhere.length > 0) refuse('external_data', 'weights');
  const Elements = ARRAYS[type] ?? refuse('unsupported', `type ${type}`);
  const tensor = zeros(dims, type);
  const listed = type === FLOAT ? floats : type === DOUBLE ? doubles : type === INT64 ? ints : ints32;
  const values = raw ? new Elements(raw.slice().buffer) : listed;
  must(values.length === tensor.data.length, 'length');
  tensor.data.set(Array.from(values, Number));
  return { ...tensor, fixed: true };
}

/** Each dim of shapes that stretch to each other, numpy's way: aligned at the end, 1 meets anything. @throws Refused */
export function meet(tensors: readonly Tensor[]): number[] {
  const dims: number[] = [];
  for (const tensor of tensors) {
    tensor.dims.toReversed().forEach((dim, i) => {
      const met = dims[i] ?? 1;
      must(dim === met || dim === 1 || met === 1, 'shape');
      dims[i] = met === 1 ? dim : met;
    });
  }
  return dims.reverse();
}

/** Where each element of `dims` is found in a tensor that stretches to it. */
export function stretched({ dims: from }: Tensor, dims: readonly number[]): Int32Array {
  let places = [0];
  dims.forEach((dim, d) => {
    const own = from.at(d - dims.length) ?? 1;
    places = places.flatMap((place) => Array.from({ length: dim }, (_, i) => place * own + (own > 1 ? i : 0)));
  });
  return Int32Array.from(places);
}
