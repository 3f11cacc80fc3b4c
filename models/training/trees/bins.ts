/** Columns cut into bins: trees look for splits between bins instead of between values. */
import { type Rows, rowCount } from '../rows.ts';

/** Bins of a column, the one of missing values included: a byte each. */
const MAX_BINS = 256;
/** What is asked for unless told. */
const BINS = 255;

export interface Binned {
  readonly count: number;
  readonly width: number;
  /** Column by column: the bin of each row. */
  readonly bins: readonly Uint8Array[];
  /** Per column: bin b holds what is above `edges[b − 1]` and at most `edges[b]`; the last bin has no edge. Numbers of 32 bits. */
  readonly edges: readonly Float64Array[];
  /** Per column: the bin of missing values, after the others. */
  readonly missing: readonly number[];
}

/** @param maxBins 2 to 255; values of a column with fewer are told apart exactly */
export function binRows(rows: Rows, maxBins: number = BINS): Binned {
  const { values, width } = rows;
  const count = rowCount(rows);
  const columns = Array.from({ length: width }, (_, column) => {
    const own = new Float64Array(count);
    for (let i = 0; i < count; i++) own[i] = values[i * width + column]!;
    const edges = edgesOf(own, Math.min(maxBins, MAX_BINS - 1));
    return { edges, bins: Uint8Array.from(own, (value) => binOf(edges, value)) };
  });
  return {
    count,
    width,
    bins: columns.map(({ bins }) => bins),
    edges: columns.map(({ edges }) => edges),
    missing: columns.map(({ edges }) => edges.length + 1),
  };
}

function binOf(edges: Float64Array, value: number): number {
  if (Number.isNaN(value)) return edges.length + 1;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Edges midway between neighbours: all of them, or those nearest to equal shares of the rows. */
export function edgesOf(values: Float64Array, maxBins: number): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const starts: number[] = [];
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) starts.push(i);
  const chosen = starts.length < maxBins ? starts : spread(starts, sorted.length, maxBins);
  return Float64Array.from(chosen, (start) => between(sorted[start - 1]!, sorted[start]!));
}

/** Of the places where a new value starts, those that cut the rows into about equal shares. */
function spread(starts: readonly number[], count: number, maxBins: number): number[] {
  const chosen: number[] = [];
  let from = 0;
  for (const [i, start] of starts.entries()) {
    const wanted = from + (count - from) / (maxBins - chosen.length);
    const next = starts[i + 1] ?? count;
    if (chosen.length < maxBins - 1 && (start >= wanted || wanted - start < next - wanted)) {
      chosen.push(start);
      from = start;
    }
  }
  return chosen;
}

/** A number of 32 bits that is at least the lower and below the upper. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper && middle >= lower ? middle : lower;
}
