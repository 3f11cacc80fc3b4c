/** What a model file says, as it stands in it: the messages of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that scoring needs. */
import { decode, type Schema } from './wire.ts';

export interface TensorProto {
  readonly dims: readonly number[];
  readonly type?: number;
  readonly name?: string;
  readonly floats: readonly number[];
  readonly ints32: readonly number[];
  readonly ints: readonly number[];
  readonly texts: readonly string[];
  readonly doubles: readonly number[];
  readonly raw?: Uint8Array;
  /** Where its numbers are, if not here. */
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
      readonly shape?: { readonly dims: readonly { readonly length?: number }[] };
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
  readonly opsets: readonly { readonly domain?: string; readonly version?: number }[];
}

const TENSOR: Schema = {
  1: ['dims', 'int', 1],
  2: ['type', 'int'],
  4: ['floats', 'float', 1],
  5: ['ints32', 'int', 1],
  6: ['texts', 'text', 1],
  7: ['ints', 'int', 1],
  8: ['name', 'text'],
  9: ['raw', 'bytes'],
  10: ['doubles', 'double', 1],
  13: ['elsewhere', 'bytes', 1],
  14: ['location', 'int'],
};

const ATTRIBUTE: Schema = {
  1: ['name', 'text'],
  2: ['f', 'float'],
  3: ['i', 'int'],
  4: ['s', 'text'],
  5: ['t', TENSOR],
  7: ['floats', 'float', 1],
  8: ['ints', 'int', 1],
  9: ['strings', 'text', 1],
  20: ['type', 'int'],
};

const NODE: Schema = {
  1: ['inputs', 'text', 1],
  2: ['outputs', 'text', 1],
  3: ['name', 'text'],
  4: ['op', 'text'],
  5: ['attributes', ATTRIBUTE, 1],
  7: ['domain', 'text'],
};

const SHAPE: Schema = { 1: ['dims', { 1: ['length', 'int'] }, 1] };
const PORT: Schema = {
  1: ['name', 'text'],
  2: ['type', { 1: ['tensor', { 1: ['type', 'int'], 2: ['shape', SHAPE] }] }],
};

const GRAPH: Schema = {
  1: ['nodes', NODE, 1],
  5: ['tensors', TENSOR, 1],
  11: ['inputs', PORT, 1],
  12: ['outputs', PORT, 1],
  15: ['sparse', 'bytes', 1],
};

const MODEL: Schema = { 7: ['graph', GRAPH], 8: ['opsets', { 1: ['domain', 'text'], 2: ['version', 'int'] }, 1] };

/** The file as a value. @throws Refused `malformed` */
export function readModel(bytes: Uint8Array): ModelProto {
  return decode(bytes, MODEL) as ModelProto;
}
