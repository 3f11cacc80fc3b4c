/**
 * Reports of many customers within moments, under crashes and a bad network: objects of one isolate carry what others have left with them, and die with
 * it, or hand over what never reached the disk if they may. Statistics must come out as a perfect observer has them.
 */
import { Dice, hashText } from './dice.ts';
import type { Operation, OperationKind, Plan } from './operations.ts';
import { type Result, run } from './run.ts';
import type { WeatherName } from './weather.ts';

const WEIGHTS: Partial<Record<OperationKind, number>> = { optimize: 45, exposure: 45, goal: 8, repeat_feedback: 2 };
const SKIES: readonly WeatherName[] = ['calm', 'breeze', 'gale'];
/** Within a crowd: several reports before the call that carries them goes out. */
const APART_MS = 12;
/** Between crowds: alarms ring, and objects that died are there again. */
const PAUSE_MS = 60_000;
/** A pause comes now and then. */
const PAUSES = 0.02;

/** A history of crowds. All objects are of one isolate: their clocks agree. */
export function crowdPlan(seed: number, length: number): Plan {
  const dice = new Dice(hashText('crowd', seed));
  const operations = Array.from(
    { length },
    (): Operation => ({
      kind: dice.weighed(WEIGHTS as Record<OperationKind, number>),
      seed: dice.below(2 ** 31),
      thenMs: dice.below(dice.chance(PAUSES) ? PAUSE_MS : APART_MS),
      weather: SKIES[dice.below(SKIES.length)]!,
    }),
  );
  return { seed, operations, skewed: false };
}

/** Plays it; the result's log tells how many bundles there were. */
export function runCrowd(seed: number, length: number): Promise<Result> {
  return run(crowdPlan(seed, length), { log: true });
}
