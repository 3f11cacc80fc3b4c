/** Which rows are trained on and which are measured with. */
import { fnv1a32 } from '../../../decisioning/hash.ts';
import { randomFor, shuffle } from '../random.ts';

export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

function foldsOf(foldOf: ArrayLike<number>, count: number): Fold[] {
  const rows = Int32Array.from(foldOf, (_, i) => i);
  return Array.from({ length: count }, (_, fold) => ({
    train: rows.filter((i) => foldOf[i] !== fold),
    test: rows.filter((i) => foldOf[i] === fold),
  }));
}

/** Row i is in fold i mod `count`: what published reference figures can be compared with. */
export function rowFolds(rows: number, count: number): Fold[] {
  return foldsOf(
    Int32Array.from({ length: rows }, (_, i) => i % count),
    count,
  );
}

/** Folds of equal size in a random order. */
export function shuffledFolds(rows: number, count: number, seed: number): Fold[] {
  const foldOf = Int32Array.from({ length: rows }, (_, i) => i % count);
  return foldsOf(shuffle(foldOf, randomFor(seed, 'folds')), count);
}

/** Rows of the same group (a customer, a test) never part: they fall where the group's hash says. */
export function groupFolds(groups: readonly string[], count: number): Fold[] {
  return foldsOf(
    Int32Array.from(groups, (group) => fnv1a32(group) % count),
    count,
  );
}

/**
 * One split in time: what comes last is measured with. Rows of one moment stay together, among the earlier ones.
 *
 * @param moments one per row, in any unit that grows
 * @param share of the rows to measure with, (0, 1)
 */
export function timeSplit(moments: ArrayLike<number>, share: number): Fold {
  const rows = Int32Array.from(moments, (_, i) => i);
  const sorted = Float64Array.from(moments).sort();
  const turn = sorted[Math.min(sorted.length - 1, Math.floor((1 - share) * sorted.length))]!;
  return { train: rows.filter((i) => moments[i]! <= turn), test: rows.filter((i) => moments[i]! > turn) };
}
