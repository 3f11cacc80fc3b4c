/** Numbers or texts with a shape. */
import { MAX_ELEMENTS, MAX_RANK } from './limits.ts';
import type { TensorProto } from './proto.ts';
import { must, refuse } from './refuse.ts';

/** ONNX's numbers for the types of elements. */
export const [FLOAT, INT64, TEXT, BOOL, DOUBLE] = [1, 7, 8, 9, 11] as const;

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
  const size = dims.reduce((product, dim) => (dim >= 0 ? product * dim : Number.NaN), 1);
  must(size >= 0, `a shape of ${dims}`);
  return size <= MAX_ELEMENTS && dims.length <= MAX_RANK ? size : refuse('too_large', 'a tensor too large');
}

/** Room for a tensor's elements. */
export function roomFor(type: number, size: number): Numbers | string[] {
  if (type === TEXT) return new Array<string>(size).fill('');
  return type === FLOAT ? new Float32Array(size) : new Float64Array(size);
}

/** By type: what DataView calls it, and the field that holds it. */
const KINDS: Readonly<
  Record<number, readonly [view: string, field: 'floats' | 'ints32' | 'ints' | 'strings' | 'doubles']>
> = {
  [FLOAT]: ['Float32', 'floats'],
  2: ['Uint8', 'ints32'],
  3: ['Int8', 'ints32'],
  6: ['Int32', 'ints32'],
  [INT64]: ['BigInt64', 'ints'],
  [TEXT]: ['', 'strings'],
  [BOOL]: ['Uint8', 'ints32'],
  [DOUBLE]: ['Float64', 'doubles'],
};

/** A constant of the file. @throws Refused */
export function tensorOf(proto: TensorProto): Tensor {
  const { dims, type = 0, raw, elsewhere, location } = proto;
  if (location || elsewhere.length > 0) refuse('external_data', 'weights in another file');
  const [name, field] = KINDS[type] ?? refuse('unsupported', `elements of type ${type}`);
  const size = sizeOf(dims);
  const data = roomFor(type, size);
  const bytes = Number(name.replace(/\D+/, '')) / 8;
  const view = raw && bytes && new DataView(raw.buffer, raw.byteOffset, raw.length);
  const read = view && (view[`get${name}` as 'getInt32'] as (at: number, little: boolean) => number | bigint);
  must((view ? view.byteLength / bytes : proto[field].length) === size, `not ${size} elements`);
  for (let i = 0; i < size; i++) data[i] = read ? Number(read.call(view, i * bytes, true)) : proto[field][i]!;
  return { type, dims, data, fixed: true };
}

/** Each dim of shapes that stretch to each other, numpy's way: aligned at the end, 1 meets anything. @throws Refused */
export function meet(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const met = shapes.map((dims) => dims[dims.length - rank + i] ?? 1).filter((dim) => dim !== 1);
    must(
      met.every((dim) => dim === met[0]),
      'shapes that do not meet',
    );
    return met[0] ?? 1;
  });
}

/** Where each element of `dims` is found in a shape that stretches to it. */
export function stretched(from: readonly number[], dims: readonly number[]): Int32Array {
  return Int32Array.from({ length: sizeOf(dims) }, (_, i) => {
    let [rest, place, stride] = [i, 0, 1];
    for (let d = 1; d <= from.length; d++) {
      const [own, dim] = [from.at(-d)!, dims.at(-d)!];
      if (own > 1) place += (rest % dim) * stride;
      rest = Math.floor(rest / dim);
      stride *= own;
    }
    return place;
  });
}
