/** Intervals by drawing the rows anew (Efron's bootstrap, percentiles). */
import { quantileOf } from '../fit/losses.ts';
import { below, randomFor } from '../random.ts';
import type { Scored } from './metrics.ts';

/** Draws: enough for two digits of a 95 % interval. */
const DRAWS = 200;
const LEVELS = [0.025, 0.975] as const;

export interface Estimate {
  readonly value: number;
  /** 95 %, over which rows happened to be measured with; that of a model trained on other rows would be wider. */
  readonly interval: readonly [low: number, high: number];
}

/** A metric and its interval. The same seed draws the same rows for every metric. */
export function estimate(metric: (scored: Scored) => number, scored: Scored, seed: number, draws = DRAWS): Estimate {
  const count = scored.scores.length;
  const random = randomFor(seed, 'bootstrap');
  const drawn = { scores: new Float64Array(count), answers: new Float64Array(count) };
  const values = Float64Array.from({ length: draws }, () => {
    for (let i = 0; i < count; i++) {
      const row = below(random, count);
      drawn.scores[i] = scored.scores[row]!;
      drawn.answers[i] = scored.answers[row]!;
    }
    return metric(drawn);
  });
  return { value: metric(scored), interval: [quantileOf(values, LEVELS[0]), quantileOf(values, LEVELS[1])] };
}
