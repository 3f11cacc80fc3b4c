/** Walks a forest for a row and gathers what its leaves weigh. */
import type { Call } from '../call.ts';
import { refuse } from '../refuse.ts';
import type { Numbers } from '../tensor.ts';
import { flatten } from './flatten.ts';
import type { Forest } from './forest.ts';

/** In the order of opset 5's numbers. */
export const AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Scores of the row that begins at `from` in `x`, written from `to` on in `y`. */
export type Score = (x: Float32Array, from: number, y: Numbers, to: number) => void;

/** Sums are rounded to single precision after every tree, in the trees' order. @throws Refused */
export function scoresOf(
  call: Call,
  forest: Forest,
  aggregate: Aggregate,
  rows: number,
  width: number,
  targets: number,
): Score {
  for (const leaf of forest.leaves) {
    for (const { target } of leaf)
      if (!(target >= 0 && target < targets)) refuse('malformed', `a leaf weighs ${target} of ${targets}`);
  }
  const flat = flatten(forest, width);
  call.spend(flat.depth * rows);
  const copy = call.makeFloats([flat.readsCopy ? 2 * width : 0])[1] as Float32Array;
  const gather =
    targets === 1 && (aggregate === 'SUM' || aggregate === 'AVERAGE')
      ? sumOf(forest, flat, aggregate === 'SUM' ? 1 : flat.roots.length)
      : gatherOf(call, forest, flat, aggregate, targets);
  if (!flat.readsCopy) return gather;
  return (x, from, y, to) => {
    for (let i = 0; i < width; i++) {
      const value = x[from + i]!;
      copy[i] = value;
      copy[width + i] = Number.isNaN(value) ? -Infinity : value;
    }
    gather(copy, 0, y, to);
  };
}

type Flat = ReturnType<typeof flatten>;

/** One score: the common case, and the fast one. */
function sumOf({ leaves }: Forest, { words, thresholds, roots }: Flat, divisor: number): Score {
  const weights = Float32Array.from(leaves, (leaf) => leaf.reduce((sum, { weight }) => sum + weight, 0));
  return (x, from, y, to) => {
    let sum = 0;
    for (let tree = 0; tree < roots.length; tree++) {
      let at = roots[tree]!;
      while (at >= 0) at = words[x[from + words[at + 1]!]! <= thresholds[at]! ? at + 2 : at + 3]!;
      sum = Math.fround(sum + weights[~at]!);
    }
    y[to] = sum / divisor;
  };
}

function gatherOf(
  call: Call,
  { leaves }: Forest,
  { words, thresholds, roots }: Flat,
  aggregate: Aggregate,
  targets: number,
): Score {
  const starts = new Int32Array(leaves.length + 1);
  leaves.forEach((leaf, i) => {
    starts[i + 1] = starts[i]! + leaf.length;
  });
  const all = leaves.flat();
  const ids = Int32Array.from(all, ({ target }) => target);
  const weights = Float32Array.from(all, ({ weight }) => weight);
  const seen = call.makeFloats([targets])[1];
  const [sums, sign] = [aggregate === 'SUM' || aggregate === 'AVERAGE', aggregate === 'MIN' ? -1 : 1];
  const divisor = aggregate === 'AVERAGE' ? roots.length : 1;
  return (x, from, y, to) => {
    y.fill(0, to, to + targets);
    seen.fill(0);
    for (let tree = 0; tree < roots.length; tree++) {
      let at = roots[tree]!;
      while (at >= 0) at = words[x[from + words[at + 1]!]! <= thresholds[at]! ? at + 2 : at + 3]!;
      for (let i = starts[~at]!; i < starts[~at + 1]!; i++) {
        const id = ids[i]!;
        const weight = weights[i]!;
        if (sums) y[to + id] = y[to + id]! + weight;
        else if (!seen[id] || sign * weight > sign * y[to + id]!) y[to + id] = weight;
        seen[id] = 1;
      }
    }
    if (divisor > 1) for (let i = to; i < to + targets; i++) y[i] = y[i]! / divisor;
  };
}
