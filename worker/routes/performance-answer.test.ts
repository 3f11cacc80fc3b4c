import { describe, expect, it } from 'vitest';
import { performanceResponse } from '../../contract/performance.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from '../../decisioning/bandits/statistics.ts';
import type { DirectoryCampaign } from '../../decisioning/catalog/slice.ts';
import type { RootView, StatisticsCell } from '../../durable-objects/campaign/protocol.ts';
import { performanceOf } from './performance-answer.ts';

const HOUR_MS = 3_600_000;
const nowMs = Date.UTC(2026, 10, 22, 12, 30);
const thisHour = Math.floor(nowMs / HOUR_MS);

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
  },
};

function cell(leaf: string, arm: string, hour: number, change: Partial<ArmStatistics>): StatisticsCell {
  return { leaf, arm, hour, statistics: addStatistics(emptyStatistics, change) };
}

function view(cells: readonly StatisticsCell[]): RootView {
  return { policy: null, allocation: null, cells, asOfMs: nowMs };
}

describe('the performance of a campaign', () => {
  it('without evidence is even, with no rate and no lift', () => {
    const answer = performanceResponse.parse(
      performanceOf('hero', campaign, view([]), { hours: 24, nowMs, goals: {} }),
    );
    expect(answer.allocationVersion).toBe(0);
    expect(answer.allocationVariesBy).toEqual([]);
    expect(answer.arms.map((arm) => [arm.arm, arm.allocation, arm.rate])).toEqual([
      ['a', 0.5, null],
      ['b', 0.5, null],
    ]);
    expect(answer.lift).toBeNull();
    expect(answer.overTime).toEqual([]);
  });

  it('adds leaves and hours up, keeps the holdout apart, and compares it', () => {
    const cells = [
      cell('rest', 'a', thisHour, {
        exposures: 12,
        trials: 10,
        conversions: 4,
        revenueMinor: 400,
        customers: 10,
        convertedCustomers: 4,
      }),
      cell('mobile', 'a', thisHour - 1, {
        exposures: 10,
        trials: 10,
        conversions: 1,
        revenueMinor: 100,
        customers: 10,
        convertedCustomers: 1,
      }),
      cell('rest', 'b', thisHour, { exposures: 5, trials: 5, conversions: 0, customers: 5 }),
      cell('rest', '*', thisHour, { customers: 15, convertedCustomers: 5, customerRevenueMinor: 4_000 }),
      cell('rest', 'holdout', thisHour, {
        exposures: 9,
        trials: 8,
        conversions: 1,
        revenueMinor: 70,
        customers: 10,
        convertedCustomers: 2,
        customerRevenueMinor: 900,
      }),
    ];
    const answer = performanceResponse.parse(
      performanceOf('hero', campaign, view(cells), { hours: 24, nowMs, goals: {} }),
    );
    expect(answer.totals).toMatchObject({ exposures: 27, trials: 25, conversions: 5, rate: 0.2, revenueMinor: 500 });
    expect(answer.holdout).toMatchObject({ exposures: 9, trials: 8, conversions: 1, rate: 0.125, revenueMinor: 70 });
    expect(answer.arms.find((arm) => arm.arm === 'a')).toMatchObject({ trials: 20, conversions: 5, rate: 0.25 });
    expect(answer.leaves.map((leaf) => [leaf.leaf, leaf.trials])).toEqual([
      ['mobile', 10],
      ['rest', 15],
    ]);
    expect(answer.overTime.map((hour) => [hour.hour, hour.trials])).toEqual([
      ['2026-11-22T11:00:00.000Z', 10],
      ['2026-11-22T12:00:00.000Z', 15],
    ]);
    expect(answer.lift).toMatchObject({
      treated: { customers: 40, converted: 10, rate: 0.25, revenueMinor: 4_000, revenuePerCustomerMinor: 100 },
      holdout: { customers: 10, converted: 2, rate: 0.2, revenueMinor: 900, revenuePerCustomerMinor: 90 },
      absoluteRevenueMinor: 10,
    });
    const { absolute, interval, relative, relativeInterval } = answer.lift!;
    expect(absolute).toBeCloseTo(0.05, 12);
    expect(relative).toBeCloseTo(0.25, 12);
    for (const [[low, high], value] of [
      [interval!, absolute!],
      [relativeInterval!, relative!],
    ] as const) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('gives every block of figures the interval of its own counts', () => {
    const cells = [
      cell('rest', 'a', thisHour, { trials: 10, conversions: 10 }),
      cell('mobile', 'b', thisHour - 1, { trials: 19 }),
      cell('rest', 'holdout', thisHour, { trials: 1, conversions: 1 }),
    ];
    const answer = performanceResponse.parse(
      performanceOf('hero', campaign, view(cells), { hours: 24, nowMs, goals: {} }),
    );
    // Beta(n + 1, 1) has the distribution x^(n + 1), and Beta(1, n + 1) its mirror image.
    const all = (n: number) => [0.025 ** (1 / (n + 1)), 0.975 ** (1 / (n + 1))];
    const none = (n: number) =>
      all(n)
        .map((x) => 1 - x)
        .reverse();
    const [first, second] = answer.overTime;
    const [mobile, rest] = answer.leaves;
    const [a, b] = answer.arms;
    const expected: [{ credibleInterval: readonly number[] }, number[]][] = [
      [answer.holdout, all(1)],
      [first!, none(19)],
      [second!, all(10)],
      [first!.arms[0]!, none(19)],
      [second!.arms[0]!, all(10)],
      [mobile!, none(19)],
      [rest!, all(10)],
      [rest!.arms[0]!, all(10)],
      [a!, all(10)],
      [b!, none(19)],
      [mobile!.arms[0]!, all(0)],
    ];
    for (const [figures, [low, high]] of expected) {
      expect(figures.credibleInterval[0]).toBeCloseTo(low!, 12);
      expect(figures.credibleInterval[1]).toBeCloseTo(high!, 12);
    }
    expect(answer.totals.credibleInterval[0]).toBeLessThan(10 / 29);
    expect(answer.totals.credibleInterval[1]).toBeGreaterThan(10 / 29);
  });

  it('limits only the hours shown', () => {
    const cells = [cell('rest', 'a', thisHour - 5, { trials: 3 }), cell('rest', 'a', thisHour - 4, { trials: 2 })];
    const answer = performanceOf('hero', campaign, view(cells), { hours: 5, nowMs, goals: {} });
    expect(answer.overTime.map((hour) => hour.trials)).toEqual([2]);
    expect(answer.totals.trials).toBe(5);
  });
});
