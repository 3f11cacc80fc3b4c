/** The operators of the subset: ONNX's own and those of ai.onnx.ml. */
import type { Operator } from '../call.ts';
import { BOOL } from '../tensor.ts';
import { cast, clip, div, each, fold, imputer, relu, scaler } from './each.ts';
import { gemm, linearClassifier, linearRegressor } from './linear.ts';
import { argMax, logistic, normalizer, softmax } from './lines.ts';
import { arrayFeatureExtractor, concat, gather, identity, labelEncoder, oneHotEncoder, reshape } from './move.ts';
import { treeEnsemble, treeEnsembleClassifier, treeEnsembleRegressor } from './trees.ts';

const add = (x: number, y: number): number => x + y;

/** By name; no two sets share one. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries<Operator>({
    Add: each(add),
    ArgMax: argMax,
    ArrayFeatureExtractor: arrayFeatureExtractor,
    Cast: cast,
    Clip: clip,
    Concat: concat,
    Div: div,
    Exp: each(Math.exp),
    Gather: gather,
    Gemm: gemm,
    Identity: identity,
    Imputer: imputer,
    LabelEncoder: labelEncoder,
    Less: each((x, y) => +(x < y), BOOL),
    LinearClassifier: linearClassifier,
    LinearRegressor: linearRegressor,
    Log: each(Math.log),
    MatMul: gemm,
    Max: fold(Math.max),
    Mean: fold(add, true),
    Min: fold(Math.min),
    Mul: each((x, y) => x * y),
    Neg: each((x) => -x),
    Normalizer: normalizer,
    OneHotEncoder: oneHotEncoder,
    Pow: each((x, y) => x ** y),
    Relu: relu,
    Reshape: reshape,
    Scaler: scaler,
    Sigmoid: each(logistic),
    Softmax: softmax,
    Sqrt: each(Math.sqrt),
    Sub: each((x, y) => x - y),
    Sum: fold(add),
    Tanh: each(Math.tanh),
    TreeEnsemble: treeEnsemble,
    TreeEnsembleClassifier: treeEnsembleClassifier,
    TreeEnsembleRegressor: treeEnsembleRegressor,
    Where: each((test, x, y) => (test ? x : y)),
    ZipMap: identity,
  }),
);
