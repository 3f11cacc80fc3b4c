/** What a model file says, as it stands in it: the messages of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that scoring needs. */
import { MAX_MODEL_BYTES } from './limits.ts';
import { refuse } from './refuse.ts';
import { BYTES, DOUBLE, decode, FLOAT, INT, type Schema, TEXT } from './wire.ts';

export interface TensorProto {
  readonly dims: readonly number[];
  readonly type?: number;
  readonly name?: string;
  /** Elements by the kind of field that they are in; `raw` as bytes. */
  readonly floats: readonly number[];
  readonly ints32: readonly number[];
  readonly strings: readonly string[];
  readonly ints: readonly number[];
  readonly doubles: readonly number[];
  readonly raw?: Uint8Array;
  /** Where its elements are, if not here. */
  readonly elsewhere: readonly unknown[];
  readonly location?: number;
}

/** One of the values is there, the one that `type` says. */
export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly t?: TensorProto;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}

export interface NodeProto {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly op?: string;
  readonly domain?: string;
  readonly attributes: readonly AttributeProto[];
}

/** A graph's input or output; what is no tensor has no `tensor`. */
export interface PortProto {
  readonly name?: string;
  readonly type?: {
    readonly tensor?: {
      readonly type?: number;
      readonly shape?: { readonly dims: readonly { readonly i?: number }[] };
    };
  };
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly tensors: readonly TensorProto[];
  readonly inputs: readonly PortProto[];
  readonly outputs: readonly PortProto[];
  readonly sparse: readonly unknown[];
}

export interface ModelProto {
  readonly graph?: GraphProto;
  readonly opsets: readonly { readonly domain?: string; readonly i?: number }[];
}

const TENSOR: Schema = {
  1: ['dims', INT, 1],
  2: ['type', INT],
  4: ['floats', FLOAT, 1],
  5: ['ints32', INT, 1],
  6: ['strings', TEXT, 1],
  7: ['ints', INT, 1],
  8: ['name', TEXT],
  9: ['raw', BYTES],
  10: ['doubles', DOUBLE, 1],
  13: ['elsewhere', BYTES, 1],
  14: ['location', INT],
};

const ATTRIBUTE: Schema = {
  1: ['name', TEXT],
  2: ['f', FLOAT],
  3: ['i', INT],
  4: ['s', TEXT],
  5: ['t', TENSOR],
  7: ['floats', FLOAT, 1],
  8: ['ints', INT, 1],
  9: ['strings', TEXT, 1],
  20: ['type', INT],
};

const NODE: Schema = {
  1: ['inputs', TEXT, 1],
  2: ['outputs', TEXT, 1],
  3: ['name', TEXT],
  4: ['op', TEXT],
  5: ['attributes', ATTRIBUTE, 1],
  7: ['domain', TEXT],
};

const SHAPE: Schema = { 1: ['dims', { 1: ['i', INT] }, 1] };
const PORT: Schema = {
  1: ['name', TEXT],
  2: ['type', { 1: ['tensor', { 1: ['type', INT], 2: ['shape', SHAPE] }] }],
};

const GRAPH: Schema = {
  1: ['nodes', NODE, 1],
  5: ['tensors', TENSOR, 1],
  11: ['inputs', PORT, 1],
  12: ['outputs', PORT, 1],
  15: ['sparse', BYTES, 1],
};

const MODEL: Schema = { 7: ['graph', GRAPH], 8: ['opsets', { 1: ['domain', TEXT], 2: ['i', INT] }, 1] };

/** The file as a value. @throws Refused `too_large`, and what `decode` throws */
export function readModel(bytes: Uint8Array): ModelProto {
  if (bytes.length > MAX_MODEL_BYTES) refuse('too_large', 'bytes');
  return decode(bytes, MODEL) as ModelProto;
}
