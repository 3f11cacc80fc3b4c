/** What one contender's run through a world came to, counted as it goes. */
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { TrialTally } from '../../decisioning/bandits/rewards/tally.ts';
import type { Phase } from '../../decisioning/lifecycle/phases.ts';
import { MINOR_PER_MAJOR } from './truth.ts';

/** Points of a curve over the days of a world. */
export const CURVE_POINTS = 50;

/** One campaign of one run. Rewards are in the unit of the campaign's measure: conversions, major units of money, times, weights. */
export interface PlayedCampaign {
  readonly campaignId: string;
  /** Exposures, and how many of them were the first of their sticky period. */
  readonly shown: number;
  readonly trials: number;
  readonly heldOut: number;
  /** Customers reached. */
  readonly reach: number;
  /** What came of all trials within their goals' windows, whether it was known before the end or not. */
  readonly reward: number;
  /** Trials that reached the measure's goal, and its value in major units, whatever the measure. */
  readonly conversions: number;
  readonly revenue: number;
  /** Expected reward lost by exposures of other arms than the best for that customer at that moment. */
  readonly regret: number;
  /** The same after each fiftieth of the time. */
  readonly curve: readonly number[];
  /** Exposures per arm, in the order of `armIds`. */
  readonly armIds: readonly string[];
  readonly byArm: readonly number[];
  /** The phase it had come to at the end; absent without lifecycle. */
  readonly phase?: Phase;
}

/** Counts of one campaign while it is played. */
export interface Counter {
  shown: number;
  trials: number;
  heldOut: number;
  reward: number;
  conversions: number;
  revenue: number;
  regret: number;
  readonly people: Set<number>;
  readonly curve: number[];
  readonly byArm: number[];
}

export function newCounter(armCount: number): Counter {
  return {
    shown: 0,
    trials: 0,
    heldOut: 0,
    reward: 0,
    conversions: 0,
    revenue: 0,
    regret: 0,
    people: new Set(),
    curve: [],
    byArm: new Array<number>(armCount).fill(0),
  };
}

export function playedOf(
  campaignId: string,
  armIds: readonly string[],
  counter: Counter,
  phase: Phase | undefined,
): PlayedCampaign {
  const { people, ...counts } = counter;
  return { campaignId, armIds, ...counts, reach: people.size, ...(phase && { phase }) };
}

/** Measures that every report has. */
export const CONVERSIONS: RewardSpec = { kind: 'binary' };
export const REVENUE: RewardSpec = { kind: 'revenue', maxMinor: Number.POSITIVE_INFINITY };

/** What a trial earned, in the reward's unit. */
export function earned(reward: RewardSpec, goal: string, tally: TrialTally): number {
  const own = Object.hasOwn(tally, goal) ? tally[goal] : undefined;
  switch (reward.kind) {
    case 'binary':
      return own ? 1 : 0;
    case 'revenue':
      return (own?.value ?? 0) / MINOR_PER_MAJOR;
    case 'count':
      return own?.count ?? 0;
    case 'composite':
      return Object.entries(reward.weights).reduce(
        (sum, [id, weight]) => sum + (Object.hasOwn(tally, id) ? weight : 0),
        0,
      );
  }
}
