/** Why a score is what it is: what each input added to what a typical customer has. */
import type { SeenValue } from './decode.ts';
import type { Space } from './parts.ts';

/** What one input, or one measure of a text, added. */
export interface Contribution {
  /** The input's name; of a measure `<input>:<measure>`. */
  readonly name: string;
  /** The input it belongs to. */
  readonly input: string;
  /** As the model saw it; null where it was missing. */
  readonly value: SeenValue;
  /** In the space of `raw`. */
  readonly contribution: number;
  /** Of the score: the contribution's part of score − typical. */
  readonly points: number;
  /** Standard error of the contribution, where it is estimated. */
  readonly error?: number;
}

export interface Explanation {
  readonly output: string;
  readonly score: number;
  /** The score at the baseline: that of a typical customer, whom the background stands for. */
  readonly typical: number;
  /** What `raw`, `baseline` and contributions are measured in. */
  readonly space: Space;
  readonly raw: number;
  readonly baseline: number;
  /** Estimates come with their standard errors; the sum holds either way. */
  readonly method: 'exact' | 'estimated';
  /** In the order of the row; together raw − baseline. */
  readonly contributions: readonly Contribution[];
}

/** Why there is none. */
export type Unexplained =
  /** The manifest has no rows to compare with. */
  | 'no_background'
  /** The model has no such output. */
  | 'no_output'
  /** The model gives no number for the row. */
  | 'no_score'
  /** Comparing a few rows would take more than an explanation may. */
  | 'too_costly';
