/** Trees as a model file lists them, whichever operator wrote them; `flatten` makes of them what is walked. */

/** Comparisons of a node, by opset 5's numbers; `MEMBER` asks whether the value is in the node's set. */
export const [LEQ, LT, GTE, GT, EQ, NEQ, MEMBER] = [0, 1, 2, 3, 4, 5, 6] as const;

/** One comparison: where it leads is another split's place, or, below zero, a leaf: `~place`. */
export interface Split {
  readonly feature: number;
  readonly mode: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  /** Whether NaN counts as yes, whatever the comparison says. */
  readonly missingIsYes: boolean;
  /** Of `MEMBER`. */
  readonly members?: readonly number[];
}

/** What a leaf adds to the scores. */
export interface Weight {
  readonly target: number;
  readonly weight: number;
}

export interface Forest {
  readonly splits: readonly Split[];
  readonly leaves: readonly (readonly Weight[])[];
  /** One place per tree, as in `Split.yes`. */
  readonly roots: readonly number[];
}
