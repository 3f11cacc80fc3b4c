import { armEffects } from '../linear/effects.ts';
import type { ParameterDesign } from './design.ts';

/**
 * The additive model's coefficients: the constant, then one per value of each parameter, in the order of the design. Every value has its
 * own, none is the reference: under a prior that treats them alike no value is shrunk more than another, and which one is written first
 * changes nothing. What all values of a parameter share is the constant's, whose prior is wide: their effects sum to nearly 0.
 */
export interface Coefficients {
  /** How many there are, the constant included. */
  readonly count: number;
  /** Per parameter, the place of its first value's coefficient. */
  readonly starts: readonly number[];
  /** Per arm, the places of its coefficients: the constant and one per parameter. */
  readonly rows: readonly (readonly number[])[];
}

/** @param armIds in any order, which is that of `rows`; an arm that the design does not know has the constant alone. */
export function coefficientsOf(design: ParameterDesign, armIds: readonly string[]): Coefficients {
  const starts: number[] = [];
  let start = 1;
  for (const { values } of design.parameters) {
    starts.push(start);
    start += values.length;
  }
  const { width, arms } = armEffects(design, armIds);
  return { count: width, starts, rows: arms };
}
