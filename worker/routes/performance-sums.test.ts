import { describe, expect, it } from 'vitest';
import { performanceResponse } from '../../contract/performance.ts';
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import { goalName, goalSums, trialOfGoal } from '../../decisioning/bandits/rewards/goal-sums.ts';
import { rewardName, rewardSums, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import { addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import { testRandom } from '../../decisioning/testing/seeds.ts';
import type { LeafArmSums, RootView, StatisticsCell } from '../../durable-objects/campaign/protocol.ts';
import { performanceOf } from './performance-answer.ts';

const nowMs = Date.UTC(2026, 10, 22, 12, 30);
const hour = Math.floor(nowMs / 3_600_000);
const reward = { kind: 'composite', weights: { purchase: 2, unsubscribe: -3 } } as const;
const [named, counted] = [rewardName(reward)!, rewardTrialsName(reward)!];
const any = { source: 'any', windowMs: 1, defaultValueMinor: 0 } as const;
const goals = {
  purchase: { id: 'purchase', name: 'Purchase', ...any },
  unsubscribe: { id: 'unsubscribe', name: 'Unsubscribe', ...any },
  dwell: { id: 'dwell', name: 'Dwell', ...any, unit: 'ms' as const },
};

const campaign: DirectoryCampaign = {
  name: 'Hero',
  goal: 'purchase',
  shards: 1,
  armIds: ['a', 'b'],
  leaves: ['mobile', 'rest'],
  armsKey: 'key',
  policy: {
    campaignId: 'hero',
    armIds: ['a', 'b'],
    armsKey: 'key',
    leaves: ['mobile', 'rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.1,
    priors: {},
    holdout: 0.1,
    shards: 1,
    reward,
    secondaryGoals: ['dwell'],
  },
};

const ask = { hours: 24, nowMs, goals };

function answerOf(cells: readonly StatisticsCell[], sums: readonly LeafArmSums[], policy = campaign.policy) {
  const view: RootView = { policy, allocation: null, cells, sums, asOfMs: nowMs };
  return performanceResponse.parse(performanceOf('hero', { ...campaign, policy }, view, ask));
}

/** Seeded evidence: trials, whole rewards and dwell times, in leaves of which one is gone and for arms of which one is. */
function evidence(seed: number): { cells: StatisticsCell[]; sums: LeafArmSums[] } {
  const random = testRandom(seed);
  const below = (n: number) => Math.floor(random.next() * n);
  const places = ['mobile', 'rest', 'gone'].flatMap((leaf) =>
    ['a', 'b', 'old', 'holdout'].map((arm) => ({ leaf, arm })),
  );
  const cells = places.map(({ leaf, arm }) => {
    const trials = 20 + below(80);
    const statistics = addStatistics(emptyStatistics, { exposures: trials, trials, conversions: below(20) });
    return { leaf, arm, hour, statistics };
  });
  const sums = cells.map(({ leaf, arm, statistics }) => {
    const vectors: Record<string, number[]> = { [counted]: [statistics.trials] };
    const add = (name: string, vector: readonly number[]) => {
      vectors[name] = vector.map((value, i) => value + (vectors[name]?.[i] ?? 0));
    };
    for (const goal of ['dwell', 'unsubscribe'])
      add(
        goalName(goal),
        trialOfGoal.map((each) => statistics.trials * each),
      );
    for (let i = below(20); i > 0; i -= 1) add(goalName('dwell'), goalSums({ count: 1, value: below(600_000) }));
    for (let i = below(9); i > 0; i -= 1) add(goalName('unsubscribe'), goalSums({ count: 1, value: 0 }));
    for (let i = below(9); i > 0; i -= 1) add(named, rewardSums([-3_000, -1_000, 2_000][below(3)]!));
    return { leaf, arm, sums: vectors as SumsByName };
  });
  return { cells, sums };
}

type Block = ReturnType<typeof answerOf>['totals'];

function totalsOf(blocks: readonly Block[]) {
  const add = (of: (block: Block) => number) => blocks.reduce((sum, block) => sum + of(block), 0);
  return {
    reached: add(({ goals }) => goals!.unsubscribe!.reached),
    dwellMs: add(({ goals }) => goals!.dwell!.value),
    dwelt: add(({ goals }) => goals!.dwell!.reached),
    trials: add(({ reward }) => reward!.trials),
    rewarded: add(({ reward }) => reward!.rewarded),
    thousandths: Math.round(add(({ reward }) => (reward!.mean ?? 0) * reward!.trials * 1_000)),
  };
}

describe('secondary goals and the reward', () => {
  it.each([1, 2, 3, 4, 5])('of leaves, and of arms, add up to the totals exactly (seed %i)', (seed) => {
    const { cells, sums } = evidence(seed);
    const answer = answerOf(cells, sums);
    const whole = totalsOf([answer.totals]);
    expect(whole.dwellMs).toBeGreaterThan(0);
    expect(totalsOf(answer.arms)).toEqual(whole);
    expect(totalsOf(answer.leaves)).toEqual(whole);
    for (const leaf of answer.leaves) expect(totalsOf(leaf.arms)).toEqual(totalsOf([leaf]));
    const held = sums.filter(({ arm }) => arm === 'holdout');
    const dwelt = held.reduce((sum, { sums: vectors }) => sum + (vectors[goalName('dwell')]?.[0] ?? 0), 0);
    expect(answer.holdout.goals!.dwell!.reached).toBe(dwelt);
  });

  it('are told in their unit, per trial, with intervals', () => {
    const cells = [{ leaf: 'rest', arm: 'a', hour, statistics: addStatistics(emptyStatistics, { trials: 4 }) }];
    const dwell = goalSums({ count: 1, value: 6_000 }).map((value, i) => 2 * value + 4 * trialOfGoal[i]!);
    const left = trialOfGoal.map((each) => 3 * each);
    const vectors = {
      [goalName('dwell')]: dwell,
      [goalName('unsubscribe')]: left,
      [named]: [2, -1_000, 13_000_000],
      [counted]: [4],
    };
    const { goals: told, reward: earned } = answerOf(cells, [{ leaf: 'rest', arm: 'a', sums: vectors }]).arms[0]!;
    expect(told!.dwell).toMatchObject({ unit: 'ms', reached: 2, rate: 0.5, value: 12_000, valuePerTrial: 3_000 });
    expect(told!.dwell!.valueInterval![0]).toBeLessThan(3_000);
    // Nobody bought or left: that is known, too.
    expect(told!.unsubscribe).toMatchObject({ unit: 'money', trials: 3, reached: 0, rate: 0, value: 0 });
    // The campaign's own goal is what `conversions` tell of.
    expect(Object.keys(told!)).toEqual(['unsubscribe', 'dwell']);
    expect(earned).toMatchObject({
      kind: 'composite',
      unit: 'points',
      meanPerTrial: -0.25,
      trials: 4,
      rewarded: 2,
      mean: -0.25,
    });
    expect(earned!.interval![0]).toBeLessThan(-0.25);
  });

  it('are told from the first trial on, and not at all by campaigns that declare none', () => {
    const answer = answerOf([], []);
    expect(answer.totals.goals!.dwell).toMatchObject({ reached: 0, rate: null, valuePerTrial: null });
    expect(answer.totals.reward).toMatchObject({ trials: 0, mean: null, interval: null });
    const { reward: _, secondaryGoals: __, ...plain } = campaign.policy;
    const { cells, sums } = evidence(9);
    const without = answerOf(cells, sums, plain);
    expect(Object.keys(without.totals)).toEqual(
      Object.keys(without.overTime[0]!).filter((key) => !['hour', 'arms'].includes(key)),
    );
  });

  it('of revenue are told twice: what a trial brought, and what the log-normal makes of it', () => {
    const revenue = { kind: 'revenue', maxMinor: 500_000 } as const;
    const orders = [1_000, 1_000, 2_000, 50_000];
    const logs = orders.map((value) => Math.round(1_000 * Math.log(value)));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const statistics = addStatistics(emptyStatistics, { trials: 40, conversions: 4, revenueMinor: sum(orders) });
    const vectors = {
      [rewardName(revenue)!]: [4, sum(logs), sum(logs.map((log) => log * log))],
      [rewardTrialsName(revenue)!]: [40],
    };
    const policy = { ...campaign.policy, reward: revenue };
    const cells = [{ leaf: 'rest', arm: 'a', hour, statistics }];
    const answer = answerOf(cells, [{ leaf: 'rest', arm: 'a', sums: vectors }], policy);
    for (const { reward: earned } of [answer.arms[0]!, answer.totals, answer.leaves[1]!])
      expect(earned).toMatchObject({ kind: 'revenue', unit: 'money', trials: 40, meanPerTrial: 54_000 / 40 });
    // θ·exp(μ + s²/2) of these orders.
    const mu = sum(orders.map(Math.log)) / 4;
    const variance = sum(orders.map((value) => (Math.log(value) - mu) ** 2)) / 3;
    expect(answer.totals.reward!.mean).toBeCloseTo(0.1 * Math.exp(mu + variance / 2), -1);
    expect(answer.arms[1]!.reward).toMatchObject({ trials: 0, meanPerTrial: null, mean: null });
  });

  it('of revenue over arms agree with the arms, in every leaf and in all, the holdout left out', () => {
    const revenue = { kind: 'revenue', maxMinor: 500_000 } as const;
    const seen = (leaf: string, arm: string, orders: readonly number[], trials: number) => {
      const logs = orders.map((value) => Math.round(1_000 * Math.log(value)));
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      const statistics = addStatistics(emptyStatistics, { trials, conversions: orders.length });
      const sums: SumsByName = {
        [rewardName(revenue)!]: [orders.length, sum(logs), sum(logs.map((log) => log * log))],
        [rewardTrialsName(revenue)!]: [trials],
      };
      return { cell: { leaf, arm, hour, statistics }, sums: { leaf, arm, sums } };
    };
    const all = [
      seen('mobile', 'a', [100, 110, 90], 12),
      seen('mobile', 'b', [90_000, 100_000], 4),
      seen('rest', 'a', [120, 80], 9),
      seen('rest', 'b', [100_000, 120_000, 80_000], 5),
      seen('rest', 'holdout', [400_000, 400_000], 2),
    ];
    const policy = { ...campaign.policy, reward: revenue };
    const [cells, sums] = [all.map(({ cell }) => cell), all.map((one) => one.sums)];
    const { totals, arms, leaves } = answerOf(cells, sums, policy);
    for (const [block, parts] of [[totals, arms] as const, ...leaves.map((leaf) => [leaf, leaf.arms] as const)]) {
      const { trials, mean, interval } = block.reward!;
      const worth = parts.reduce((sum, { reward: own }) => sum + own!.trials * (own!.mean ?? 0), 0);
      expect(mean).toBeCloseTo(worth / trials, 6);
      expect(interval![0]).toBeLessThan(mean!);
      expect(interval![1]).toBeGreaterThan(mean!);
    }
    expect(totals.reward).toMatchObject({ trials: 30, rewarded: 10 });
  });

  it('say which arm is best over all leaves: by the reward, not by conversions', () => {
    const seen = (arm: string, conversions: number, vector: readonly number[]) => ({
      cell: { leaf: 'rest', arm, hour, statistics: addStatistics(emptyStatistics, { trials: 2_000, conversions }) },
      sums: { leaf: 'rest', arm, sums: { [named]: vector, [counted]: [2_000] } as SumsByName },
    });
    // Twice the purchases, and as many customers lost.
    const loud = seen('a', 200, [300, -100_000, 200 * 1_000_000 + 100 * 9_000_000]);
    const both = [loud, seen('b', 100, [100, 200_000, 400_000_000])];
    const { arms } = answerOf(
      both.map(({ cell }) => cell),
      both.map(({ sums }) => sums),
    );
    expect(arms[0]!.rate).toBeGreaterThan(arms[1]!.rate!);
    expect(arms[1]!.pBest).toBeGreaterThan(0.99);
    expect(arms[0]!.pBest + arms[1]!.pBest).toBeCloseTo(1, 9);
  });
});
