/** Beliefs about rewards in two numbers each: what decisions choose by that may show some arms only. */
import type { RewardBelief } from './belief.ts';

/** Expected rewards as normals, every vector in the order of the allocation's arms. */
export interface RewardMoments {
  /** As in `RewardEvidence`. */
  readonly means: readonly number[];
  /** Standard deviation of what is believed of each mean, in its unit, above 0. */
  readonly spreads: readonly number[];
  /** As in `RewardEvidence`. */
  readonly deviation: number;
}

/** Quantiles that a spread is computed from: exact to a hundredth of itself. */
const POINTS = 128;
/** An arm that is known exactly is still told from another: a normal needs a width. */
const SMALLEST_SPREAD = 1e-9;

/** The standard deviation of a belief, in the reward's unit, above 0. */
export function spreadOf({ points }: RewardBelief): number {
  const values = points(POINTS);
  let sum = 0;
  let squares = 0;
  for (const value of values) sum += value;
  const mean = sum / POINTS;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.max(Math.sqrt(squares / POINTS), SMALLEST_SPREAD);
}
