/** What became of one trial: how often each goal was reached, and for what value. */
import { saturated } from '../statistics.ts';

/** A goal within one trial. */
export interface GoalTally {
  /** Credited outcomes of the goal, at least 1. */
  readonly count: number;
  /** Σ of their value in the goal's own unit: minor units of the currency for money, otherwise as reported (milliseconds for `dwell`); may be negative. */
  readonly value: number;
}

/** Goals reached by one trial, by goal id; a goal that is missing was not reached. */
export type TrialTally = Readonly<Record<string, GoalTally>>;

/** The tally after one more outcome; values are held at ±(2^53 − 1), since all sums are of integers. */
export function tallied(tally: TrialTally, goal: string, value: number): TrialTally {
  const before = Object.hasOwn(tally, goal) ? tally[goal]! : { count: 0, value: 0 };
  return { ...tally, [goal]: { count: before.count + 1, value: saturated(before.value + value) } };
}
