/** Rows that stand for all customers, chosen from those that a model was trained on. */
import { MAX_BACKGROUND_ROWS } from '../limits.ts';
import type { ModelManifest } from '../manifest.ts';

/** Digits that matter of a number of 32 bits. */
const DIGITS = 9;

/**
 * The rows at evenly spaced places of the scores, so that few of them have the mean and the spread of all.
 *
 * @param rows of `width` numbers each, NaN for missing
 * @param scores one a row, finite
 * @param count at most {@link MAX_BACKGROUND_ROWS}
 */
export function backgroundOf(
  rows: Float32Array | Float64Array,
  width: number,
  scores: ArrayLike<number>,
  count = MAX_BACKGROUND_ROWS,
): NonNullable<ModelManifest['background']> {
  const order = Array.from(scores, (_, i) => i).sort((i, j) => scores[i]! - scores[j]! || i - j);
  const taken = Math.min(count, order.length, MAX_BACKGROUND_ROWS);
  return Array.from({ length: taken }, (_, i) => {
    const row = order[Math.floor(((i + 0.5) * order.length) / taken)]!;
    return Array.from(rows.subarray(row * width, (row + 1) * width), (value) =>
      Number.isNaN(value) ? null : Number(Math.fround(value).toPrecision(DIGITS)),
    );
  });
}

/** The rows as models take them. */
export function backgroundRows({ background = [] }: ModelManifest): readonly Float32Array[] {
  return background.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));
}
