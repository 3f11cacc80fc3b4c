/** Operators whose results are sums of parts when their inputs are. All others are opaque. */
import { apply, clip, combine, constant, constantOf, logistic, product, type Value } from './algebra.ts';
import type { NodeAttributes } from './attributes.ts';
import type { Space } from './parts.ts';
import { treeClassifier, treeRegressor } from './tree-nodes.ts';

/** A node with its inputs as values, one row of each: undefined where an input is left out or is text. */
export interface NodeView {
  readonly op: string;
  readonly attributes: NodeAttributes;
  readonly inputs: readonly (readonly Value[] | undefined)[];
}

/** Values of each output; undefined for the node, or for one output, where it is no sum of parts. */
export type Reader = (node: NodeView) => readonly (readonly Value[] | undefined)[] | undefined;

/** One output of as many values, each worked out by itself; undefined as soon as one is. */
function all(values: readonly (Value | undefined)[]): readonly (readonly Value[])[] | undefined {
  return values.every((value) => value !== undefined) ? [values] : undefined;
}

const same: Reader = ({ inputs: [values] }) => values && [values];

const each =
  (of: (x: number) => number, space: Space = 'raw'): Reader =>
  ({ inputs: [values] }) =>
    values && [values.map((value) => apply(value, of, space))];

/** Two lists of the same length, or one that is a single value for all of the other. */
const pair =
  (of: (one: Value, other: Value) => Value | undefined): Reader =>
  ({ inputs: [one, other] }) => {
    if (!one || !other || (one.length !== other.length && one.length !== 1 && other.length !== 1)) return undefined;
    const count = Math.max(one.length, other.length);
    const at = (list: readonly Value[], i: number) => list[list.length === 1 ? 0 : i]!;
    return all(Array.from({ length: count }, (_, i) => of(at(one, i), at(other, i))));
  };

const divide = (one: Value, other: Value): Value | undefined => {
  const divisor = constantOf(other);
  return divisor === undefined ? undefined : combine([one], [1 / divisor]);
};

/** Sums of as many lists as there are. */
const total =
  (isMean: boolean): Reader =>
  ({ inputs }) => {
    const lists = inputs.filter((values) => values !== undefined);
    const first = lists[0];
    if (!first || lists.length < inputs.length || lists.some(({ length }) => length !== first.length)) return undefined;
    const weights = lists.map(() => (isMean ? 1 / lists.length : 1));
    return all(
      first.map((_, i) =>
        combine(
          lists.map((values) => values[i]!),
          weights,
        ),
      ),
    );
  };

const cast: Reader = (node) => {
  const to = node.attributes.int('to', 0);
  return to === 1 || to === 11 ? same(node) : undefined;
};

/** Rows have two dims: the last is that of columns. */
const isLast = (axis: number): boolean => axis === 1 || axis === -1;

const concat: Reader = ({ attributes, inputs }) => {
  if (!isLast(attributes.int('axis', 0))) return undefined;
  const lists = inputs.filter((values) => values !== undefined);
  return lists.length === inputs.length ? [lists.flat()] : undefined;
};

/** Columns by their places. */
const pick = ({ inputs: [values, places] }: NodeView): ReturnType<Reader> => {
  if (!values || !places) return undefined;
  return all(
    places.map((place) => {
      const at = constantOf(place);
      return at === undefined ? undefined : values.at(at);
    }),
  );
};

const gather: Reader = (node) => {
  return isLast(node.attributes.int('axis', 0)) ? pick(node) : undefined;
};

const bounded: Reader = ({ attributes, inputs: [values, low, high] }) => {
  const [min, max] = [low?.[0] && constantOf(low[0]), high?.[0] && constantOf(high[0])];
  if (!values || (low && min === undefined) || (high && max === undefined)) return undefined;
  const [from, to] = [
    min ?? attributes.float('min', Number.NEGATIVE_INFINITY),
    max ?? attributes.float('max', Number.POSITIVE_INFINITY),
  ];
  return [values.map((value) => clip(value, (x) => Math.min(Math.max(x, from), to)))];
};

