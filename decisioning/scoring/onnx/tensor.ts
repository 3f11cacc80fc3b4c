/** Numbers or texts with a shape. */
import { MAX_ELEMENTS, MAX_RANK } from './limits.ts';
import type { TensorProto } from './proto.ts';
import { refuse } from './refuse.ts';

/** ONNX's numbers for the types of elements. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT32 = 6;
export const INT64 = 7;
export const TEXT = 8;
export const BOOL = 9;
export const DOUBLE = 11;

/** Floats are rounded as they are stored; every other number is kept as a double, which is exact for whole ones up to 2^53. */
export type Numbers = Float32Array | Float64Array;

export interface Tensor {
  readonly type: number;
  /** Rows first. */
  readonly dims: readonly number[];
  /** Row by row; text in a tensor of type `TEXT`, numbers in all others. */
  readonly data: Numbers | string[];
  /** Whether no run changes it. */
  readonly fixed?: boolean;
}

/** Elements of a shape. @throws Refused where a dim is none, or there are too many */
export function sizeOf(dims: readonly number[]): number {
  if (dims.length > MAX_RANK) refuse('too_large', `${dims.length} dims`);
  let size = 1;
  for (const dim of dims) {
    if (!(dim >= 0)) refuse('malformed', `a dim of ${dim}`);
    size *= dim;
  }
  return size <= MAX_ELEMENTS ? size : refuse('too_large', `a tensor of ${dims.join(' × ')}`);
}

/** Room for a tensor's elements. */
export function roomFor(type: number, size: number): Numbers | string[] {
  if (type === FLOAT) return new Float32Array(size);
  return type === TEXT ? new Array<string>(size).fill('') : new Float64Array(size);
}

/** Bytes of an element and how it is read from raw data. */
const READERS: Readonly<Record<number, [bytes: number, read: (view: DataView, at: number) => number]>> = {
  [FLOAT]: [4, (view, at) => view.getFloat32(at, true)],
  [UINT8]: [1, (view, at) => view.getUint8(at)],
  3: [1, (view, at) => view.getInt8(at)],
  [INT32]: [4, (view, at) => view.getInt32(at, true)],
  [INT64]: [8, (view, at) => view.getInt32(at + 4, true) * 4_294_967_296 + view.getUint32(at, true)],
  [BOOL]: [1, (view, at) => view.getUint8(at)],
  [DOUBLE]: [8, (view, at) => view.getFloat64(at, true)],
};

/** A constant of the file. @throws Refused */
export function tensorOf({
  dims,
  type = 0,
  floats,
  ints32,
  ints,
  texts,
  doubles,
  raw,
  elsewhere,
  location,
}: TensorProto): Tensor {
  if (location || elsewhere.length > 0) refuse('external_data', 'weights in another file');
  const size = sizeOf(dims);
  const reader = READERS[type];
  if (!reader && type !== TEXT) refuse('unsupported', `elements of type ${type}`);
  const data = roomFor(type, size);
  const listed =
    type === FLOAT ? floats : type === DOUBLE ? doubles : type === INT64 ? ints : type === TEXT ? texts : ints32;
  const [bytes, read] = reader ?? [0];
  const length = raw && read ? raw.length / bytes : listed.length;
  if (length !== size) refuse('malformed', `${length} elements for ${dims.join(' × ')}`);
  const view = raw && new DataView(raw.buffer, raw.byteOffset);
  for (let i = 0; i < size; i++) data[i] = view && read ? read(view, i * bytes) : listed[i]!;
  return { type, dims, data, fixed: true };
}

/** The tensor's numbers. @throws Refused where it holds text */
export function numbersOf({ data }: Tensor): Numbers {
  return Array.isArray(data) ? refuse('malformed', 'text where numbers belong') : data;
}

/** Each dim of shapes that stretch to each other, numpy's way: aligned at the end, 1 meets anything. @throws Refused */
export function broadcastDims(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const met = shapes.map((dims) => dims[dims.length - rank + i] ?? 1).filter((dim) => dim !== 1);
    if (met.some((dim) => dim !== met[0]))
      refuse('malformed', `shapes ${shapes.map((dims) => dims.join(' × ')).join(' and ')} do not meet`);
    return met[0] ?? 1;
  });
}

/** How far apart neighbours of each dim lie. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/** For every element of a shape, in order: `start` plus its coordinates times `strides`. */
export function walk(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const size = sizeOf(dims);
  const index = new Int32Array(size);
  const at = dims.map(() => 0);
  let place = start;
  for (let i = 0; i < size; i++) {
    index[i] = place;
    for (let d = dims.length - 1; d >= 0; d--) {
      place += strides[d]!;
      if (++at[d]! < dims[d]!) break;
      place -= strides[d]! * dims[d]!;
      at[d] = 0;
    }
  }
  return index;
}

/** Where each element of `dims` is found in a shape that stretches to it. */
export function stretched(from: readonly number[], dims: readonly number[]): Int32Array {
  const strides = stridesOf(from);
  const skipped = dims.length - from.length;
  return walk(
    dims,
    dims.map((_, i) => ((from[i - skipped] ?? 1) === 1 ? 0 : strides[i - skipped]!)),
  );
}
