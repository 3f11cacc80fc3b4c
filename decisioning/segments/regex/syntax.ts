import type { CharSet } from './charset.ts';

/** A parsed pattern. Groups leave no trace: nothing is captured, only the verdict counts. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly unit: number }
  | { readonly kind: 'set'; readonly set: CharSet; readonly negated: boolean }
  | { readonly kind: 'assert'; readonly at: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number };

/** A place without width: start or end of the text (no m flag), at or away from a word boundary. */
export type Assertion = 'start' | 'end' | 'boundary' | 'not_boundary';

/** Why a pattern is refused. */
export type RegexProblem =
  | 'too_long'
  | 'too_deep'
  | 'too_large'
  | 'repeat_too_large'
  | 'backreference'
  | 'lookaround'
  | 'unsupported_escape'
  | 'unsupported_group'
  | 'unmatched_parenthesis'
  | 'unmatched_bracket'
  | 'nothing_to_repeat'
  | 'range_out_of_order'
  | 'trailing_backslash';

/** Thrown inside the parser only, and turned into a value at its border. */
export class RegexRefusal extends Error {
  readonly problem: RegexProblem;
  constructor(problem: RegexProblem) {
    super(problem);
    this.problem = problem;
  }
}