/** The numbers of values that no row changes. */
function constantsOf(values: readonly Value[]): readonly number[] | undefined {
  const numbers = values.map(constantOf);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** α A B + β C, with one row of A and constant B. */
function rowTimes(
  values: readonly Value[],
  weight: (k: number, n: number) => number,
  columns: number,
  shift: (n: number) => Value,
): ReturnType<Reader> {
  return all(
    Array.from({ length: columns }, (_, n) =>
      combine([...values, shift(n)], [...values.map((__, k) => weight(k, n)), 1]),
    ),
  );
}

const gemm: Reader = ({ attributes, inputs: [values, matrix, shifts] }) => {
  const weights = matrix && constantsOf(matrix);
  if (!values || !weights || attributes.int('transA', 0) !== 0) return undefined;
  const isTurned = attributes.int('transB', 0) !== 0;
  const columns = weights.length / values.length;
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
  const shiftOf = (n: number) => shifts?.[shifts.length === 1 ? 0 : n];
  return rowTimes(
    values,
    (k, n) => alpha * weights[isTurned ? n * values.length + k : k * columns + n]!,
    columns,
    (n) => {
      const shift = shiftOf(n);
      return (shift && combine([shift], [beta])) ?? constant(0);
    },
  );
};

const matMul: Reader = ({ inputs: [values, matrix] }) => {
  const weights = matrix && constantsOf(matrix);
  if (!values || !weights) return undefined;
  const columns = weights.length / values.length;
  return rowTimes(
    values,
    (k, n) => weights[k * columns + n]!,
    columns,
    () => constant(0),
  );
};

const scaler: Reader = ({ attributes, inputs: [values] }) => {
  const [offset, scale] = [attributes.numbers('offset'), attributes.numbers('scale')];
  const at = (list: readonly number[], i: number) => list[list.length === 1 ? 0 : i]!;
  return values && all(values.map((value, i) => combine([value], [at(scale, i)], -at(offset, i) * at(scale, i))));
};

const imputer: Reader = ({ attributes, inputs: [values] }) => {
  const known = attributes.numbers('imputed_value_floats');
  const missing = attributes.float('replaced_value_float', 0);
  if (!values || known.length === 0) return undefined;
  return [
    values.map((value, i) => {
      const filled = known[known.length === 1 ? 0 : i]!;
      return apply(value, (x) => (x === missing || Object.is(x, missing) ? filled : x), 'raw');
    }),
  ];
};

/** Scores of ai.onnx.ml's linear models, before what is done to them at the end. */
function linearScores({ attributes, inputs: [values] }: NodeView, count: number): readonly Value[] | undefined {
  const coefficients = attributes.numbers('coefficients');
  const intercepts = attributes.numbers('intercepts');
  const scores =
    values &&
    rowTimes(
      values,
      (k, n) => coefficients[n * values.length + k]!,
      count,
      (n) => constant(intercepts[n] ?? 0),
    );
  return scores?.[0];
}

const linearRegressor: Reader = (node) => {
  if (node.attributes.text('post_transform', 'NONE') !== 'NONE') return undefined;
  const scores = linearScores(node, node.attributes.int('targets', 1));
  return scores && [scores];
};

const linearClassifier: Reader = (node) => {
  const count = Math.max(1, node.attributes.numbers('intercepts').length);
  const kind = node.attributes.text('post_transform', 'NONE');
  const scores = linearScores(node, count);
  if (!scores || (kind !== 'NONE' && kind !== 'LOGISTIC')) return undefined;
  if (count > 1)
    return [undefined, kind === 'NONE' ? scores : scores.map((score) => apply(score, logistic, 'log_odds'))];
  if (kind === 'NONE') return undefined;
  const yes = apply(scores[0]!, logistic, 'log_odds');
  const no = combine([yes], [-1], 1);
  return no && [undefined, [no, yes]];
};

export const READERS: Readonly<Record<string, Reader>> = {
  Abs: each(Math.abs),
  Add: pair((one, other) => combine([one, other], [1, 1])),
  ArrayFeatureExtractor: pick,
  Cast: cast,
  Clip: bounded,
  Concat: concat,
  Div: pair(divide),
  Exp: each(Math.exp, 'log'),
  Flatten: same,
  Gather: gather,
  Gemm: gemm,
  Identity: same,
  Imputer: imputer,
  LinearClassifier: linearClassifier,
  LinearRegressor: linearRegressor,
  Log: each(Math.log),
  MatMul: matMul,
  Mean: total(true),
  Mul: pair(product),
  Neg: ({ inputs: [values] }) => values && all(values.map((value) => combine([value], [-1]))),
  Relu: each((x) => Math.max(x, 0)),
  Reshape: same,
  Scaler: scaler,
  Sigmoid: each(logistic, 'log_odds'),
  Sqrt: each(Math.sqrt),
  Squeeze: same,
  Sub: pair((one, other) => combine([one, other], [1, -1])),
  Sum: total(false),
  Tanh: each(Math.tanh),
  TreeEnsemble: treeRegressor,
  TreeEnsembleClassifier: treeClassifier,
  TreeEnsembleRegressor: treeRegressor,
  Unsqueeze: same,
  ZipMap: same,
};
