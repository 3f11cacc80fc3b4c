/** What a trial is worth to its campaign: the declared reward, and the integers that learning sums up of it. */
import { fnv1a32 } from '../../hash.ts';
import type { GoalTally, TrialTally } from './tally.ts';

/** What a campaign optimises. `binary` is whether its goal was reached at all, and needs no sums beside the statistics. */
export type RewardSpec =
  | { readonly kind: 'binary' }
  /** The goal's value per trial, in its own unit (minor units for money); what exceeds `maxMinor` counts as `maxMinor`. */
  | { readonly kind: 'revenue'; readonly maxMinor: number }
  /** How often the goal was reached per trial, at most `max`. */
  | { readonly kind: 'count'; readonly max: number }
  /** Σ weight over the goals that the trial reached; negative weights for goals that are unwanted. */
  | { readonly kind: 'composite'; readonly weights: Readonly<Record<string, number>> };

/** Fixed-point scale of rewards that are not whole numbers by nature: a thousandth is the smallest difference that is learned from. */
export const REWARD_SCALE = 1_000;
/** Largest integer that a composite reward is summed up as, above or below 0: a square is at most 1e8, and 9e7 trials of one arm stay below 2^53. */
export const MAX_COMPOSITE_INTEGER = 10_000;

/**
 * Integers that a reward of 1 is summed up as: thousandths of logarithms for `revenue`, ones for `binary` and `count`. For `composite` thousandths
 * while its weights come to 10 at most, sign apart; beyond, as many as keep every reward within {@link MAX_COMPOSITE_INTEGER}. Whole numbers up to a sum of 10,000, so that
 * whole weights are summed up exactly.
 */
export function rewardUnits(spec: RewardSpec): number {
  if (spec.kind === 'revenue') return REWARD_SCALE;
  if (spec.kind !== 'composite') return 1;
  const largest = Object.values(spec.weights).reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (largest > MAX_COMPOSITE_INTEGER) return 1 / Math.ceil(largest / MAX_COMPOSITE_INTEGER);
  return Math.floor(Math.min(REWARD_SCALE, MAX_COMPOSITE_INTEGER / largest));
}

/** Names the sums of a reward, so that those of another declaration are never mixed in; undefined for `binary`, which has none. */
export function rewardName(spec: RewardSpec): string | undefined {
  if (spec.kind === 'binary') return undefined;
  return `reward:${fnv1a32(JSON.stringify(meaningOf(spec)))
    .toString(16)
    .padStart(8, '0')}`;
}

/** What two declarations of the same reward have in common. Units other than thousandths are part of it: they came later. */
function meaningOf(spec: RewardSpec): object {
  if (spec.kind !== 'composite') return spec;
  const units = rewardUnits(spec);
  const weights = Object.entries(spec.weights).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { kind: spec.kind, weights, ...(units !== REWARD_SCALE && { units }) };
}

/** Names the count of trials under a reward: those before it was declared had none; undefined for `binary`, whose trials are the statistics'. */
export function rewardTrialsName(spec: RewardSpec): string | undefined {
  return rewardName(spec)?.replace(/^reward:/, 'trials:');
}

/**
 * The reward of a trial as the integer that is summed up: for `revenue` round(1000 · ln(minor units)) of a value above 0 (a log-normal with a
 * zero mass is learned, so that one huge order does not decide), 0 otherwise; for `count` the count; for `composite` in {@link rewardUnits}.
 *
 * @param goal the campaign's own goal.
 */
export function rewardInteger(spec: RewardSpec, goal: string, tally: TrialTally): number {
  const own: GoalTally | undefined = Object.hasOwn(tally, goal) ? tally[goal] : undefined;
  switch (spec.kind) {
    case 'binary':
      return own ? 1 : 0;
    case 'revenue':
      // A value of one minor unit has logarithm 0 and would not be told from none: it counts as two.
      return own && own.value > 0
        ? Math.round(REWARD_SCALE * Math.log(Math.min(Math.max(own.value, 2), spec.maxMinor)))
        : 0;
    case 'count':
      return own ? Math.min(own.count, spec.max) : 0;
    case 'composite':
      return compositeInteger(spec, tally);
  }
}

function compositeInteger(spec: Extract<RewardSpec, { kind: 'composite' }>, tally: TrialTally): number {
  const units = rewardUnits(spec);
  const reached = Object.entries(spec.weights).filter(([id]) => Object.hasOwn(tally, id));
  return Math.round(reached.reduce((sum, [, weight]) => sum + weight * units, 0));
}

/** What one reward adds to `reward:<key>`: whether it is other than 0, itself, and its square. */
export function rewardSums(reward: number): readonly [rewarded: number, sum: number, squares: number] {
  return [reward === 0 ? 0 : 1, reward, reward * reward];
}

/** The change of the sums when a trial's reward goes from `before` to `after`; undefined when nothing changes. */
export function rewardChange(before: number, after: number): readonly number[] | undefined {
  if (before === after) return undefined;
  const [was, is] = [rewardSums(before), rewardSums(after)];
  return is.map((value, i) => value - was[i]!);
}
