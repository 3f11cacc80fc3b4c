/** Sums of one goal over trials: how many reached it of how many, and the first two moments of its value. */
import type { SumsByName } from '../named-sums.ts';
import type { RewardSpec } from './reward.ts';
import type { GoalTally } from './tally.ts';

/** Names the sums of a goal that is reported beside the optimised one. */
export function goalName(goal: string): string {
  return `goal:${goal}`;
}

/** Goals that a campaign counts, its own not left out: those of its reward first, then those it declares to be reported. */
export function countedGoals({
  reward,
  secondaryGoals = [],
}: {
  readonly reward?: RewardSpec;
  readonly secondaryGoals?: readonly string[];
}): readonly string[] {
  const weighed = reward?.kind === 'composite' ? Object.keys(reward.weights) : [];
  return [...new Set([...weighed, ...secondaryGoals])];
}

/** Squares travel in two parts, v² = high · 2^24 + low, since one order of 10,000.00 squared is 10^12 and nine thousand of them pass 2^53. */
const SQUARE_BASE = 16_777_216;
/** 2^38. Values beyond it count as it in the squares alone: every part then stays below 2^53. */
const MAX_SQUARED = 274_877_906_944;
/** 2^51. High parts below it are exact: one value that counts as 2^38 brings 2^52, and sums are held at 2^53 − 1. */
const MAX_EXACT_HIGH = 2_251_799_813_685_248;
/** Elements of `goal:<id>`. */
const LENGTH = 5;

/** What a trial adds to `goal:<id>` of a goal that is counted for it, before any is reached. */
export const trialOfGoal: readonly number[] = [0, 0, 0, 0, 1];

/**
 * What reaching a goal adds to `goal:<id>`: 1, its value, the square of its value in two parts (high, then low), and 0 trials, since those are counted
 * when they begin ({@link trialOfGoal}).
 *
 * @param tally undefined for a trial that did not reach the goal: all zeros
 */
export function goalSums(
  tally: GoalTally | undefined,
): readonly [reached: number, value: number, high: number, low: number, trials: number] {
  if (!tally) return [0, 0, 0, 0, 0];
  const bounded = BigInt(Math.round(Math.min(Math.abs(tally.value), MAX_SQUARED)));
  const square = bounded * bounded;
  const base = BigInt(SQUARE_BASE);
  return [1, tally.value, Number(square / base), Number(square % base), 0];
}

/** The change of the sums when a trial's tally of the goal goes from `before` to `after`; undefined when nothing changes. */
export function goalChange(before: GoalTally | undefined, after: GoalTally | undefined): readonly number[] | undefined {
  const [was, is] = [goalSums(before), goalSums(after)];
  const change = is.map((value, i) => value - was[i]!);
  return change.some((value) => value !== 0) ? change : undefined;
}

/** What `goal:<id>` says: trials that were counted with the goal, how many reached it, Σ value and Σ value², in the goal's own unit. */
export interface GoalFigures {
  readonly trials: number;
  readonly reached: number;
  readonly value: number;
  /** Null where values are so large that their squares are not known exactly. */
  readonly squares: number | null;
}

/** Reads `goal:<id>`; nothing counted where there is none. A list of another length is of an older kind, whose trials nobody counted. */
export function goalFigures(sums: SumsByName | undefined, goal: string): GoalFigures {
  const name = goalName(goal);
  const found = [name, `${name}#${LENGTH}`].map((each) => (sums && Object.hasOwn(sums, each) ? sums[each] : undefined));
  const [reached = 0, value = 0, high = 0, low = 0, trials = 0] = found.find((each) => each?.length === LENGTH) ?? [];
  const isExact = high < MAX_EXACT_HIGH && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return { trials: Math.max(trials, reached), reached, value, squares: isExact ? high * SQUARE_BASE + low : null };
}
