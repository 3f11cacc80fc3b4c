/** The operators of the subset, by set and name. */
import type { Operator } from '../call.ts';
import { BOOL } from '../tensor.ts';
import { cast, clip, div, each, eachFloat, equal, fold, pair, pow, where } from './arithmetic.ts';
import { imputer, labelEncoder, normalizer, oneHotEncoder, scaler } from './encode.ts';
import { gemm, matMul } from './linear.ts';
import { linearClassifier, linearRegressor } from './linear-models.ts';
import { logistic } from './post-transform.ts';
import { argMax, reduce, softmax } from './reduce.ts';
import {
  arrayFeatureExtractor,
  concat,
  constant,
  flatten,
  gather,
  identity,
  reshape,
  shape,
  slice,
  squeeze,
  transpose,
  unsqueeze,
} from './shape.ts';
import { treeEnsemble, treeEnsembleClassifier, treeEnsembleRegressor } from './trees.ts';

const add = (x: number, y: number): number => x + y;
const least = (x: number, y: number): number => (x < y || Number.isNaN(x) ? x : y);
const most = (x: number, y: number): number => (x > y || Number.isNaN(x) ? x : y);

const CORE: Readonly<Record<string, Operator>> = {
  Abs: each(Math.abs),
  Add: pair(add),
  And: pair((x, y) => x & y),
  ArgMax: argMax(1),
  ArgMin: argMax(-1),
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  Div: div,
  Equal: equal,
  Exp: eachFloat(Math.exp),
  Flatten: flatten,
  Floor: eachFloat(Math.floor),
  Gather: gather,
  Gemm: gemm,
  Greater: pair((x, y) => (x > y ? 1 : 0), BOOL),
  GreaterOrEqual: pair((x, y) => (x >= y ? 1 : 0), BOOL),
  Identity: identity,
  IsNaN: each((x) => (Number.isNaN(x) ? 1 : 0), BOOL),
  Less: pair((x, y) => (x < y ? 1 : 0), BOOL),
  LessOrEqual: pair((x, y) => (x <= y ? 1 : 0), BOOL),
  Log: eachFloat(Math.log),
  MatMul: matMul,
  Max: fold(most),
  Mean: fold(add, true),
  Min: fold(least),
  Mul: pair((x, y) => x * y),
  Neg: each((x) => -x),
  Not: each((x) => (x ? 0 : 1)),
  Or: pair((x, y) => x | y),
  Pow: pow,
  Reciprocal: eachFloat((x) => 1 / x),
  ReduceMax: reduce(Math.max, -Infinity),
  ReduceMean: reduce(add, 0, true),
  ReduceMin: reduce(Math.min, Infinity),
  ReduceSum: reduce(add, 0),
  Relu: each((x) => Math.max(x, 0)),
  Reshape: reshape,
  Shape: shape,
  Sigmoid: eachFloat(logistic),
  Slice: slice,
  Softmax: softmax,
  Sqrt: eachFloat(Math.sqrt),
  Squeeze: squeeze,
  Sub: pair((x, y) => x - y),
  Sum: fold(add),
  Tanh: eachFloat(Math.tanh),
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Where: where,
};

const ML: Readonly<Record<string, Operator>> = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Imputer: imputer,
  LabelEncoder: labelEncoder,
  LinearClassifier: linearClassifier,
  LinearRegressor: linearRegressor,
  Normalizer: normalizer,
  OneHotEncoder: oneHotEncoder,
  Scaler: scaler,
  TreeEnsemble: treeEnsemble,
  TreeEnsembleClassifier: treeEnsembleClassifier,
  TreeEnsembleRegressor: treeEnsembleRegressor,
};

/** By domain. */
export const OPERATORS: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  '': CORE,
  'ai.onnx': CORE,
  'ai.onnx.ml': ML,
};
