/** Goals beside the optimised one and the reward, for every block of figures that the API tells. */
import type { PerformanceResponse } from '../../contract/performance.ts';
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import { addSums, type SumsByName } from '../../decisioning/bandits/named-sums.ts';
import {
  addFigures,
  noFigures,
  type RewardFigures,
  rewardFigures,
  tellsTrials,
} from '../../decisioning/bandits/rewards/figures.ts';
import { countedGoals, goalFigures } from '../../decisioning/bandits/rewards/goal-sums.ts';
import { pooledBest } from '../../decisioning/bandits/rewards/pooled-best.ts';
import type { RewardSpec } from '../../decisioning/bandits/rewards/reward.ts';
import type { CampaignPolicy, Directory, DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import { goalPerformance } from '../../decisioning/evaluation/goal-performance.ts';
import type { Interval } from '../../decisioning/evaluation/interval.ts';
import { type RewardPerformance, rewardOfArms } from '../../decisioning/evaluation/reward-performance.ts';
import { splitStratum } from '../../decisioning/strategies/strata.ts';
import type { RootView } from '../../durable-objects/campaign/protocol.ts';

type WireFigures = PerformanceResponse['totals'];
type MoreFigures = Pick<WireFigures, 'goals' | 'reward'>;

/** What the figures of one block are made of: an arm in a leaf, an arm over all leaves, all arms of a leaf, or all of them. */
interface Block {
  sums: SumsByName;
  reward: RewardFigures;
}

/** Which block: no leaf is all leaves, no arm is all arms but the holdout. */
export interface BlockName {
  readonly leaf?: string;
  readonly arm?: string;
}

/** What a block's figures have beside the fixed ones, which they are told with; the same object for every campaign without other goals and with a binary reward. */
export type BlockSums = (name: BlockName, fixed: Pick<WireFigures, 'trials' | 'revenueMinor'>) => MoreFigures;

const NOTHING: MoreFigures = {};

/** Adds the named sums of a root's view up, block by block: sums of leaves are those of the campaign, exactly. */
export function blockSums(
  { policy, goal: own }: Pick<DirectoryCampaign, 'policy' | 'goal'>,
  goals: Directory['goals'],
  view: RootView,
): BlockSums {
  const told = countedGoals(policy).filter((goal) => goal !== own);
  const { reward } = policy;
  const spec = reward && reward.kind !== 'binary' ? reward : undefined;
  if (told.length === 0 && !spec) return () => NOTHING;
  const blocks = blocksOf(spec, view);
  const answer = spec && rewardAnswers(spec, own, goals);
  const armIds = new Set((view.sums ?? []).map((cell) => cell.arm).filter((id) => id !== HOLDOUT_ARM));
  const armsOf = ({ leaf, arm }: BlockName) =>
    (arm === undefined ? [...armIds].sort() : [arm]).map((id) => blocks.get(keyOf(leaf, id))?.reward ?? noFigures);
  return (name, fixed) => {
    const block = blocks.get(keyOf(name.leaf, name.arm));
    return {
      ...(told.length > 0 && {
        goals: Object.fromEntries(told.map((goal) => [goal, goalAnswer(goal, goals, block?.sums)])),
      }),
      ...(answer && { reward: answer(rewardOfArms(spec, armsOf(name)), fixed) }),
    };
  };
}

/**
 * P(each arm's expected reward is the largest) over all leaves, in the order of `armIds`; undefined where the reward is whether the goal was
 * reached, which the counts of trials and conversions say.
 */
export function bestOverall(
  { reward }: Pick<CampaignPolicy, 'reward'>,
  armIds: readonly string[],
  view: RootView,
): readonly number[] | undefined {
  if (!reward || reward.kind === 'binary') return undefined;
  const blocks = blocksOf(reward, view);
  return pooledBest(
    reward,
    armIds.map((armId) => blocks.get(keyOf(undefined, armId))?.reward ?? noFigures),
  );
}

function keyOf(leaf: string | undefined, arm: string | undefined): string {
  return JSON.stringify([leaf ?? null, arm ?? null]);
}

function blocksOf(spec: RewardSpec | undefined, view: RootView): ReadonlyMap<string, Block> {
  const cells = view.sums ?? [];
  const tells = spec !== undefined && cells.some(({ sums }) => tellsTrials(spec, sums));
  const blocks = new Map<string, Block>();
  const add = (key: string, sums: SumsByName, figures: RewardFigures) => {
    const before = blocks.get(key);
    blocks.set(
      key,
      before
        ? { sums: addSums(before.sums, sums), reward: addFigures(before.reward, figures) }
        : { sums, reward: figures },
    );
  };
  const trials = tells ? new Map<string, number>() : trialsOf(view);
  for (const { leaf: stratum, arm, sums } of cells) {
    const { leaf } = splitStratum(stratum);
    const statistics = { trials: trials.get(keyOf(stratum, arm)) ?? 0 };
    const figures = spec ? rewardFigures(spec, statistics, sums, tells) : noFigures;
    for (const each of [undefined, leaf]) {
      add(keyOf(each, arm), sums, figures);
      if (arm !== HOLDOUT_ARM) add(keyOf(each, undefined), sums, figures);
    }
  }
  return blocks;
}

/** Trials per stratum and arm, for evidence from before trials were counted under their reward. */
function trialsOf(view: RootView): ReadonlyMap<string, number> {
  const trials = new Map<string, number>();
  for (const { leaf, arm, statistics } of view.cells) {
    const key = keyOf(leaf, arm);
    trials.set(key, (trials.get(key) ?? 0) + statistics.trials);
  }
  return trials;
}

function goalAnswer(
  goal: string,
  goals: Directory['goals'],
  sums: SumsByName | undefined,
): NonNullable<WireFigures['goals']>[string] {
  const { credibleInterval, valueInterval, ...figures } = goalPerformance(goalFigures(sums, goal));
  return {
    unit: unitOf(goal, goals),
    ...figures,
    credibleInterval: ends(credibleInterval),
    valueInterval: valueInterval && ends(valueInterval),
  };
}

function unitOf(goal: string, goals: Directory['goals']) {
  return (Object.hasOwn(goals, goal) ? goals[goal]?.unit : undefined) ?? 'money';
}

/** How the API tells figures of a campaign's reward. @param spec not `binary`. @param own its goal. */
export function rewardAnswers(
  spec: RewardSpec,
  own: string,
  goals: Directory['goals'],
): (
  performance: RewardPerformance,
  fixed: Pick<WireFigures, 'trials' | 'revenueMinor'>,
) => NonNullable<WireFigures['reward']> {
  const unit = spec.kind === 'revenue' ? unitOf(own, goals) : spec.kind === 'count' ? 'count' : 'points';
  const kind = spec.kind as Exclude<RewardSpec['kind'], 'binary'>;
  return ({ interval, ...told }, { trials, revenueMinor }) => {
    // Learning keeps the logarithms of orders alone: what they came to is in the statistics, of all trials.
    const plain = trials === 0 ? null : revenueMinor / trials;
    return {
      kind,
      unit,
      ...told,
      meanPerTrial: kind === 'revenue' ? plain : told.mean,
      interval: interval && ends(interval),
    };
  };
}

function ends({ low, high }: Interval): [low: number, high: number] {
  return [low, high];
}
