/** Allocations of campaigns whose reward is not just whether the goal was reached. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../random.ts';
import { gammaVariate } from '../../testing/reward-variates.ts';
import { allocateCampaign } from '../allocate.ts';
import type { AllocationInput, AllocationStrategy } from '../allocation.ts';
import { addStatistics, emptyStatistics } from '../statistics.ts';
import { type RewardSpec, rewardName, rewardTrialsName } from './reward.ts';

const revenue: RewardSpec = { kind: 'revenue', maxMinor: 100_000 };
const count: RewardSpec = { kind: 'count', max: 10 };
const composite: RewardSpec = { kind: 'composite', weights: { order: 1, leave: -5 } };
const harm: RewardSpec = { kind: 'composite', weights: { leave: -1 } };

/** An arm's trials in a leaf with their sums: integers, as they are stored. */
interface Seen {
  readonly trials: number;
  readonly conversions?: number;
  /** trials with a reward, Σ, Σ². */
  readonly sums?: readonly [number, number, number];
  /** `trials:<key>`. */
  readonly told?: number;
}

function inputOf(reward: RewardSpec, seen: Readonly<Record<string, Readonly<Record<string, Seen>>>>): AllocationInput {
  const leaves = Object.keys(seen);
  const armIds = Object.keys(seen[leaves[0]!]!);
  const byLeaf = <T>(value: (own: Seen) => T) =>
    new Map(leaves.map((leaf) => [leaf, new Map(armIds.map((id) => [id, value(seen[leaf]![id]!)] as const))] as const));
  return {
    campaignId: 'c',
    armIds,
    armsKey: 'k',
    leaves,
    strategy: { policy: 'thompson' },
    minExploration: 0,
    priors: {},
    reward,
    statistics: byLeaf(({ trials, conversions = 0 }) => addStatistics(emptyStatistics, { trials, conversions })),
    sums: byLeaf(({ sums, told }) => ({
      ...(sums && { [rewardName(reward)!]: sums }),
      ...(told !== undefined && { [rewardTrialsName(reward)!]: [told] }),
    })),
    version: 1,
  };
}

/** Σ and Σ² of as many orders around a value, as logarithms in thousandths. */
const orders = (number: number, minor: number): [number, number, number] => {
  const log = Math.round(1_000 * Math.log(minor));
  return [number, number * log, number * log * log];
};
const probabilities = (input: AllocationInput, leaf = 'rest') => allocateCampaign(input).leaves[leaf]!.probabilities;

describe('what arms compete for', () => {
  test('revenue: half the conversions at ten times the value win', () => {
    const seen = {
      cheap: { trials: 2_000, conversions: 200, sums: orders(200, 1_000) },
      dear: { trials: 2_000, conversions: 100, sums: orders(100, 10_000) },
    };
    const { pBest, expectedRate, posteriors } = allocateCampaign(inputOf(revenue, { rest: seen })).leaves.rest!;
    expect(pBest[1]!).toBeGreaterThan(0.99);
    // What campaigns are ranked by is still the rate of the goal, of the arm that is chosen.
    expect(expectedRate).toBeCloseTo(101 / 2_002, 3);
    expect(posteriors[0]).toEqual({ alpha: 201, beta: 1_801 });
  });

  test('count: half the customers who come back four times win', () => {
    const seen = {
      once: { trials: 3_000, sums: [300, 300, 300] },
      often: { trials: 3_000, sums: [150, 600, 2_400] },
    } as const;
    expect(probabilities(inputOf(count, { rest: seen }))[1]!).toBeGreaterThan(0.99);
  });

  test('composite: twice the orders lose to what they cost in customers', () => {
    const seen = {
      loud: { trials: 2_000, conversions: 200, sums: [400, 200_000 - 1_000_000, 200 * 1e6 + 200 * 25e6] },
      calm: { trials: 2_000, conversions: 100, sums: [100, 100_000, 100 * 1e6] },
    } as const;
    expect(probabilities(inputOf(composite, { rest: seen }))[1]!).toBeGreaterThan(0.99);
  });

  test('unwanted goals alone: the arm that does least harm', () => {
    const left = (number: number): Seen => ({ trials: 2_000, sums: [number, -1_000 * number, 1e6 * number] });
    const p = probabilities(inputOf(harm, { rest: { a: left(60), b: left(20), c: left(100) } }));
    expect(p[1]!).toBeGreaterThan(0.99);
  });
});

