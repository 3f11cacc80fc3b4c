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
    const answer = performanceResponse.parse(performanceOf('hero', campaign, view([]), { hours: 24, nowMs }));
    expect(answer.allocationVersion).toBe(0);
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
      cell('rest', 'holdout', thisHour, { customers: 10, convertedCustomers: 1 }),
    ];
    const answer = performanceResponse.parse(performanceOf('hero', campaign, view(cells), { hours: 24, nowMs }));
    expect(answer.totals).toEqual({ exposures: 27, trials: 25, conversions: 5, rate: 0.2, revenueMinor: 500 });
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
      treated: { customers: 25, converted: 5, rate: 0.2 },
      holdout: { customers: 10, converted: 1, rate: 0.1 },
    });
    expect(answer.lift?.absolute).toBeCloseTo(0.1, 12);
    expect(answer.lift?.relative).toBeCloseTo(1, 12);
  });

  it('limits only the hours shown', () => {
    const cells = [cell('rest', 'a', thisHour - 5, { trials: 3 }), cell('rest', 'a', thisHour - 4, { trials: 2 })];
    const answer = performanceOf('hero', campaign, view(cells), { hours: 5, nowMs });
    expect(answer.overTime.map((hour) => hour.trials)).toEqual([2]);
    expect(answer.totals.trials).toBe(5);
  });
});
