/** A score as a sum of parts whose contributions are known each by itself: contributions of a sum are the sums of contributions. */
import type { Forest, Split } from './forest.ts';

/** A column of the row, or a function of one alone: scaled, imputed, cut off. */
export interface ColumnPart {
  readonly kind: 'column';
  readonly column: number;
  readonly value: (x: number) => number;
  /** Functions that a value goes through; one unless told. */
  readonly cost?: number;
}

/** The sum over a forest's trees of what their leaves weigh for one target. */
export interface TreesPart {
  readonly kind: 'trees';
  readonly splits: readonly Split[];
  readonly roots: Forest['roots'];
  /** By leaf. */
  readonly leaves: Float64Array;
  /** What the forest's columns are of the row's. */
  readonly columns: readonly ColumnPart[];
}

/** Anything else: a network, a product of columns. It can only be asked for its value. */
export interface OpaquePart {
  readonly kind: 'opaque';
  /** The same for parts that one calculation gives. */
  readonly value: (row: Float32Array) => number;
  /** What a value costs, as engines count it; some thousand unless told. */
  readonly steps?: number;
}

export interface Term {
  readonly weight: number;
  readonly part: ColumnPart | TreesPart | OpaquePart;
}

export interface Sum {
  readonly constant: number;
  readonly terms: readonly Term[];
}

/** What the number before the last steps is measured in. `score`: there are no such steps. */
export type Space = 'score' | 'log_odds' | 'log' | 'raw';

/** A score that rises and falls with a sum: contributions are exact in the sum, and become points of the score by their share. */
export interface Additive {
  readonly sum: Sum;
  /** From the sum to the score. */
  readonly link: (raw: number) => number;
  readonly space: Space;
}
