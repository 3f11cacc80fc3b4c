/** An ONNX model as a value: what the writer makes bytes of. */

/** Types of elements that the writer knows, by the numbers that ONNX gives them (TensorProto.DataType). */
export const ELEMENT_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  double: 11,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** Constant numbers or texts, row by row; as many values as the dims multiply to. */
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number> | readonly string[];
}

/** What goes in or comes out; a dim that is a word is any length, e.g. `['rows', 4]`. */
export interface GraphPort {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** An attribute says its type, since 1 may be a whole number or a float. */
export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly string: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly strings: readonly string[] }
  | { readonly tensor: Tensor };

export interface GraphNode {
  readonly op: string;
  /** Set of operators; absent is ONNX's own, `ai.onnx.ml` has trees and encoders. */
  readonly domain?: 'ai.onnx.ml';
  readonly name?: string;
  /** Names of values; '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface ModelGraph {
  readonly name: string;
  /** In an order in which every node comes after those it reads from. */
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Tensor[];
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** Versions of the operator sets; 15 and 3 unless told. */
  readonly opset?: number;
  readonly mlOpset?: number;
}
