/** The three operators of tree ensembles. Where the standard is silent, as onnxruntime does it: see "Operators and quirks" in docs/reference/models.md. */
import { type Call, labelType, type Made, type Operator } from '../call.ts';
import { refuse } from '../refuse.ts';
import { FLOAT, type Numbers, numbersOf } from '../tensor.ts';
import { forestByPlace } from '../trees/ensemble.ts';
import type { Forest } from '../trees/forest.ts';
import { forestOf } from '../trees/ids.ts';
import { AGGREGATES, type Aggregate, scoresOf } from '../trees/scores.ts';
import { POST_TRANSFORMS, type PostTransform, postTransformOf, probit, transform } from './post-transform.ts';

/** The input's rows, which are floats. */
function rowsOf(call: Call): { x: Float32Array; rows: number; width: number } {
  const { type, dims } = call.input();
  const x = numbersOf(call.input());
  if (type !== FLOAT || dims.length > 2 || dims.length === 0)
    refuse('unsupported', 'trees over anything but rows of floats');
  return { x: x as Float32Array, rows: dims.length === 2 ? dims[0]! : 1, width: dims.at(-1)! };
}

function regressor(call: Call, forest: Forest, aggregate: Aggregate, kind: PostTransform, targets: number): Made {
  const { x, rows, width } = rowsOf(call);
  const base = call.numbers('base_values');
  if (base.length > 0 && base.length !== targets)
    refuse('malformed', `${base.length} base values for ${targets} targets`);
  const score = scoresOf(call, forest, aggregate, rows, width, targets);
  const [tensor, y] = call.makeFloats([rows, targets]);
  const run = (): void => {
    for (let row = 0; row < rows; row++) {
      score(x, row * width, y, row * targets);
      const to = row * targets;
      for (let i = 0; i < base.length; i++) y[to + i] = y[to + i]! + base[i]!;
      if (targets > 1) transform(kind, y, to, targets);
      else if (kind === 'PROBIT') y[to] = probit(y[to]!);
    }
  };
  return { outputs: [tensor], run };
}

export const treeEnsembleRegressor: Operator = (call) => {
  const name = call.get('s', 'aggregate_function', 'SUM') as Aggregate;
  if (!AGGREGATES.includes(name)) refuse('unsupported', `aggregate_function ${name}`);
  return regressor(call, forestOf(call, 'target'), name, postTransformOf(call), call.int('n_targets', 1));
};

export const treeEnsemble: Operator = (call) => {
  const name =
    AGGREGATES[call.int('aggregate_function', 1)] ?? refuse('unsupported', 'an aggregate_function of another number');
  const kind =
    POST_TRANSFORMS[call.int('post_transform', 0)] ?? refuse('unsupported', 'a post_transform of another number');
  return regressor(call, forestByPlace(call), name, kind, call.int('n_targets', 1));
};

/** Labels and scores. */
export const treeEnsembleClassifier: Operator = (call) => {
  const { x, rows, width } = rowsOf(call);
  const [texts, ints] = [call.texts('classlabels_strings'), call.ints('classlabels_int64s')];
  const labels = texts.length > 0 ? texts : ints;
  const kind = postTransformOf(call);
  const base = call.numbers('base_values');
  const forest = forestOf(call, 'class');
  const classes = labels.length;
  const score = scoresOf(call, forest, 'SUM', rows, width, classes);
  const label = call.make(labelType(texts), [rows]);
  const finish = classes === 2 ? binary(forest, base, kind) : manyClasses(classes, base, kind);
  const out = Math.max(classes, 1);
  const [tensor, y] = call.makeFloats([rows, out]);
  return {
    outputs: [label, tensor],
    run: () => {
      for (let row = 0; row < rows; row++) {
        score(x, row * width, y, row * out);
        label.data[row] = labels[finish(y, row * out)]!;
      }
    },
  };
};

/** Turns a row's sums into its scores; returns the place of its label. */
type Finish = (y: Numbers, at: number) => number;

function manyClasses(classes: number, base: ArrayLike<number>, kind: PostTransform): Finish {
  if (base.length > 0 && base.length !== classes)
    refuse('malformed', `${base.length} base values for ${classes} classes`);
  return (y, at) => {
    for (let i = 0; i < base.length; i++) y[at + i] = y[at + i]! + base[i]!;
    let best = 0;
    for (let i = 1; i < classes; i++) if (y[at + i]! > y[at + best]!) best = i;
    transform(kind, y, at, classes);
    return best;
  };
}

/** Two classes: leaves may weigh both, or one for the other's opposite. */
function binary({ leaves }: Forest, base: ArrayLike<number>, kind: PostTransform): Finish {
  const weights = leaves.flat();
  const ids = new Set(weights.map(({ target }) => target));
  if (ids.size !== 1) return manyClasses(2, base, kind);
  const only = [...ids][0]!;
  const isProbability = weights.every(({ weight }) => weight >= 0);
  return (y, at) => {
    const sum = y[at + only]! + (base[base.length - 1] ?? 0);
    y[at + 1] = sum;
    if (kind === 'LOGISTIC' && isProbability === false) transform(kind, y, at + 1, 1);
    y[at] = 1 - y[at + 1]!;
    return sum > (isProbability ? 0.5 : 0) ? 1 : 0;
  };
}
