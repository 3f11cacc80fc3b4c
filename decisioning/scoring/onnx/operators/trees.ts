/** The three operators of tree ensembles. Where the standard is silent, as onnxruntime does it: docs/reference/models.md. */
import type { Call, Operator } from '../call.ts';
import { MAX_TREE_DEPTH } from '../limits.ts';
import { must, refuse } from '../refuse.ts';
import { FLOAT, INT64, type Numbers } from '../tensor.ts';
import { flatten } from '../trees/flatten.ts';
import { type Forest, forestById, forestByPlace } from '../trees/lists.ts';
import { LOGISTIC, logistic, POST_TRANSFORMS, postTransform, transform, transformTargets } from './lines.ts';

/** By opset 5's numbers. */
const AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const AVERAGE = 0;
const SUM = 1;
const MIN = 2;

interface Scores {
  readonly y: Numbers;
  /** For every number of `y` whether a leaf weighed it. */
  readonly seen: Numbers;
  /** Of all leaves: whom they weigh and how much, by turns. */
  readonly weights: Float32Array;
  readonly run: () => void;
}

/**
 * From the roots to the leaves. All trees take a step at a time, and no step is a branch: a processor that guesses ways through trees guesses
 * wrong every other time.
 */
function walk(at: Int32Array, words: Int32Array, thresholds: Float32Array, x: Numbers): void {
  for (let isLive = true; isLive; ) {
    isLive = false;
    for (let tree = 0; tree < at.length; tree++) {
      const place = at[tree]!;
      if (place < 0) continue;
      const column = words[place + 1]!;
      const value = x[column >> 1]!;
      at[tree] = words[place + 3 - (+(value <= thresholds[place]!) | (column & +Number.isNaN(value)))]!;
      isLive = true;
    }
  }
}

/** What the leaves of a row weigh, together. Sums are rounded to single precision after every tree, in the trees' order. */
function scoresOf(call: Call, forest: Forest, aggregate: number, targets: number): Scores {
  const { words, thresholds, roots } = flatten(forest, call.width());
  const { type, data: x } = call.input();
  if (type !== FLOAT) refuse('unsupported', 'type');
  const y = call.make([1, targets]);
  const seen = y.slice();
  const weights = Float32Array.from(forest.leaves.flat());
  must(
    weights.every((id, i) => i % 2 || (id >= 0 && id < targets)),
    'weights',
  );
  let end = 0;
  const ends = [end];
  let fattest = 0;
  for (const { length } of forest.leaves) {
    end += length;
    ends.push(end);
    fattest = Math.max(fattest, length);
  }
  // Any number of trees may come to the leaf that weighs most.
  call.spend((MAX_TREE_DEPTH + fattest) * roots.length, words.byteLength + weights.byteLength);
  const at = new Int32Array(roots.length);
  const run = (): void => {
    y.fill(0);
    seen.fill(0);
    at.set(roots);
    walk(at, words, thresholds, x);
    for (let tree = 0; tree < at.length; tree++) {
      const leaf = at[tree]!;
      for (let i = ends[~leaf]!; i < ends[-leaf]!; i += 2) {
        const id = weights[i]!;
        const weight = weights[i + 1]!;
        const old = y[id]!;
        if (aggregate < MIN) y[id] = old + weight;
        else if (!seen[id] || (aggregate > MIN ? weight > old : weight < old)) y[id] = weight;
        seen[id] = 1;
      }
    }
    if (aggregate === AVERAGE) for (let i = 0; i < targets; i++) y[i]! /= roots.length;
  };
  return { y, seen, weights, run };
}

/** A target that no leaf weighs is 0, whatever its base value, unless it is the only one. */
function regressor(call: Call, forest: Forest, aggregate: number, kind: number): () => void {
  const targets = call.int('n_targets', 1);
  const base = call.floats('base_values');
  must(base.length === 0 || base.length === targets, 'base_values');
  const { y, seen, run } = scoresOf(call, forest, aggregate, targets);
  return () => {
    run();
    base.forEach((value, i) => {
      if (seen[i] || targets < 2) y[i]! += value;
    });
    transformTargets(kind, y);
  };
}

export const treeEnsembleRegressor: Operator = (call) =>
  regressor(call, forestById(call, 'target'), call.word('aggregate_function', AGGREGATES, SUM), postTransform(call));

export const treeEnsemble: Operator = (call) => {
  const aggregate = call.int('aggregate_function', SUM);
  const kind = call.int('post_transform');
  if (!AGGREGATES[aggregate] || !POST_TRANSFORMS[kind]) refuse('unsupported', 'aggregate_function');
  return regressor(call, forestByPlace(call), aggregate, kind);
};

/** Labels and scores. */
export const treeEnsembleClassifier: Operator = (call) => {
  const labels = call.labels();
  const base = call.floats('base_values');
  const forest = forestById(call, 'class');
  const classes = labels.length;
  const isPair = classes === 2;
  must(classes > 1 && (base.length === 0 || base.length === classes || (base.length < 2 && isPair)), 'classes');
  const kind = postTransform(call, isPair);
  const label = call.make([1], INT64);
  const scores = scoresOf(call, forest, SUM, classes);
  const { y, run } = scores;
  const finish = isPair ? pairOf(scores, base, kind) : (): number => best(scores, base);
  return () => {
    run();
    label[0] = labels[finish()]!;
    if (!isPair) transform(kind, y);
  };
};

/** The best of the classes that some leaf or base value weighs. */
function best({ y, seen }: Scores, base: readonly number[]): number {
  let found = -1;
  for (let i = 0; i < y.length; i++) {
    y[i]! += base[i] ?? 0;
    if ((seen[i] || base.length > 0) && !(y[i]! <= y[found]!)) found = i;
  }
  return Math.max(found, 0);
}

/** Two classes: leaves may weigh both, or one of them for the other's opposite. Turns sums into scores and gives the label's place. */
function pairOf({ y, seen, weights }: Scores, base: readonly number[], kind: number): () => number {
  const isShare = weights.length > 0 && weights.every((x, i) => (i % 2 ? x >= 0 : x === weights[0]));
  return () => {
    const [first, second] = seen;
    if (base.length > 1 && second) {
      y[1] = y[0]! + base[1]!;
      y[0] = first ? -y[1]! : 0;
    } else if (first) y[0]! += base[0] ?? 0;
    const score = y[second ? 1 : 0]!;
    if (second || base.length > 1) transform(kind, y);
    else {
      y[1] = kind === LOGISTIC ? logistic(score) : score;
      y[0] = kind === LOGISTIC ? logistic(-score) : +isShare - score;
    }
    return +(score > +isShare / 2);
  };
}
