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

/** Names the sums of a reward, so that those of another declaration are never mixed in; undefined for `binary`, which has none. */
export function rewardName(spec: RewardSpec): string | undefined {
  if (spec.kind === 'binary') return undefined;
  const sorted =
    spec.kind === 'composite'
      ? { kind: spec.kind, weights: Object.entries(spec.weights).toSorted(([a], [b]) => (a < b ? -1 : 1)) }
      : spec;
  return `reward:${fnv1a32(JSON.stringify(sorted)).toString(16).padStart(8, '0')}`;
}

/** Names the count of trials under a reward: those before it was declared had none; undefined for `binary`, whose trials are the statistics'. */
export function rewardTrialsName(spec: RewardSpec): string | undefined {
  return rewardName(spec)?.replace(/^reward:/, 'trials:');
}

/**
 * The reward of a trial as the integer that is summed up: for `revenue` round(1000 · ln(minor units)) of a value above 0 (a log-normal with a
 * zero mass is learned, so that one huge order does not decide), 0 otherwise; for `count` the count; for `composite` thousandths.
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
      return Math.round(
        Object.entries(spec.weights).reduce(
          (sum, [id, weight]) => sum + (Object.hasOwn(tally, id) ? weight * REWARD_SCALE : 0),
          0,
        ),
      );
  }
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