const policies: readonly AllocationStrategy[] = [
  { policy: 'thompson' },
  { policy: 'ucb' },
  { policy: 'epsilon_greedy', epsilon: 0.1 },
  { policy: 'inverse_gap', gamma: 1_000 },
];

describe.each(policies.map((strategy) => [strategy.policy, strategy] as const))('%s', (_, strategy) => {
  test('prefers the least harm by far among rewards below 0, and obeys the floor', () => {
    const left = (number: number): Seen => ({ trials: 20_000, sums: [number, -1_000 * number, 1e6 * number] });
    const input = inputOf(harm, { rest: { a: left(4_000), b: left(200), c: left(9_000) } });
    const p = probabilities({ ...input, strategy, minExploration: 0.03 });
    expect(p[1]!).toBeGreaterThan(0.9);
    for (const each of p) expect(each).toBeGreaterThanOrEqual(0.01 * (1 - 1e-12));
    expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  });

  test.each([revenue, count, composite, harm])('shares evenly before anything was seen: $kind', (reward) => {
    const nothing = { trials: 0 };
    const p = probabilities({ ...inputOf(reward, { rest: { a: nothing, b: nothing, c: nothing } }), strategy });
    for (const each of p) expect(each).toBeCloseTo(1 / 3, 12);
  });

  test.each([revenue, count, composite, harm])('gives the only arm everything: $kind', (reward) => {
    expect(probabilities({ ...inputOf(reward, { rest: { a: { trials: 5 } } }), strategy })).toEqual([1]);
  });
});

test('UCB reaches as far as the deviation of one trial says', () => {
  const [rare, often] = [
    { trials: 40, sums: [4, 12, 60] },
    { trials: 4_000, sums: [500, 1_500, 7_000] },
  ] as const;
  const input: AllocationInput = { ...inputOf(count, { rest: { rare, often } }), strategy: { policy: 'ucb' } };
  const total = { trials: 4_040, mean: 1_512 / 4_040 };
  const variance = 7_060 / total.trials - total.mean ** 2;
  const index = ({ trials, sums: [, sum] }: typeof rare | typeof often) =>
    (1 + (sum * total.mean) / variance) / (4_041 / 1_513 + (trials * total.mean) / variance) +
    Math.sqrt(variance) * Math.sqrt((2 * Math.log(4_040)) / trials);
  expect(index(rare)).toBeGreaterThan(index(often));
  expect(probabilities(input)).toEqual([1, 0]);
  // Without its reach the one that was tried more often would be ahead.
  expect(probabilities({ ...input, strategy: { policy: 'epsilon_greedy', epsilon: 0 } })).toEqual([0, 1]);
});

test('Thompson chooses as often as independent draws of the stated posterior say, floor included', () => {
  const figures = { a: [40, 52, 90], b: [55, 60, 70], c: [30, 70, 260] } as const;
  const seen = Object.fromEntries(Object.entries(figures).map(([id, sums]) => [id, { trials: 400, sums }]));
  const p = probabilities({ ...inputOf(count, { rest: seen }), minExploration: 0.06 });
  const mean = 182 / 1_200;
  const dispersion = (420 / 1_200 - mean * mean) / mean;
  const random = seededRandom('0dd5'.repeat(10));
  const wins = [0, 0, 0];
  for (let draw = 0; draw < 100_000; draw++) {
    const drawn = Object.values(figures).map(
      ([, sum]) => gammaVariate(1 + sum / dispersion, random) / (1_201 / 183 + 400 / dispersion),
    );
    const explored = random.next() < 0.06;
    wins[explored ? Math.floor(random.next() * 3) : drawn.indexOf(Math.max(...drawn))]!++;
  }
  wins.forEach((number, i) => {
    expect(Math.abs(p[i]! - number / 100_000)).toBeLessThan(0.005);
  });
});

