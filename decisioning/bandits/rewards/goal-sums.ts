/** Sums of one goal over trials: how many reached it, and the first two moments of its value. */
import type { GoalTally } from './tally.ts';

/** Names the sums of a goal that is reported beside the optimised one. */
export function goalName(goal: string): string {
  return `goal:${goal}`;
}

/** Squares travel in two parts, v² = high · 2^24 + low, since one order of 10,000.00 squared is 10^12 and nine thousand of them pass 2^53. */
const SQUARE_BASE = 16_777_216;
/** 2^38. Values beyond it count as it in the squares alone: every part then stays below 2^53. */
const MAX_SQUARED = 274_877_906_944;

/**
 * What a trial adds to `goal:<id>`: 1, its value, and the square of its value in two parts (high, then low).
 *
 * @param tally undefined for a trial that did not reach the goal: all zeros
 */
export function goalSums(
  tally: GoalTally | undefined,
): readonly [reached: number, value: number, high: number, low: number] {
  if (!tally) return [0, 0, 0, 0];
  const bounded = BigInt(Math.round(Math.min(Math.abs(tally.value), MAX_SQUARED)));
  const square = bounded * bounded;
  const base = BigInt(SQUARE_BASE);
  return [1, tally.value, Number(square / base), Number(square % base)];
}

/** The change of the sums when a trial's tally of the goal goes from `before` to `after`; undefined when nothing changes. */
export function goalChange(before: GoalTally | undefined, after: GoalTally | undefined): readonly number[] | undefined {
  const [was, is] = [goalSums(before), goalSums(after)];
  const change = is.map((value, i) => value - was[i]!);
  return change.some((value) => value !== 0) ? change : undefined;
}

/** What `goal:<id>` says: trials that reached the goal, Σ value and Σ value², in the goal's own unit. */
export interface GoalFigures {
  readonly reached: number;
  readonly value: number;
  readonly squares: number;
}

/** Reads `goal:<id>`; nothing reached where there is none. */
export function goalFigures(sums: readonly number[] | undefined): GoalFigures {
  const [reached = 0, value = 0, high = 0, low = 0] = sums ?? [];
  return { reached, value, squares: high * SQUARE_BASE + low };
}
