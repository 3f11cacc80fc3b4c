/** Tree ensembles as parts of a sum. */
import { apply, columnOf, combine, constant, logistic, spendTerms, term, type Value } from './algebra.ts';
import { type Forest, forestByIds, forestByPlace } from './forest.ts';
import type { NodeView, Reader } from './nodes.ts';
import type { ColumnPart, TreesPart } from './parts.ts';
import { sumOfTrees } from './walk.ts';

/** Stands where the forest never looks. */
const UNREAD: ColumnPart = { kind: 'column', column: 0, value: (x) => x };

/** Numbers that are as large as a term. */
const NUMBERS_PER_TERM = 8;

/** The forest's sum for one target; undefined where it reads anything but columns, or one value behind a function. */
function targetSum(forest: Forest, inputs: readonly Value[], target: number): Value | undefined {
  const leaves = Float64Array.from(forest.leaves, (weights) =>
    weights.reduce((sum, { target: of, weight }) => sum + (of === target ? weight : 0), 0),
  );
  // Beside the forest, which all targets share: their weights, and columns.
  spendTerms((forest.leaves.length + inputs.length) / NUMBERS_PER_TERM);
  const read = [...new Set(forest.splits.map(({ feature }) => feature))];
  const trees = (columns: readonly ColumnPart[]): TreesPart => ({ kind: 'trees', ...forest, leaves, columns });
  const known = read.map((feature) => columnOf(inputs[feature]!));
  if (known.every((column) => column !== undefined)) {
    const columns = inputs.map((_, i) => known[read.indexOf(i)] ?? UNREAD);
    return term(trees(columns));
  }
  // Steps over one number, as isotonic calibration is written.
  const [only] = read;
  if (read.length !== 1 || only === undefined) return undefined;
  const steps = trees(inputs.map(() => UNREAD));
  const columns = new Float64Array(inputs.length);
  const of = (x: number) => {
    columns[only] = Math.fround(x);
    return sumOfTrees(steps, columns);
  };
  return apply(inputs[only]!, of, 'raw');
}

/** Targets of a forest, with their base values; undefined where one of them is no sum. */
function targetSums(
  forest: Forest,
  { inputs: [values] }: NodeView,
  { count, base, divisor }: { count: number; base: ArrayLike<number>; divisor: number },
): readonly Value[] | undefined {
  if (!values) return undefined;
  const sums: Value[] = [];
  for (let target = 0; target < count; target++) {
    const sum = targetSum(forest, values, target);
    const scaled = sum && combine([sum, constant(base[target] ?? 0)], [1 / divisor, 1]);
    if (!scaled) return undefined;
    sums.push(scaled);
  }
  return sums;
}

/** How the trees are put together: the divisor of their sum; undefined where it is no sum. */
function divisorOf({ op, attributes }: NodeView, forest: Forest): number | undefined {
  if (op === 'TreeEnsemble') {
    const aggregate = attributes.int('aggregate_function', 1);
    return aggregate === 1 ? 1 : aggregate === 0 ? forest.roots.length : undefined;
  }
  const aggregate = attributes.text('aggregate_function', 'SUM');
  return aggregate === 'SUM' ? 1 : aggregate === 'AVERAGE' ? forest.roots.length : undefined;
}

export const treeRegressor: Reader = (node) => {
  const { op, attributes } = node;
  const isPlain =
    op === 'TreeEnsemble'
      ? attributes.int('post_transform', 0) === 0
      : attributes.text('post_transform', 'NONE') === 'NONE';
  const forest = op === 'TreeEnsemble' ? forestByPlace(attributes) : forestByIds(attributes, 'target');
  const divisor = divisorOf(node, forest);
  if (!isPlain || divisor === undefined) return undefined;
  const sums = targetSums(forest, node, {
    count: attributes.int('n_targets', 1),
    base: attributes.numbers('base_values'),
    divisor,
  });
  return sums && [sums];
};

export const treeClassifier: Reader = (node) => {
  const { attributes } = node;
  const labels = attributes.texts('classlabels_strings').length || attributes.ints('classlabels_int64s').length;
  const kind = attributes.text('post_transform', 'NONE');
  if (kind !== 'NONE' && kind !== 'LOGISTIC') return undefined;
  const forest = forestByIds(attributes, 'class');
  const base = attributes.numbers('base_values');
  const sums = targetSums(forest, node, { count: labels, base: labels > 2 ? base : [], divisor: 1 });
  const scores = sums && (labels === 2 ? pairOf(forest, sums, base, kind) : sums);
  return scores && [undefined, kind === 'NONE' ? scores : scores.map((score) => apply(score, logistic, 'log_odds'))];
};

/**
 * Two classes, before what is done to both of them at the end: leaves may weigh both, or one; undefined for what only the evaluator has the
 * patience for.
 */
function pairOf(
  { leaves }: Forest,
  sums: readonly Value[],
  base: readonly number[],
  kind: string,
): readonly Value[] | undefined {
  const weights = leaves.flat();
  const ids = new Set(weights.map(({ target }) => target));
  if (base.length > 1 || (ids.has(1) && ids.has(0) && base.length > 0)) return undefined;
  if (ids.has(1)) return sums;
  // The only class stands for its opposite; of shares the opposite is what is left of 1.
  const yes = combine([sums[0]!], [1], base[0] ?? 0);
  const isShare = kind === 'NONE' && weights.every(({ weight }) => weight >= 0);
  const no = yes && combine([yes], [-1], isShare ? 1 : 0);
  return yes && no && [no, yes];
}
