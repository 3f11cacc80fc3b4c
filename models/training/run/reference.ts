/** What inputs and scores looked like at training, as histograms: what drift is measured against. */
import type { Histogram, ModelInput, ModelReference } from '../../../decisioning/scoring/manifest.ts';
import { histogramBin, histogramSources } from '../../../decisioning/scoring/reference.ts';
import type { Rows } from '../rows.ts';
import { edgesOf } from '../trees/bins.ts';

/** Bins of equal share: deciles, as drift is usually judged by. */
const BINS = 10;
/** Digits of shares: far finer than any drift. */
const DIGITS = 6;

/**
 * @param scores of the rows, by the file that is shipped
 * @param missing names of the inputs without a value, row by row
 */
export function referenceOf(
  inputs: readonly ModelInput[],
  rows: Rows,
  scores: Float64Array,
  missing: readonly (readonly string[])[],
): ModelReference {
  const entries = histogramSources(inputs).map(({ name, input, value }) => {
    const known = Float64Array.from(
      missing.flatMap((names, i) => (names.includes(input) ? [] : [value(rows.values, i * rows.width)])),
    );
    const { encoding } = inputs.find((one) => one.name === input)!;
    // Values by place keep a bin each, and one for all others, though none of those was seen.
    const edges =
      encoding.kind === 'one_hot' ? Float64Array.from(encoding.values, (_, i) => i + 0.5) : edgesOf(known, BINS);
    return [name, { ...sharesBetween(edges, known), missing: rounded(1 - known.length / missing.length) }] as const;
  });
  return { score: sharesBetween(edgesOf(scores, BINS), scores), inputs: Object.fromEntries(entries) };
}

function sharesBetween(edges: Float64Array, values: Float64Array): Histogram {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const bin = histogramBin({ edges: [...edges] }, value);
    counts[bin] = counts[bin]! + 1;
  }
  return { edges: [...edges], shares: counts.map((count) => rounded(values.length === 0 ? 0 : count / values.length)) };
}

function rounded(share: number): number {
  return Number(share.toFixed(DIGITS));
}
