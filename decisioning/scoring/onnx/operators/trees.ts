/** The three operators of tree ensembles. Where the standard is silent, as onnxruntime does it: docs/reference/models.md. */
import type { Call, Made, Operator } from '../call.ts';
import { must, refuse } from '../refuse.ts';
import { FLOAT, type Numbers, type Tensor } from '../tensor.ts';
import { flatten } from '../trees/flatten.ts';
import { type Forest, forestById, forestByPlace } from '../trees/lists.ts';
import { LOGISTIC, logistic, POST_TRANSFORMS, PROBIT, transform, transformTargets } from './lines.ts';

/** Opset 5 numbers them from AVERAGE on; the first of these is what is meant where none is named. */
const AGGREGATES = ['SUM', 'AVERAGE', 'MIN', 'MAX'];
const [SUM, AVERAGE, MIN] = [0, 1, 2] as const;

interface Scores {
  /** Row by row. */
  readonly tensor: Tensor;
  readonly y: Numbers;
  /** For every number of `y` whether a leaf weighed it. */
  readonly seen: Numbers;
  readonly run: () => void;
}

/** What the leaves of each row weigh, together. Sums are rounded to single precision after every tree, in the trees' order. */
function scoresOf(call: Call, forest: Forest, aggregate: number, targets: number): Scores {
  const { type, dims } = call.input();
  const [rows = 0, width = 0] = dims;
  if (type !== FLOAT || dims.length !== 2) refuse('unsupported', 'trees over anything but rows of floats');
  const { words, thresholds, roots, readsCopy } = flatten(call, forest, width, rows);
  const starts = [0];
  const ids: number[] = [];
  const weights: number[] = [];
  const places = Math.max(forest.leaves.length, forest.features.length);
  for (let leaf = 0; leaf < places; leaf++) {
    const own = forest.leaves[leaf] ?? [];
    for (let i = 0; i < own.length; i += 2) {
      must(own[i]! >= 0 && own[i]! < targets, `a leaf weighs ${own[i]} of ${targets}`);
      ids.push(own[i]!);
      weights.push(own[i + 1]!);
    }
    starts.push(ids.length);
  }
  const leafEnds = Int32Array.from(starts);
  const [leafIds, leafWeights] = [Int32Array.from(ids), Float32Array.from(weights)];
  for (const at of [...words.filter((_, i) => i % 4 > 1), ...roots])
    must(at >= 0 || ~at < places, `leaf ${~at} does not exist`);
  const x = call.numbers();
  const [tensor, y] = call.make([rows, targets]);
  const [, seen] = call.make([rows, targets]);
  const [, copy] = call.make([readsCopy ? 2 * width : 0]);
  const divisor = aggregate === AVERAGE ? roots.length : 1;
  const run = (): void => {
    y.fill(0);
    seen.fill(0);
    for (let row = 0; row < rows; row++) {
      const to = row * targets;
      let [from, values] = [row * width, x];
      if (readsCopy) {
        for (let i = 0; i < width; i++) {
          const value = x[from + i]!;
          copy[i] = value;
          copy[width + i] = Number.isNaN(value) ? -Infinity : value;
        }
        [from, values] = [0, copy];
      }
      for (let tree = 0; tree < roots.length; tree++) {
        let at = roots[tree]!;
        while (at >= 0) at = words[values[from + words[at + 1]!]! <= thresholds[at]! ? at + 2 : at + 3]!;
        for (let i = leafEnds[~at]!; i < leafEnds[-at]!; i++) {
          const place = to + leafIds[i]!;
          const [old, weight] = [y[place]!, leafWeights[i]!];
          if (aggregate <= AVERAGE) y[place] = old + weight;
          else if (!seen[place] || (aggregate === MIN ? weight < old : weight > old)) y[place] = weight;
          seen[place] = 1;
        }
      }
    }
    if (divisor > 1) for (let i = 0; i < y.length; i++) y[i] = y[i]! / divisor;
  };
  return { tensor, y, seen, run };
}

