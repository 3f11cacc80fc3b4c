/** A fitted linear model, as it is published with an allocation, and as decisions compute with it. */
import { packedLength } from './cholesky.ts';
import type { ArmEffects } from './effects.ts';

/**
 * Coefficients and factors of a campaign's linear model: plain JSON. The reward of arm a for a customer with features z (constant 1 first) is
 * believed to be normal with mean xᵀθ and variance proportional to xᵀA⁻¹x. Disjoint design: x = z, with θ and A of the arm itself. Shared
 * design: x = φ(arm) ⊗ z with one θ and A, effect by effect, d features each.
 */
export interface LinearModel {
  /** Of the features it was fitted on. */
  readonly key: string;
  /** Standard deviation of rewards around the model, in the reward's unit. */
  readonly noise: number;
  /** The average customer of all trials, as features are: thousandths, but not integers. */
  readonly average: readonly number[];
  /** θ: arm by arm in the order of `armIds`, or effect by effect. */
  readonly coefficients: readonly number[];
  /** Packed L⁻¹ of A = L·Lᵀ: one per arm one after the other, or one for all effects. */
  readonly factors: readonly number[];
  /** Present in the shared design. */
  readonly effects?: ArmEffects;
}

/** The same as typed arrays. */
export interface PreparedModel {
  readonly coefficients: Float64Array;
  readonly factors: Float64Array;
}

/** Numbers of one model: with more, an allocation would take more than half a megabyte on its way to every worker. */
export const MAX_LINEAR_NUMBERS = 32_768;

/** How many numbers a model has. @param d length of the features, the constant included. @param effects of the shared design. */
export function linearNumbers(d: number, arms: number, effects?: number): number {
  if (effects !== undefined) return effects * d + packedLength(effects * d);
  return arms * (d + packedLength(d));
}

/** Digits kept of a published number: rounding moves a prediction by less than 1e-10 of itself, and a model takes a quarter less room. */
const DIGITS = 12;

/** Numbers as they are published. */
export function published(numbers: Iterable<number>): number[] {
  return Array.from(numbers, (value) => Number(value.toPrecision(DIGITS)));
}

/** Parsed once per allocation: plain data, kept for as long as the allocation itself. */
const prepared = new WeakMap<LinearModel, PreparedModel>();

/** The model as typed arrays; undefined when it does not fit the arms or the features. @param d length of the customer's vector. */
export function prepare(model: LinearModel, arms: number, d: number): PreparedModel | undefined {
  const { effects } = model;
  const rows = effects ? effects.width * d : d;
  const copies = effects ? 1 : arms;
  const fits = model.coefficients.length === copies * rows && model.factors.length === copies * packedLength(rows);
  if (!fits || (effects && effects.arms.length !== arms)) return undefined;
  const known = prepared.get(model);
  if (known) return known;
  const made = {
    coefficients: Float64Array.from(model.coefficients),
    factors: Float64Array.from(model.factors),
  };
  prepared.set(model, made);
  return made;
}