describe('leaves', () => {
  const seen = (trials: number, mean: number): Seen => ({
    trials,
    sums: [trials / 10, trials * mean, trials * mean * 3],
  });
  test('borrow at most fifty trials of the others: enough for a first guess, outweighed by their own', () => {
    const elsewhere = { a: seen(100_000, 0.3), b: seen(100_000, 0.1) };
    const first = probabilities(inputOf(count, { gold: { a: seen(0, 0), b: seen(0, 0) }, rest: elsewhere }), 'gold');
    expect(first[0]!).toBeGreaterThan(0.75);
    expect(first[0]!).toBeLessThan(0.999);
    const own = { a: seen(2_000, 0.1), b: seen(2_000, 0.3) };
    expect(probabilities(inputOf(count, { gold: own, rest: elsewhere }), 'gold')[1]!).toBeGreaterThan(0.95);
  });

  test('only trials under this reward count, once they are told apart anywhere', () => {
    const without = { a: { trials: 50_000, sums: [10, 10, 10] }, b: { trials: 100, sums: [9, 9, 9] } } as const;
    const told = { a: { ...without.a, told: 100 }, b: { ...without.b, told: 100 } };
    expect(probabilities(inputOf(count, { rest: without }))[0]!).toBeLessThan(0.01);
    expect(probabilities(inputOf(count, { rest: told }))[0]!).toBeGreaterThan(0.4);
    // A cell from before the reward was declared, beside one from after.
    const older = { a: { trials: 9_000 }, b: { trials: 9_000 } };
    const both = allocateCampaign(inputOf(count, { gold: told, rest: older }));
    expect(both.leaves.gold!.probabilities).toEqual(
      probabilities(inputOf(count, { gold: told, rest: { a: { trials: 0 }, b: { trials: 0 } } }), 'gold'),
    );
  });
});

test('imported history says how likely revenue is', () => {
  const nothing = { trials: 0 };
  const input = inputOf(revenue, { rest: { a: nothing, b: nothing } });
  const p = probabilities({ ...input, priors: { a: { alpha: 50, beta: 50 }, b: { alpha: 5, beta: 95 } } });
  expect(p[0]!).toBeGreaterThan(0.95);
});

test('a binary reward that is written out changes nothing', () => {
  const input = inputOf({ kind: 'binary' }, { rest: { a: { trials: 9, conversions: 3 }, b: { trials: 9 } } });
  const { reward: _, ...plain } = input;
  expect(allocateCampaign(input)).toEqual(allocateCampaign(plain));
});

test('every answer is finite and sums to 1 over mixes of extremes', () => {
  const seen: Seen[] = [
    { trials: 0 },
    { trials: 1e-9 },
    { trials: 1e9, conversions: 1e9, sums: [1e9, 2e12, 4e15] },
    { trials: 3, sums: [3, -3_000, 3e6] },
    { trials: 0.5, sums: [0.5, 12_000, 3e8] },
    { trials: 1e6, told: 0 },
  ];
  for (const reward of [revenue, count, composite, harm]) {
    for (const strategy of policies) {
      const arms = Object.fromEntries(seen.map((own, i) => [`a${i}`, own]));
      const leaf = allocateCampaign({ ...inputOf(reward, { rest: arms }), strategy }).leaves.rest!;
      for (const vector of [leaf.probabilities, leaf.pBest]) {
        expect(vector.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(vector.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      }
    }
  }
});
