import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../math/normal.ts';
import { allocateCampaign } from '../allocate.ts';
import type { AllocationInput } from '../allocation.ts';
import { emptyStatistics } from '../statistics.ts';
import { spreadOf } from './moments-of-beliefs.ts';

describe('the spread of a belief', () => {
  test.each([
    [5, 2],
    [-3, 0.01],
  ])('a normal with mean %d and deviation %d has that deviation', (mean, deviation) => {
    const points = (count: number) =>
      Float64Array.from({ length: count }, (_, i) => mean + deviation * normalQuantile((i + 0.5) / count));
    expect(spreadOf({ mean, points }) / deviation).toBeCloseTo(1, 1);
  });

  test('what is known exactly has one above 0', () => {
    expect(spreadOf({ mean: 1, points: (count) => new Float64Array(count).fill(1) })).toBeGreaterThan(0);
  });
});

describe('an allocation', () => {
  const statistics = new Map([
    [
      'rest',
      new Map([
        ['a', { ...emptyStatistics, trials: 400, conversions: 40, revenueMinor: 400_000 }],
        ['b', { ...emptyStatistics, trials: 400, conversions: 40, revenueMinor: 200_000 }],
      ]),
    ],
  ]);
  const input: AllocationInput = {
    campaignId: 'c',
    armIds: ['a', 'b'],
    armsKey: 'k',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0,
    priors: {},
    statistics,
    reward: { kind: 'count', max: 5 },
    version: 1,
  };

  test('publishes them where decisions may choose among some arms alone, in the order of the arms', () => {
    const { rewards } = allocateCampaign({ ...input, steers: true }).leaves.rest!;
    expect(rewards).toMatchObject({ means: [expect.any(Number), expect.any(Number)], deviation: expect.any(Number) });
    expect(rewards!.spreads).toHaveLength(2);
    for (const spread of rewards!.spreads) expect(spread).toBeGreaterThan(0);
  });

  test('is what it was everywhere else, to the bit', () => {
    const { rewards: _, ...rest } = allocateCampaign({ ...input, steers: true }).leaves.rest!;
    expect(JSON.stringify(allocateCampaign(input).leaves.rest)).toBe(JSON.stringify(rest));
    const { reward: __, ...binary } = input;
    expect(allocateCampaign({ ...binary, steers: true }).leaves.rest).not.toHaveProperty('rewards');
  });
});
