/**
 * How far a host's score of a golden customer may be from the one that training wrote down, whatever the engine: of probabilities, and of values as a share
 * of them. Both engines round at 32 bits, in another order of sums; behind an exponential, as lifetime value has it, what is rounded of the
 * logarithm counts in full (3.4e-6 between the engines).
 */
export const GOLDEN_TOLERANCE = { probability: 1e-6, value: 5e-6 } as const;

/** Absolute below 1, relative above. */
export const differenceOf = (found: number, told: number): number =>
  Math.abs(found - told) / Math.max(1, Math.abs(told));
