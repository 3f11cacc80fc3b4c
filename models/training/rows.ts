/** Rows of numbers, as trainers take them. */

/** Row by row; NaN is a missing value. All values are numbers of 32 bits, as serving has them. */
export interface Rows {
  readonly values: Float64Array;
  /** Columns of a row. */
  readonly width: number;
}

export function rowCount({ values, width }: Rows): number {
  return values.length / width;
}

/** @throws RangeError if rows, answers and weights are not of the same number, or there are none. */
export function checkRows(rows: Rows, answers: ArrayLike<number>, weights?: ArrayLike<number>): void {
  const count = rowCount(rows);
  if (count === 0) throw new RangeError('no rows to train on');
  if (answers.length !== count) throw new RangeError(`${count} rows, but ${answers.length} answers`);
  if (weights && weights.length !== count) throw new RangeError(`${count} rows, but ${weights.length} weights`);
}

/** The named rows, in the given order. */
export function takeRows({ values, width }: Rows, indices: ArrayLike<number>): Rows {
  const taken = new Float64Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * width;
    taken.set(values.subarray(from, from + width), i * width);
  }
  return { values: taken, width };
}

export function takeValues(values: Float64Array, indices: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: indices.length }, (_, i) => values[indices[i]!]!);
}
