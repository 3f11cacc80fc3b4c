/** What an outcome changes in its campaign's named sums: the trial's reward, its other goals, the conversion's delay, moments of features. */
import {
  areMoments,
  momentReward,
  momentsName,
  rewardMoments,
  trialMoments,
} from '../../decisioning/bandits/linear/moments.ts';
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { countedGoals, goalChange, goalName, trialOfGoal } from '../../decisioning/bandits/rewards/goal-sums.ts';
import {
  type RewardSpec,
  rewardChange,
  rewardInteger,
  rewardName,
  rewardTrialsName,
} from '../../decisioning/bandits/rewards/reward.ts';
import { type GoalTally, type TrialTally, tallied } from '../../decisioning/bandits/rewards/tally.ts';
import { sourceSums } from '../../decisioning/bandits/source-sums.ts';
import { delaySums } from '../../decisioning/learning/delay-buckets.ts';
import { momentsHours } from '../../decisioning/learning/forgetting.ts';
import { DELAY_NAME } from '../../decisioning/learning/weigh-evidence.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { LearningFacts, StoredDecision } from './protocol.ts';

const BINARY: RewardSpec = { kind: 'binary' };

/** Whether a campaign counts a goal besides the one it optimises: by its reward, or to report it. */
export function countsBeside(learning: LearningFacts | undefined, goal: string): boolean {
  if (!learning) return false;
  return countedGoals(learning).includes(goal);
}

/** Whether what happens to a trial is written down goal by goal: not for campaigns that learn from conversions alone. */
function isTracked({ record, learning }: StoredDecision, goal: string): boolean {
  if (!learning && !record.features) return false;
  return goal === record.goal || countsBeside(learning, goal);
}

/**
 * What a new trial adds: one under its reward and under every goal that is counted for it, and the moments of its features where the reward is one
 * that moments can hold.
 */
export function sumsOfTrial(record: DecisionRecord, learning: LearningFacts = {}): SumsByName {
  const { reward = BINARY } = learning;
  const trials = rewardTrialsName(reward);
  const { features } = record;
  const beside = countedGoals(learning).filter((goal) => goal !== record.goal);
  return {
    ...Object.fromEntries(beside.map((goal) => [goalName(goal), trialOfGoal])),
    ...(trials !== undefined && { [trials]: [1] }),
    ...(learning.watch && sourceSums(record.siteId, { trials: 1 })),
    ...(features && reward.kind !== 'revenue' && { [momentsName(features.key, reward)]: trialMoments(features.z) }),
  };
}

/** The bucket that the moments among sums are counted in; undefined when there are none, or it is the hour itself. */
export function momentsHourOf(sums: SumsByName, hour: number, learning: LearningFacts = {}): number | undefined {
  const { momentsHours: width = momentsHours(undefined) } = learning;
  const bucket = hour - (hour % width);
  return bucket !== hour && Object.keys(sums).some(areMoments) ? bucket : undefined;
}

/** One more outcome of a trial. */
export interface TrialOutcome {
  readonly goal: string;
  /** In the goal's own unit. */
  readonly value: number;
  /** The same order is credited to another decision of the campaign: it says that the goal was reached, and adds nothing more. */
  readonly counted: boolean;
  readonly atMs: number;
  /** What it adds to the campaign's revenue, minor units. */
  readonly moneyMinor: number;
}

/** A trial after one more outcome, and what that changes in the campaign's sums; undefined when the campaign learns from conversions alone. */
export function withOutcome(
  trial: StoredDecision,
  outcome: TrialOutcome,
): { readonly tally: TrialTally; readonly sums: SumsByName } | undefined {
  const { goal, value, counted } = outcome;
  if (!isTracked(trial, goal)) return undefined;
  const before = trial.tally ?? {};
  const known = Object.hasOwn(before, goal);
  const tally = counted ? (known ? before : tallied(before, goal, 0)) : tallied(before, goal, value);
  return { tally, sums: changes(trial, before, tally, outcome) };
}

/** A goal may have the name of what every object inherits. */
function ownTally(tally: TrialTally, goal: string): GoalTally | undefined {
  return Object.hasOwn(tally, goal) ? tally[goal] : undefined;
}

function changes(
  trial: StoredDecision,
  before: TrialTally,
  after: TrialTally,
  { goal, atMs, moneyMinor: money }: TrialOutcome,
): SumsByName {
  const { record, learning = {} } = trial;
  const { reward = BINARY, delay, watch } = learning;
  const sums: Record<string, readonly number[]> = {};
  const note = (name: string | undefined, vector: readonly number[] | undefined) => {
    if (name !== undefined && vector !== undefined) sums[name] = vector;
  };
  if (goal !== record.goal) note(goalName(goal), goalChange(ownTally(before, goal), ownTally(after, goal)));
  const [was, is] = [rewardInteger(reward, record.goal, before), rewardInteger(reward, record.goal, after)];
  note(rewardName(reward), rewardChange(was, is));
  if (record.features && reward.kind !== 'revenue' && was !== is) {
    const moments = rewardMoments(record.features.z, momentReward(reward, was), momentReward(reward, is));
    note(momentsName(record.features.key, reward), moments);
  }
  const converts = goal === record.goal && !Object.hasOwn(before, goal);
  const revenueMinor = goal === record.goal ? money : 0;
  if (watch && (converts || revenueMinor !== 0))
    for (const [name, vector] of Object.entries(
      sourceSums(record.siteId, { conversions: converts ? 1 : 0, revenueMinor }),
    ))
      note(name, vector);
  if (delay && converts) note(DELAY_NAME, delaySums(atMs - (trial.exposedAtMs as number)));
  return sums;
}
