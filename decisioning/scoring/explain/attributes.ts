/** A node's attributes by name and type, and the numbers of tensors. What the evaluator would refuse is nothing here. */
import type { AttributeProto, NodeProto, TensorProto } from '../onnx/proto.ts';

export interface NodeAttributes {
  readonly int: (name: string, fallback: number) => number;
  readonly float: (name: string, fallback: number) => number;
  readonly text: (name: string, fallback: string) => string;
  readonly ints: (name: string) => readonly number[];
  readonly texts: (name: string) => readonly string[];
  /** A list of numbers, or the tensor that newer versions have in its place. */
  readonly numbers: (name: string) => readonly number[];
}

export function attributesOf({ attributes }: NodeProto): NodeAttributes {
  const byName = new Map<string, AttributeProto>(attributes.map((attribute) => [attribute.name ?? '', attribute]));
  return {
    int: (name, fallback) => {
      const attribute = byName.get(name);
      // A field that is not written is zero.
      return attribute ? (attribute.i ?? 0) : fallback;
    },
    float: (name, fallback) => {
      const attribute = byName.get(name);
      return attribute ? (attribute.f ?? 0) : fallback;
    },
    text: (name, fallback) => byName.get(name)?.s ?? fallback,
    ints: (name) => byName.get(name)?.ints ?? [],
    texts: (name) => byName.get(name)?.strings ?? [],
    numbers: (name) => {
      const tensor = byName.get(`${name}_as_tensor`)?.t ?? byName.get(name)?.t;
      return (tensor && tensorNumbers(tensor)) ?? byName.get(name)?.floats ?? [];
    },
  };
}

/** Bytes of an element in raw data, and how it is read, by ONNX's numbers of types. */
const READERS: Readonly<Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  1: [4, (view, at) => view.getFloat32(at, true)],
  2: [1, (view, at) => view.getUint8(at)],
  6: [4, (view, at) => view.getInt32(at, true)],
  7: [8, (view, at) => view.getInt32(at + 4, true) * 4_294_967_296 + view.getUint32(at, true)],
  11: [8, (view, at) => view.getFloat64(at, true)],
};

/** The numbers of a constant, row by row; undefined where it holds something else. */
export function tensorNumbers({ type = 0, raw, floats, ints, ints32, doubles }: TensorProto): number[] | undefined {
  const reader = READERS[type];
  if (!reader) return undefined;
  const [bytes, read] = reader;
  if (raw) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Array.from({ length: Math.floor(raw.length / bytes) }, (_, i) => read(view, i * bytes));
  }
  const listed = type === 1 ? floats : type === 11 ? doubles : type === 7 ? ints : ints32;
  return [...listed];
}
