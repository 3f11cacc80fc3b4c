import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import type { PlayedCampaign } from './played.ts';

const run = (reward: number, rest: Partial<PlayedCampaign> = {}): PlayedCampaign => ({
  campaignId: 'c',
  shown: 100,
  trials: 100,
  heldOut: 0,
  reach: 100,
  reward,
  conversions: reward,
  revenue: 2 * reward,
  regret: 50 - reward,
  curve: [1, 50 - reward],
  armIds: ['a', 'b'],
  byArm: [25, 75],
  ...rest,
});

describe('compare', () => {
  test('gives means over runs with their standard errors, mean curves and shares', () => {
    const [only] = compare([{ name: 'x', runs: [run(10), run(14), run(18)] }]);
    expect(only!.reward.mean).toBe(14);
    // Deviations −4, 0, 4: variance 16, over three runs.
    expect(only!.reward.standardError).toBeCloseTo(4 / Math.sqrt(3), 12);
    expect(only!.rate.mean).toBeCloseTo(0.14, 12);
    expect(only!.regret.mean).toBe(36);
    expect([only!.conversions.mean, only!.revenue.mean]).toEqual([14, 28]);
    expect(only!.curve).toEqual([1, 36]);
    expect(only!.arms).toEqual([
      { arm: 'a', share: 0.25 },
      { arm: 'b', share: 0.75 },
    ]);
    expect(only!.lift).toBeNull();
  });

  test("lift is the mean of the runs' own differences, with Student's interval, as a share of the first's mean", () => {
    const first = { name: 'x', runs: [run(10), run(20), run(30)] };
    const [, other] = compare([first, { name: 'y', runs: [run(12), run(21), run(36)] }]);
    // Differences 2, 1, 6: mean 3, variance 7, two degrees of freedom.
    const half = tQuantile(0.975, 2) * Math.sqrt(7 / 3);
    expect(other!.lift!.estimate).toBeCloseTo(3 / 20, 12);
    expect(other!.lift!.low).toBeCloseTo((3 - half) / 20, 9);
    expect(other!.lift!.high).toBeCloseTo((3 + half) / 20, 9);
  });

  test('one run, and a first that earned nothing, have no lift; nothing shown has no rate', () => {
    const nothing = run(0, { shown: 0, byArm: [0, 0] });
    const lifts = (first: PlayedCampaign[], runs: PlayedCampaign[]) =>
      compare([
        { name: 'x', runs: first },
        { name: 'y', runs },
      ])[1]!.lift;
    expect(lifts([run(1)], [run(2)])).toBeNull();
    expect(lifts([nothing, nothing], [run(2), run(3)])).toBeNull();
    expect(compare([{ name: 'x', runs: [nothing] }])[0]).toMatchObject({
      rate: { mean: 0, standardError: 0 },
      arms: [{ share: 0 }, { share: 0 }],
    });
  });
});
