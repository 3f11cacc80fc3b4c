import { expect, test } from 'vitest';
import { seededRandom } from '../../random.ts';
import { normalVariate, poissonVariate } from '../../testing/reward-variates.ts';
import { noFigures, type RewardFigures } from './figures.ts';
import { pooledBest } from './pooled-best.ts';
import type { RewardSpec } from './reward.ts';
import { beliefs } from './reward-evidence.ts';

const ROUNDS = 400;
const TRIALS = 2_000;

interface World {
  readonly spec: RewardSpec;
  /** One trial's reward (of revenue its logarithm, 0 for none). */
  readonly trial: (random: ReturnType<typeof seededRandom>) => number;
  readonly truth: number;
}

const worlds: Readonly<Record<string, World>> = {
  count: {
    spec: { kind: 'count', max: 100 },
    trial: (random) => (random.next() < 0.2 ? poissonVariate(1.5, random) : 0),
    truth: 0.3,
  },
  composite: {
    spec: { kind: 'composite', weights: { order: 10, leave: -4 } },
    trial: (random) => (random.next() < 0.05 ? 10 : 0) - (random.next() < 0.1 ? 4 : 0),
    truth: 0.1,
  },
  revenue: {
    spec: { kind: 'revenue', maxMinor: 1e11 },
    trial: (random) => (random.next() < 0.05 ? 8 + 0.8 * normalVariate(random) : 0),
    truth: 0.05 * Math.exp(8 + 0.32),
  },
};

test.each(Object.entries(worlds))(
  '%s: the middle 95 % of a belief cover the truth as often',
  (_, { spec, trial, truth }) => {
    const random = seededRandom('c0ffee'.repeat(6));
    let covered = 0;
    for (let round = 0; round < ROUNDS; round++) {
      let own: RewardFigures = { ...noFigures, trials: TRIALS };
      for (let n = 0; n < TRIALS; n++) {
        const value = trial(random);
        if (value === 0) continue;
        own = { ...own, rewarded: own.rewarded + 1, sum: own.sum + value, squares: own.squares + value * value };
      }
      const points = beliefs(spec, own).beliefOf(own, { alpha: 1, beta: 1 }).points(1_000);
      if (points[24]! <= truth && truth <= points[975]!) covered++;
    }
    // 95 % of 400 is 380; three standard errors are 13.
    expect(covered).toBeGreaterThan(366);
    expect(covered).toBeLessThan(397);
  },
);

test('follows the rewards, not the conversions; arms without a trial share the chance', () => {
  const { spec } = worlds.count!;
  expect(pooledBest(spec, [noFigures, noFigures])).toEqual([0.5, 0.5]);
  const often: RewardFigures = { trials: 2_000, rewarded: 100, sum: 500, squares: 3_000 };
  const once: RewardFigures = { trials: 2_000, rewarded: 200, sum: 200, squares: 200 };
  expect(pooledBest(spec, [once, often])[1]!).toBeGreaterThan(0.99);
});
