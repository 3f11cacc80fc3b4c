/**
 * Moments of a linear model, as integers: Z = Σ z·zᵀ over an arm's trials and b = Σ z·y, from which a ridge regression of the reward y on
 * the customer's features z follows. They are additive, so shards and hours merge exactly in any order.
 */
import { type RewardSpec, rewardName, rewardUnits } from '../rewards/reward.ts';

/** Fixed-point scale of features, and of conversions: y travels as 1,000 or 0. Other rewards travel in their own units. */
export const MOMENT_SCALE = 1_000;

/**
 * The name of an arm's moments among its named sums: those under another declaration of features or of the reward are never mixed in.
 *
 * @param key of the features.
 */
export function momentsName(key: string, reward?: RewardSpec): string {
  const name = reward && rewardName(reward);
  return name === undefined ? `linear:${key}` : `linear:${key}:${name.replace(/^reward:/, '')}`;
}

/** Whether named sums are moments, of whatever declaration. */
export function areMoments(name: string): boolean {
  return name.startsWith('linear:');
}

/** Integers that a reward of 1 is in moments. */
export function momentUnits(spec: RewardSpec | undefined): number {
  return spec === undefined || spec.kind === 'binary' ? MOMENT_SCALE : rewardUnits(spec);
}

/** Elements of the vector for features of length d, the constant included: d(d + 1)/2 of Z, d of b, and Σ y². */
export function momentsLength(d: number): number {
  return (d * (d + 1)) / 2 + d + 1;
}

/** The change by one trial without a reward: z·zᵀ, upper triangle row by row, then zeros. @param z integers, the constant first (1,000). */
export function trialMoments(z: readonly number[]): number[] {
  const d = z.length;
  const sums = new Array<number>(momentsLength(d));
  let at = 0;
  for (let row = 0; row < d; row++) {
    const value = z[row]!;
    for (let column = row; column < d; column++) sums[at++] = value * z[column]!;
  }
  for (let i = 0; i <= d; i++) sums[at++] = 0;
  return sums;
}

/** The change when the reward of a trial with features z goes from `before` to `after`, both as {@link momentReward}. */
export function rewardMoments(z: readonly number[], before: number, after: number): number[] {
  const d = z.length;
  const change = after - before;
  const products = (d * (d + 1)) / 2;
  const sums = new Array<number>(momentsLength(d));
  for (let i = 0; i < products; i++) sums[i] = 0;
  for (let row = 0; row < d; row++) sums[products + row] = z[row]! * change;
  sums[products + d] = after * after - before * before;
  return sums;
}

/**
 * A reward as moments count it, in {@link momentUnits}: at most 10,000 above or below 0, so that neither y² nor z·y passes what z² may.
 *
 * @param integer the reward as `rewardInteger` gives it.
 * @throws RangeError for `revenue`: its integers are logarithms, of which no mean is one of money; publishing refuses it.
 */
export function momentReward(spec: RewardSpec | undefined, integer: number): number {
  const kind = spec?.kind ?? 'binary';
  if (kind === 'revenue') throw new RangeError('momentReward: revenue is no reward of a linear policy');
  return kind === 'binary' ? integer * MOMENT_SCALE : integer;
}
