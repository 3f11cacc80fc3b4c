/** Histograms of gradients, and the best split that they show. */
import type { Binned } from './bins.ts';

/** What a loss asks of a row: first and second derivative at the prediction so far. */
export interface Slopes {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export interface SplitRules {
  /** Added to the second derivatives: draws leaves towards 0. */
  readonly l2: number;
  /** Smallest sum of second derivatives of a side (rows, for squared loss). */
  readonly minWeight: number;
  /** Smallest gain worth a split. */
  readonly minGain: number;
}

export interface Split {
  readonly column: number;
  /** Rows of bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

/** Bins of a histogram lie this far apart: gradient and hessian side by side. */
const PAIR = 2;
const STRIDE = 256 * PAIR;
/** Sums that were subtracted from one another are this near to nothing where nothing is left. */
const NOTHING = 1e-9;

/** Sums per bin, of the columns that are looked at. */
export type Histogram = Float64Array;

export function emptyHistogram(width: number): Histogram {
  return new Float64Array(width * STRIDE);
}

/** Fills the histogram's columns from rows; `gathered` is scratch of twice the rows' length. */
export function fillHistogram(
  target: Histogram,
  { bins }: Binned,
  columns: ArrayLike<number>,
  rows: Int32Array,
  { gradient, hessian }: Slopes,
  gathered: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    gathered[PAIR * i] = gradient[row]!;
    gathered[PAIR * i + 1] = hessian[row]!;
  }
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c]!;
    const own = bins[column]!;
    const from = column * STRIDE;
    target.fill(0, from, from + STRIDE);
    for (let i = 0; i < rows.length; i++) {
      const at = from + PAIR * own[rows[i]!]!;
      target[at] = target[at]! + gathered[PAIR * i]!;
      target[at + 1] = target[at + 1]! + gathered[PAIR * i + 1]!;
    }
  }
}

/** What is left of a node when one child is taken away: the other child, without looking at its rows. */
export function subtractHistogram(whole: Histogram, part: Histogram): void {
  for (let at = 0; at < whole.length; at++) whole[at] = whole[at]! - part[at]!;
}

/** The split with the largest gain, the first of equals; undefined where none gains enough. */
export function bestSplit(
  histogram: Histogram,
  binned: Binned,
  columns: ArrayLike<number>,
  total: { readonly gradient: number; readonly hessian: number },
  rules: SplitRules,
): Split | undefined {
  let best: Split | undefined;
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c]!;
    const found = bestOfColumn(histogram, column, binned.missing[column]!, total, rules, best?.gain ?? rules.minGain);
    if (found) best = found;
  }
  return best;
}

function bestOfColumn(
  histogram: Histogram,
  column: number,
  missingBin: number,
  total: { readonly gradient: number; readonly hessian: number },
  { l2, minWeight }: SplitRules,
  atLeast: number,
): Split | undefined {
  const from = column * STRIDE;
  const missing = { g: histogram[from + PAIR * missingBin]!, h: histogram[from + PAIR * missingBin + 1]! };
  const { gradient: G, hessian: H } = total;
  const before = (G * G) / (H + l2);
  const least = Math.max(minWeight, NOTHING);
  let best: Split | undefined;
  let most = atLeast;
  let [g, h] = [0, 0];
  // Without missing values both directions are the same: then they go with the larger side, found below.
  const directions = missing.h > NOTHING ? 2 : 1;
  for (let bin = 0; bin < missingBin - 1; bin++) {
    g += histogram[from + PAIR * bin]!;
    h += histogram[from + PAIR * bin + 1]!;
    for (let direction = 0; direction < directions; direction++) {
      const [gl, hl] = direction === 1 ? [g + missing.g, h + missing.h] : [g, h];
      const [gr, hr] = [G - gl, H - hl];
      if (hl < least || hr < least) continue;
      const gain = (gl * gl) / (hl + l2) + (gr * gr) / (hr + l2) - before;
      if (!(gain > most)) continue;
      most = gain;
      best = { column, bin, missingLeft: directions === 2 ? direction === 1 : hl > hr, gain };
    }
  }
  return best;
}