/** A target that no leaf weighs is 0, whatever its base value, unless it is the only one. */
function regressor(call: Call, forest: Forest, aggregate: number, kind: number): Made {
  const targets = call.int('n_targets', 1);
  const base = call.floats('base_values');
  must(targets > 0 && (base.length === 0 || base.length === targets), 'base values of another number');
  const { tensor, y, seen, run } = scoresOf(call, forest, aggregate, targets);
  return {
    outputs: [tensor],
    run: () => {
      run();
      if (base.length > 0) {
        for (let i = 0; i < y.length; i++) if (seen[i] || targets < 2) y[i] = y[i]! + base[i % targets]!;
      }
      transformTargets(kind, y, targets);
    },
  };
}

export const treeEnsembleRegressor: Operator = (call) =>
  regressor(
    call,
    forestById(call, 'target'),
    call.word('aggregate_function', AGGREGATES),
    call.word('post_transform', POST_TRANSFORMS),
  );

export const treeEnsemble: Operator = (call) => {
  const [aggregate, kind] = [call.int('aggregate_function', 1), call.int('post_transform')];
  if (!AGGREGATES[aggregate] || !POST_TRANSFORMS[kind])
    refuse('unsupported', 'an aggregate or a transform of another number');
  return regressor(call, forestByPlace(call), aggregate < MIN ? 1 - aggregate : aggregate, kind);
};

/** Labels and scores. */
export const treeEnsembleClassifier: Operator = (call) => {
  const { type, labels } = call.labels('classlabels_int64s');
  const kind = call.word('post_transform', POST_TRANSFORMS);
  const base = call.floats('base_values');
  const forest = forestById(call, 'class');
  const classes = labels.length;
  must(
    classes > 1 && (base.length === 0 || base.length === classes || (base.length === 1 && classes === 2)),
    'classes or base values of another number',
  );
  if (classes === 2 && kind === PROBIT) refuse('unsupported', 'PROBIT of two classes');
  const { tensor, y, seen, run } = scoresOf(call, forest, SUM, classes);
  const [label] = call.make([tensor.dims[0]!], type);
  const finish = classes > 2 ? many : pairOf(forest);
  return {
    outputs: [label, tensor],
    run: () => {
      run();
      for (let row = 0; row < label.data.length; row++)
        label.data[row] = labels[finish(y, seen, row * classes, base, kind, classes)]!;
    },
  };
};

/** Turns a row's sums into its scores; returns the place of its label. */
type Finish = (y: Numbers, seen: Numbers, at: number, base: readonly number[], kind: number, classes: number) => number;

/** The best of the classes that some leaf or base value weighs. */
const many: Finish = (y, seen, at, base, kind, classes) => {
  let best = -1;
  for (let i = 0; i < classes; i++) {
    y[at + i] = y[at + i]! + (base[i] ?? 0);
    if ((seen[at + i] || base.length > 0) && !(best >= 0 && y[at + i]! <= y[at + best]!)) best = i;
  }
  transform(kind, y, at, classes);
  return Math.max(best, 0);
};

/** Two classes: leaves may weigh both, or one of them for the other's opposite. */
function pairOf({ leaves }: Forest): Finish {
  const weights = leaves.flat();
  const isOne = new Set(weights.filter((_, i) => i % 2 === 0)).size === 1;
  const isShare = isOne && weights.every((weight, i) => i % 2 === 0 || weight >= 0);
  return (y, seen, at, base, kind) => {
    const second = seen[at + 1];
    if (base.length === 2 && second) {
      y[at + 1] = y[at]! + base[1]!;
      y[at] = seen[at] ? -y[at + 1]! : 0;
    } else if (seen[at]) y[at] = y[at]! + (base[0] ?? 0);
    const score = second ? y[at + 1]! : y[at]!;
    if (second || base.length === 2) transform(kind, y, at, 2);
    else {
      y[at + 1] = kind === LOGISTIC ? logistic(score) : score;
      y[at] = kind === LOGISTIC ? logistic(-score) : isShare ? 1 - score : -score;
    }
    return score > (isShare ? 0.5 : 0) ? 1 : 0;
  };
}
