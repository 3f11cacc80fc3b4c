/** What would really come of showing an arm to a customer now: known to the world alone. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { CompiledCondition, IsMember } from '../../decisioning/segments/compile.ts';
import { compileCondition } from '../../decisioning/segments/compile.ts';
import { parseCondition } from '../../decisioning/segments/parse.ts';
import type { Resolve } from '../../decisioning/segments/subject.ts';
import { logNormalMean } from './draws.ts';
import type { ArmTruth, CampaignTruth } from './spec.ts';

/** A customer at the moment of an exposure. */
export interface Moment {
  readonly resolve: Resolve;
  readonly isMember: IsMember;
  /** Since the world's beginning. */
  readonly sinceStartMs: number;
  /** 0 to 23, and 1 (Monday) to 7, on the visitors' clock. */
  readonly hour: number;
  readonly day: number;
  /** Earlier touches of the campaign within the fatigue window. */
  readonly recentTouches: number;
}

/** A campaign's truth, ready to be asked. */
export interface OpenTruth {
  readonly spec: CampaignTruth;
  readonly armIds: readonly string[];
  /** P(goal) per arm in the order of `armIds`, every factor applied, in [0, 1]. */
  readonly rates: (moment: Moment) => readonly number[];
  readonly armOf: (index: number) => ArmTruth;
}

/** An arm that the world says nothing of. */
const NOTHING: ArmTruth = { rate: 0 };

/** @throws RangeError for a condition that does not parse. */
export function openTruth(spec: CampaignTruth, armIds: readonly string[]): OpenTruth {
  const groups = spec.groups.map(({ condition, factor, arms }) => ({
    holds: compiled(condition),
    factors: armIds.map((armId) => factor * (Object.hasOwn(arms, armId) ? arms[armId]! : 1)),
  }));
  const arms = armIds.map((armId) => (Object.hasOwn(spec.arms, armId) ? spec.arms[armId]! : NOTHING));
  return {
    spec,
    armIds,
    armOf: (index) => arms[index]!,
    rates: (moment) => {
      const common =
        (spec.hours?.[moment.hour] ?? 1) *
        (spec.weekdays?.[moment.day - 1] ?? 1) *
        (spec.fatigue?.factor ?? 1) ** moment.recentTouches;
      const holding = groups.filter(({ holds }) => holds(moment.resolve, moment.isMember));
      return arms.map(({ rate }, i) => {
        const grouped = holding.reduce((product, { factors }) => product * factors[i]!, rate * common);
        return Math.min(Math.max(grouped * driftOf(spec, armIds[i]!, moment.sinceStartMs), 0), 1);
      });
    },
  };
}

/** The product of what has drifted so far. */
function driftOf({ drift }: CampaignTruth, armId: string, sinceStartMs: number): number {
  let product = 1;
  for (const { afterMs, overMs, arm, factor } of drift) {
    if ((arm !== undefined && arm !== armId) || sinceStartMs < afterMs) continue;
    const progress = overMs > 0 ? Math.min(1, (sinceStartMs - afterMs) / overMs) : 1;
    product *= 1 + (factor - 1) * progress;
  }
  return product;
}

/**
 * The expected reward of a trial, in the reward's unit (conversions, major units of money, times, weight).
 *
 * @param rate P(the campaign's own goal).
 * @param defaultValueMinor of the goal, where the arm names none.
 */
export function expectedReward(
  reward: RewardSpec,
  goal: string,
  arm: ArmTruth,
  rate: number,
  defaultValueMinor: number,
): number {
  switch (reward.kind) {
    case 'binary':
      return rate;
    case 'revenue':
      return (rate * (arm.times ?? 1) * (arm.value ? logNormalMean(arm.value) : defaultValueMinor)) / MINOR_PER_MAJOR;
    case 'count':
      return rate * (arm.times ?? 1);
    case 'composite':
      return Object.entries(reward.weights).reduce(
        (sum, [id, weight]) => sum + weight * (id === goal ? rate : (arm.also?.[id] ?? 0)),
        0,
      );
  }
}

/** What reports show as one unit of money. */
export const MINOR_PER_MAJOR = 100;

function compiled(condition: unknown): CompiledCondition {
  const parsed = parseCondition(condition);
  if (!parsed.ok) throw new RangeError('a group of the world has a condition that does not parse');
  return compileCondition(parsed.condition);
}
