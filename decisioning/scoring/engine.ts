/** What an engine makes of a model file: the same few functions whether our own evaluator or onnxruntime-web stands behind them. */

/** A tensor that goes in or comes out, one row per customer (or arm). */
export interface RowTensor {
  readonly name: string;
  /** Columns of a row; 0 where the file does not say. */
  readonly width: number;
}

/** A model that scores; it keeps nothing between runs but its own scratch memory. */
export interface OpenedModel {
  readonly inputs: readonly RowTensor[];
  readonly outputs: readonly RowTensor[];
  /** What a row costs at most, in multiplications and comparisons; absent where the engine cannot tell. */
  readonly steps?: number;
  /**
   * Scores rows of the model's one float input.
   *
   * @param rows `count` × width numbers, row by row; NaN is a missing value where the model knows them.
   * @returns every output by name, `count` × width numbers, row by row.
   * @throws RangeError when `rows` is not `count` rows of the input's width.
   */
  readonly run: (rows: Float32Array, count: number) => Readonly<Record<string, Float32Array>>;
}

/** Why a file is no model that can be used. */
export type ModelProblem =
  /** Not the bytes of an ONNX model: cut short, wrong types, no graph. */
  | 'malformed'
  /** An operator, an attribute or a type outside the declared subset. */
  | 'unsupported'
  /** Larger than a named limit. */
  | 'too_large'
  /** A graph that does not end: nodes in a circle, a tree that leads back into itself. */
  | 'cyclic'
  /** Weights that lie in other files. */
  | 'external_data';

export interface ModelRefusal {
  readonly refused: ModelProblem;
  /** The node it is about, by name, or by operator and place: `Conv #3`. */
  readonly node?: string;
  /** In words. */
  readonly detail: string;
  /** The engine that would take it; null where none would. */
  readonly takenBy: 'onnxruntime-web' | null;
}

/** From bytes to a model, at once and without any other file. */
export type OpenModel = (bytes: Uint8Array) => OpenedModel | ModelRefusal;
