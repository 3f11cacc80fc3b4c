/** What inputs and scores looked like at training, as histograms: what drift is measured against. */
import type { Histogram, ModelInput, ModelReference } from '../../../decisioning/scoring/manifest.ts';
import { columnNames, inputWidth } from '../../../decisioning/scoring/vector.ts';
import type { Rows } from '../rows.ts';
import { edgesOf } from '../trees/bins.ts';

/** Bins of equal share: deciles, as drift is usually judged by. */
const BINS = 10;
/** Digits of shares: far finer than any drift. */
const DIGITS = 6;

/**
 * Histograms of the encoded row, as receipts keep it. Of a number, its column; of a boolean or an ordinal the same; of one-hot values the
 * place of the value that the row has, from 0, and their number where it has none of them; of a text one histogram a measure, by the
 * column's name. A number at an edge is below it.
 *
 * @param missing share of the rows without a value, by input name
 */
export function referenceOf(
  inputs: readonly ModelInput[],
  rows: Rows,
  scores: Float64Array,
  missing: ReadonlyMap<string, number>,
): ModelReference {
  const names = columnNames(inputs);
  const entries: [string, Histogram & { missing: number }][] = [];
  let from = 0;
  for (const input of inputs) {
    const width = inputWidth(input);
    const share = rounded(missing.get(input.name) ?? 0);
    if (input.encoding.kind === 'one_hot') {
      entries.push([input.name, { ...placeHistogram(rows, from, width), missing: share }]);
    } else {
      for (let column = from; column < from + width; column++) {
        const name = width === 1 && input.encoding.kind !== 'text' ? input.name : names[column]!;
        entries.push([name, { ...histogramOf(columnOf(rows, column)), missing: share }]);
      }
    }
    from += width;
  }
  return { score: histogramOf(scores), inputs: Object.fromEntries(entries) };
}

function columnOf({ values, width }: Rows, column: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, i) => values[i * width + column]!);
}

/** Deciles of what is there; as few bins as there are values. */
function histogramOf(values: Float64Array): Histogram {
  const known = values.filter((value) => !Number.isNaN(value));
  return sharesBetween(edgesOf(known, BINS), known);
}

function placeHistogram({ values, width }: Rows, from: number, columns: number): Histogram {
  const places = Float64Array.from({ length: values.length / width }, (_, i) => {
    const hot = values.subarray(i * width + from, i * width + from + columns).indexOf(1);
    return hot < 0 ? columns : hot;
  });
  return sharesBetween(
    Float64Array.from({ length: columns }, (_, i) => i + 0.5),
    places,
  );
}

function sharesBetween(edges: Float64Array, values: Float64Array): Histogram {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const bin = edges.findIndex((edge) => value <= edge);
    const at = bin < 0 ? edges.length : bin;
    counts[at] = counts[at]! + 1;
  }
  return {
    edges: [...edges],
    shares: counts.map((count) => rounded(values.length === 0 ? 0 : count / values.length)),
  };
}

function rounded(share: number): number {
  return Number(share.toFixed(DIGITS));
}
