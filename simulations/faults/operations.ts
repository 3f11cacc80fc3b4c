/** What happens in a simulated history: operations as data, so that a history can be cut down and told again. */
import { Dice, hashText } from './dice.ts';
import type { WeatherName } from './weather.ts';

/** Drawn with these weights. */
const WEIGHTS = {
  optimize: 34,
  exposure: 26,
  goal: 10,
  dispatch: 3,
  event: 6,
  repeat_request: 5,
  repeat_feedback: 5,
  link: 2,
  erase: 1,
  publish: 3,
  switches: 3,
  crash_object: 5,
  evict_object: 3,
  crash_isolate: 1,
  jump_clock: 1,
  part_down: 2,
  busy_past: 2,
  old_peers: 1,
} as const;
export type OperationKind = keyof typeof WEIGHTS;

export interface Operation {
  readonly kind: OperationKind;
  /** Everything else about it is drawn from this, and from what there is when it happens. */
  readonly seed: number;
  /** How long after it the next one follows, ms. */
  readonly thenMs: number;
  /** From it on. */
  readonly weather: WeatherName;
}

/** A history before it happens. */
export interface Plan {
  readonly seed: number;
  readonly operations: readonly Operation[];
  /** Clocks of hosts differ. */
  readonly skewed: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Most operations follow so soon that they run at the same time. */
function pauseMs(dice: Dice): number {
  const longest = dice.weighed({ 40: 50, 4000: 30, [5 * MINUTE_MS]: 14, [6 * HOUR_MS]: 5, [48 * HOUR_MS]: 1 });
  return dice.below(Number(longest));
}

const WEATHER_WEIGHTS = { calm: 40, breeze: 35, gale: 18, storm: 7 } as const;

/** The history of a seed. */
export function planOf(seed: number, length: number): Plan {
  const dice = new Dice(hashText('plan', seed));
  const operations = Array.from(
    { length },
    (): Operation => ({
      kind: dice.weighed(WEIGHTS),
      seed: dice.below(2 ** 31),
      thenMs: pauseMs(dice),
      weather: dice.weighed(WEATHER_WEIGHTS),
    }),
  );
  return { seed, operations, skewed: dice.chance(0.5) };
}
