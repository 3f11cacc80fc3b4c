/** The operators of the subset, by set and name. */
import type { Operator } from '../call.ts';
import { BOOL } from '../tensor.ts';
import { cast, clip, div, each, eachFloat, fold, imputer, scaler } from './each.ts';
import { gemm, linearClassifier, linearRegressor, matMul } from './linear.ts';
import { argMax, logistic, normalizer, reduce, softmax } from './lines.ts';
import {
  arrayFeatureExtractor,
  concat,
  constant,
  flatten,
  gather,
  identity,
  labelEncoder,
  oneHotEncoder,
  reshape,
  squeeze,
  unsqueeze,
} from './move.ts';
import { treeEnsemble, treeEnsembleClassifier, treeEnsembleRegressor } from './trees.ts';

const add = (x: number, y: number): number => x + y;
const truth =
  (f: (x: number, y: number) => boolean): ((x: number, y: number) => number) =>
  (x, y) =>
    f(x, y) ? 1 : 0;

const CORE: Readonly<Record<string, Operator>> = {
  Abs: each(Math.abs),
  Add: each(add),
  And: each((x, y) => x & y),
  ArgMax: argMax,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  Div: div,
  Equal: each(
    truth((x, y) => x === y),
    BOOL,
  ),
  Exp: eachFloat(Math.exp),
  Flatten: flatten,
  Floor: eachFloat(Math.floor),
  Gather: gather,
  Gemm: gemm,
  Greater: each(
    truth((x, y) => x > y),
    BOOL,
  ),
  GreaterOrEqual: each(
    truth((x, y) => x >= y),
    BOOL,
  ),
  Identity: identity,
  IsNaN: each((x) => (Number.isNaN(x) ? 1 : 0), BOOL),
  Less: each(
    truth((x, y) => x < y),
    BOOL,
  ),
  LessOrEqual: each(
    truth((x, y) => x <= y),
    BOOL,
  ),
  Log: eachFloat(Math.log),
  MatMul: matMul,
  Max: fold(Math.max),
  Mean: fold(add, true),
  Min: fold(Math.min),
  Mul: each((x, y) => x * y),
  Neg: each((x) => -x),
  Not: each((x) => 1 - x),
  Or: each((x, y) => x | y),
  Pow: eachFloat((x, y) => (x === 1 ? 1 : x ** y)),
  Reciprocal: eachFloat((x) => 1 / x),
  ReduceMax: reduce(Math.max, -Infinity),
  ReduceMean: reduce(add, 0, true),
  ReduceMin: reduce(Math.min, Infinity),
  ReduceSum: reduce(add, 0),
  Relu: each((x) => Math.max(x, 0)),
  Reshape: reshape,
  Sigmoid: eachFloat(logistic),
  Softmax: softmax,
  Sqrt: eachFloat(Math.sqrt),
  Squeeze: squeeze,
  Sub: each((x, y) => x - y),
  Sum: fold(add),
  Tanh: eachFloat(Math.tanh),
  Unsqueeze: unsqueeze,
  Where: each((test, x, y) => (test ? x : y)),
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
export const OPERATORS: ReadonlyMap<string, Readonly<Record<string, Operator>>> = new Map([
  ['', CORE],
  ['ai.onnx', CORE],
  ['ai.onnx.ml', ML],
]);
