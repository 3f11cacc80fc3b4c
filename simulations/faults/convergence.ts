/**
 * Learning over a bad network: every message of the way back is repeated, reordered or lost and sent again, and statistics must come out as
 * a perfect observer has them. No crashes, no money: many short histories of this one thing.
 */
import { Dice, hashText } from './dice.ts';
import type { Operation, OperationKind, Plan } from './operations.ts';
import { type Result, run } from './run.ts';
import type { Weather } from './weather.ts';

/** 30 % of calls arrive a second time, up to minutes later; a tenth of calls and of replies is lost; every fifth is overtaken. */
export const BAD_NETWORK: Weather = {
  lose: 0.1,
  repeat: 0.3,
  slow: 0.2,
  stray: 0.05,
  crash: 0,
  unwritten: 0,
  lateAlarm: 0.3,
  repeatAlarm: 0.3,
};

const WEIGHTS: Partial<Record<OperationKind, number>> = {
  optimize: 30,
  exposure: 40,
  goal: 30,
  event: 10,
  repeat_feedback: 20,
};
const MINUTE_MS = 60_000;

/** A short history of decisions and feedback. */
export function convergencePlan(seed: number, length: number): Plan {
  const dice = new Dice(hashText('convergence', seed));
  const operations = Array.from(
    { length },
    (): Operation => ({
      kind: dice.weighed(WEIGHTS as Record<OperationKind, number>),
      seed: dice.below(2 ** 31),
      thenMs: dice.below(dice.chance(0.8) ? 2_000 : 30 * MINUTE_MS),
      weather: 'calm',
    }),
  );
  return { seed, operations, skewed: dice.chance(0.5) };
}

/** Plays it; the result's violation names the first statistic that differs from the observer's. */
export function runConvergence(seed: number, length: number): Promise<Result> {
  return run(convergencePlan(seed, length), { weather: BAD_NETWORK });
}
