/** How many rows an explanation can pay for: a model may be asked for tens of thousands of values. */
import { leastPairs, opaqueRuns, PAIRS_PER_ROW } from './opaque.ts';
import type { Sum } from './parts.ts';

/** Steps of one explanation: some half a second of multiplications, and an eighth of what a request may take. */
export const MAX_EXPLANATION_STEPS = 536_870_912;
/** Rows of the background below which a mean says nothing of all customers. */
export const LEAST_COMPARED_ROWS = 4;

/** What a node of a tree, or a function of a column, costs beside a multiplication. */
const VISIT_STEPS = 16;
/** What a run costs beside its steps, and all of it where the engine does not tell. */
const RUN_STEPS = 1_000;

export interface Affordable {
  /** Evenly among all: backgrounds are in the order of their scores. */
  readonly others: readonly Float32Array[];
  /** Pairs of orders against each of them, where shares are estimated. */
  readonly pairs: number;
}

/**
 * All rows where the steps allow it; else fewer pairs of orders, and fewer rows. Undefined where they are too few for an explanation.
 *
 * @param count of players
 */
export function affordable(
  sum: Sum,
  all: readonly Float32Array[],
  { count, steps = MAX_EXPLANATION_STEPS }: { readonly count: number; readonly steps?: number | undefined },
): Affordable | undefined {
  const most = leastPairs(all.length);
  if (all.length * stepsPerRow(sum, count, most) <= steps) return { others: all, pairs: most };
  const rows = Math.min(all.length, Math.floor(steps / stepsPerRow(sum, count, PAIRS_PER_ROW)));
  if (rows < LEAST_COMPARED_ROWS) return undefined;
  const others = Array.from({ length: rows }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / rows)]!);
  return { others, pairs: PAIRS_PER_ROW };
}

function stepsPerRow({ terms }: Sum, count: number, pairs: number): number {
  let steps = 0;
  for (const { part } of terms) {
    if (part.kind === 'opaque') steps += opaqueRuns(count, pairs) * (RUN_STEPS + (part.steps ?? 0));
    else steps += VISIT_STEPS * (part.kind === 'trees' ? part.splits.length : (part.cost ?? 1));
  }
  return steps;
}
