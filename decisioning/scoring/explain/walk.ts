/** Trees in double precision, one comparison at a time. */
import { EQ, GT, GTE, LEQ, LT, NEQ, type Split } from './forest.ts';
import type { TreesPart } from './parts.ts';

/** Whether a value takes a node's first way. NaN differs from everything, and otherwise goes where the node sends what is missing. */
export function goesYes({ mode, value, missingIsYes, members }: Split, x: number): boolean {
  if (Number.isNaN(x)) return missingIsYes || mode === NEQ;
  switch (mode) {
    case LEQ:
      return x <= value;
    case LT:
      return x < value;
    case GTE:
      return x >= value;
    case GT:
      return x > value;
    case EQ:
      return x === value;
    case NEQ:
      return x !== value;
    default:
      return members?.includes(x) ?? false;
  }
}

/** The forest's columns of a row, of 32 bits as the evaluator has them. */
export function columnsFor({ columns }: Pick<TreesPart, 'columns'>, row: ArrayLike<number>): Float64Array {
  return Float64Array.from(columns, ({ column, value }) => Math.fround(value(row[column]!)));
}

/** What the trees give for their columns. */
export function sumOfTrees({ splits, roots, leaves }: TreesPart, columns: Float64Array): number {
  let sum = 0;
  for (const root of roots) {
    let at = root;
    while (at >= 0) {
      const split = splits[at]!;
      at = goesYes(split, columns[split.feature]!) ? split.yes : split.no;
    }
    sum += leaves[~at]!;
  }
  return sum;
}
