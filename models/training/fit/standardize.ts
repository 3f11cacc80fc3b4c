/** Columns on one scale, and missing values as their mean: what models that multiply need. */
import type { GraphBuilder } from '../onnx/builder.ts';
import { type Rows, rowCount } from '../rows.ts';

export interface ColumnScale {
  readonly means: Float64Array;
  /** Standard deviations; 1 for a column that never changes. */
  readonly deviations: Float64Array;
  /** Some training row had a missing value. */
  readonly knowsMissing: boolean;
}

export function columnScale(rows: Rows): ColumnScale {
  const { values, width } = rows;
  const count = rowCount(rows);
  const means = new Float64Array(width);
  const deviations = new Float64Array(width).fill(1);
  let knowsMissing = false;
  for (let column = 0; column < width; column++) {
    let [present, sum] = [0, 0];
    for (let at = column; at < values.length; at += width) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      present += 1;
      sum += value;
    }
    if (present < count) knowsMissing = true;
    const mean = present === 0 ? 0 : Math.fround(sum / present);
    let squares = 0;
    for (let at = column; at < values.length; at += width) {
      const value = values[at]!;
      if (!Number.isNaN(value)) squares += (value - mean) ** 2;
    }
    means[column] = mean;
    // Of a column that is constant but for rounding, the scale would be noise.
    const deviation = Math.sqrt(squares / Math.max(1, present));
    if (deviation > Number.EPSILON * Math.abs(mean)) deviations[column] = deviation;
  }
  return { means, deviations, knowsMissing };
}

/** The rows on their scale; missing values stand at the mean, that is 0. */
export function standardized({ values, width }: Rows, { means, deviations }: ColumnScale): Float64Array {
  const scaled = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const column = at % width;
    const value = values[at]!;
    scaled[at] = Number.isNaN(value) ? 0 : (value - means[column]!) / deviations[column]!;
  }
  return scaled;
}

/** Reads a row with its missing values at the means. */
export function present(row: ArrayLike<number>, at: number, column: number, { means }: ColumnScale): number {
  const value = row[at]!;
  return Number.isNaN(value) ? means[column]! : value;
}

/** The rows with their missing values at the means, as a node; the rows themselves where none were missing. */
export function addImputer(graph: GraphBuilder, rows: string, { means, knowsMissing }: ColumnScale): string {
  if (!knowsMissing) return rows;
  const attributes = { imputed_value_floats: { floats: means }, replaced_value_float: { float: Number.NaN } };
  return graph.node('Imputer', [rows], attributes, 'ai.onnx.ml');
}
