import { describe, expect, test } from 'vitest';
import type { SumsByName } from '../bandits/named-sums.ts';
import { addFigures, noFigures, rewardFigures } from '../bandits/rewards/figures.ts';
import { type RewardSpec, rewardName } from '../bandits/rewards/reward.ts';
import { beliefs } from '../bandits/rewards/reward-evidence.ts';
import { addStatistics, emptyStatistics } from '../bandits/statistics.ts';
import { testRandom } from '../testing/seeds.ts';
import { campaignConfidence } from './campaign-confidence.ts';
import { confidenceOf } from './confidence.ts';

const own = (trials: number, conversions: number) => addStatistics(emptyStatistics, { trials, conversions });
const armIds = ['a', 'b'];

test('whether a goal was reached is counted over all leaves and strategies', () => {
  const statistics = new Map([
    ['rest', new Map([['a', own(100, 10)]])],
    [
      'bold/rest',
      new Map([
        ['a', own(50, 5)],
        ['b', own(80, 20)],
      ]),
    ],
    [
      'bold/gold',
      new Map([
        ['b', own(20, 1)],
        ['holdout', own(999, 999)],
      ]),
    ],
  ]);
  const pooled = new Map([
    ['a', own(150, 15)],
    ['b', own(100, 21)],
  ]);
  expect(campaignConfidence({ armIds, priors: {} }, { statistics })).toEqual(confidenceOf(armIds, pooled, {}));
});

describe('a reward that is not binary', () => {
  const revenue: RewardSpec = { kind: 'revenue', maxMinor: 1_000_000 };
  const composite: RewardSpec = { kind: 'composite', weights: { order: 1, complaint: -2 } };

  /** Arms from trials, rewards as they are summed up, and how often each came. */
  function learnedOf(
    spec: RewardSpec,
    arms: readonly { trials: number; rewards: readonly (readonly [reward: number, times: number])[] }[],
  ) {
    const statistics = new Map([['rest', new Map(arms.map(({ trials }, i) => [armIds[i]!, own(trials, 0)]))]]);
    const vector = (rewards: (typeof arms)[number]['rewards']) => [
      rewards.reduce((sum, [reward, times]) => sum + (reward === 0 ? 0 : times), 0),
      rewards.reduce((sum, [reward, times]) => sum + reward * times, 0),
      rewards.reduce((sum, [reward, times]) => sum + reward * reward * times, 0),
    ];
    const sums = new Map([
      [
        'rest',
        new Map(
          arms.map(({ rewards }, i): [string, SumsByName] => [armIds[i]!, { [rewardName(spec)!]: vector(rewards) }]),
        ),
      ],
    ]);
    return { statistics, sums };
  }

  /** Thousandths of the logarithm of a value, spread a little. */
  const worth = (minor: number, times: number) => {
    const log = Math.round(1_000 * Math.log(minor));
    return [
      [log - 200, times / 2],
      [log + 200, times / 2],
    ] as const;
  };

  test('leads by what a trial brings, not by how often', () => {
    const learned = learnedOf(revenue, [
      { trials: 2_000, rewards: worth(1_000, 200) },
      { trials: 2_000, rewards: worth(5_000, 120) },
    ]);
    const numbers = campaignConfidence({ armIds, priors: {}, reward: revenue }, learned);
    expect(numbers).toMatchObject({ leader: 'b', trials: 4_000, leastTrials: 2_000 });
    expect(numbers.pBest).toBeGreaterThan(0.99);
    expect(numbers.expectedLoss).toBeLessThan(0.001);
  });

  test.each([
    [
      'revenue',
      revenue,
      [
        { trials: 900, rewards: worth(2_000, 60) },
        { trials: 1_100, rewards: worth(2_300, 70) },
      ],
    ],
    [
      'composite',
      composite,
      [
        {
          trials: 500,
          rewards: [
            [1_000, 60],
            [-2_000, 10],
          ],
        },
        {
          trials: 400,
          rewards: [
            [1_000, 44],
            [-2_000, 6],
          ],
        },
      ],
    ],
  ] as const)('of kind %s has the loss and the width of independent draws from its beliefs', (_, spec, arms) => {
    const learned = learnedOf(spec, arms);
    const numbers = campaignConfidence({ armIds, priors: {}, reward: spec }, learned);
    const figures = armIds.map((id) =>
      rewardFigures(spec, learned.statistics.get('rest')?.get(id), learned.sums.get('rest')?.get(id), false),
    );
    const { beliefOf } = beliefs(
      spec,
      figures.reduce((sum, one) => addFigures(sum, one), noFigures),
    );
    const believed = figures.map((one) => beliefOf(one, { alpha: 1, beta: 1 }));
    const points = believed.map((one) => one.points(4_096));
    const random = testRandom(3);
    const draws = 100_000;
    const leader = armIds.indexOf(numbers.leader);
    let [loss, squares] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const [first, second] = points.map((one) => one[Math.floor(random.next() * one.length)]!);
      const lost = Math.max(first!, second!) - [first!, second!][leader]!;
      loss += lost;
      squares += lost * lost;
    }
    const scale = Math.abs(believed[leader]!.mean);
    const mean = loss / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    expect(Math.abs(numbers.expectedLoss * scale - mean)).toBeLessThan(4 * error + 0.005 * mean);
    const [low, high] = [0.025, 0.975].map((share) => points[leader]![Math.floor(share * 4_096)]!);
    // A grid of 1,024 quantiles against one of 4,096.
    expect((numbers.width * scale) / (high! - low!)).toBeCloseTo(1, 1);
  });

  test('of which nothing is known yet, or that cancels out, gives numbers all the same', () => {
    const nothing = { statistics: new Map(), sums: new Map() };
    const cancelled = learnedOf(composite, [
      {
        trials: 300,
        rewards: [
          [1_000, 20],
          [-2_000, 10],
        ],
      },
      {
        trials: 300,
        rewards: [
          [1_000, 20],
          [-2_000, 10],
        ],
      },
    ]);
    for (const [spec, learned] of [
      [revenue, nothing],
      [composite, nothing],
      [composite, cancelled],
    ] as const) {
      const { pBest, expectedLoss, width } = campaignConfidence({ armIds, priors: {}, reward: spec }, learned);
      for (const value of [pBest, expectedLoss, width]) expect(Number.isFinite(value)).toBe(true);
      expect(pBest).toBeCloseTo(0.5, 2);
    }
  });
});
