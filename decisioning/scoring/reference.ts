/** Which bin of the training's histograms an encoded row falls into: the same for the trainer that makes them and for what watches drift. */
import type { Histogram, ModelInput, ModelReference } from './manifest.ts';
import { columnNames, inputWidth } from './vector.ts';

/** One number of the row that a histogram is kept of. */
export interface HistogramSource {
  /** The input's name; of a text the column's, since each measure has a histogram of its own. */
  readonly name: string;
  /** Name of the input, as `missing` of an encoded row names it. */
  readonly input: string;
  /** Of one-hot values the place of the value that the row has, from 0, and their number where it has none; else the column's number. */
  readonly value: (row: ArrayLike<number>, offset?: number) => number;
}

/** What there are histograms of, in the order of the row. */
export function histogramSources(inputs: readonly ModelInput[]): readonly HistogramSource[] {
  const names = columnNames(inputs);
  const sources: HistogramSource[] = [];
  let from = 0;
  for (const input of inputs) {
    const [first, width] = [from, inputWidth(input)];
    if (input.encoding.kind === 'one_hot') {
      sources.push({
        name: input.name,
        input: input.name,
        value: (row, offset = 0) => {
          for (let place = 0; place < width; place++) if (row[offset + first + place] === 1) return place;
          return width;
        },
      });
    } else {
      for (let column = first; column < first + width; column++) {
        const name = input.encoding.kind === 'text' ? names[column]! : input.name;
        sources.push({ name, input: input.name, value: (row, offset = 0) => row[offset + column]! });
      }
    }
    from += width;
  }
  return sources;
}

/** The bin of a number; a number at an edge is below it. −1 for NaN. */
export function histogramBin({ edges }: Pick<Histogram, 'edges'>, value: number): number {
  if (Number.isNaN(value)) return -1;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The bins of a row, in the order of `reference.inputs`; −1 where the input had no value, or the manifest has no such input.
 *
 * @param missing names of the inputs without a value, as `encodeRow` gives them
 */
export function referenceBins(
  inputs: readonly ModelInput[],
  reference: ModelReference,
  row: ArrayLike<number>,
  missing: readonly string[],
): number[] {
  const sources = new Map(histogramSources(inputs).map((source) => [source.name, source]));
  return Object.entries(reference.inputs).map(([name, histogram]) => {
    const source = sources.get(name);
    if (!source || missing.includes(source.input)) return -1;
    return histogramBin(histogram, source.value(row));
  });
}
