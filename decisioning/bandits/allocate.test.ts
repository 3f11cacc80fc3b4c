import { describe, expect, it } from 'vitest';
import { allocateCampaign, MAX_ARMS } from './allocate.ts';
import { type AllocationInput, ENROLLED_ARM, HOLDOUT_ARM, type LeafAllocation } from './allocation.ts';
import { leafPrior, MAX_BORROWED_TRIALS } from './leaf-prior.ts';
import { probabilityBest } from './p-best.ts';
import { posteriorMean, posteriorOf, uniformPrior } from './posterior.ts';
import { REVENUE_PRIOR_TRIALS } from './revenue.ts';
import { type ArmStatistics, addStatistics, emptyStatistics } from './statistics.ts';

const seen = (change: Partial<ArmStatistics>) => addStatistics(emptyStatistics, change);

function statistics(leaves: Record<string, Record<string, Partial<ArmStatistics>>>): AllocationInput['statistics'] {
  return new Map(
    Object.entries(leaves).map(([leaf, arms]) => [
      leaf,
      new Map(Object.entries(arms).map(([armId, change]) => [armId, seen(change)])),
    ]),
  );
}

function input(change: Partial<AllocationInput> = {}): AllocationInput {
  return {
    campaignId: 'spring',
    armIds: ['a', 'b'],
    armsKey: 'k1',
    leaves: ['rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.01,
    priors: {},
    statistics: new Map(),
    version: 3,
    ...change,
  };
}

const leafOf = (change: Partial<AllocationInput>, leaf = 'rest'): LeafAllocation =>
  allocateCampaign(input(change)).leaves[leaf]!;

describe('allocateCampaign', () => {
  it('starts even, expects half of all trials to convert and no revenue', () => {
    const allocation = allocateCampaign(input({ leaves: ['mobile', 'rest'] }));
    expect(allocation).toMatchObject({ campaignId: 'spring', version: 3, armsKey: 'k1', armIds: ['a', 'b'] });
    expect(Object.keys(allocation.leaves)).toEqual(['mobile', 'rest']);
    for (const leaf of Object.values(allocation.leaves)) {
      expect(leaf.probabilities).toEqual([0.5, 0.5]);
      expect(leaf.posteriors).toEqual([uniformPrior, uniformPrior]);
      expect([leaf.expectedRate, leaf.expectedRevenueMinor]).toEqual([0.5, 0]);
    }
  });

  it('survives JSON unchanged', () => {
    const allocation = allocateCampaign(
      input({ statistics: statistics({ rest: { a: { trials: 10, conversions: 2 } } }) }),
    );
    expect(JSON.parse(JSON.stringify(allocation))).toEqual(allocation);
  });

  it('publishes P(best) of Beta(1 + c, 1 + n − c) under the floor', () => {
    const leaf = leafOf({
      minExploration: 0.1,
      statistics: statistics({ rest: { a: { trials: 100, conversions: 10 }, b: { trials: 50, conversions: 9 } } }),
    });
    const posteriors = [
      { alpha: 11, beta: 91 },
      { alpha: 10, beta: 42 },
    ];
    const [pA, pB] = probabilityBest(posteriors);
    expect(leaf.posteriors).toEqual(posteriors);
    expect(leaf.pBest).toEqual([pA, pB]);
    expect(leaf.probabilities[1]).toBeCloseTo(0.05 + 0.9 * pB!, 14);
    expect(leaf.expectedRate).toBeCloseTo((leaf.probabilities[0]! * 11) / 102 + (leaf.probabilities[1]! * 10) / 52, 14);
  });

  it('keeps a fixed split whatever was learned, and still reports P(best)', () => {
    const leaf = leafOf({
      strategy: { policy: 'fixed_split', weights: { a: 1, b: 3 } },
      minExploration: 0,
      statistics: statistics({ rest: { a: { trials: 1000, conversions: 900 }, b: { trials: 1000 } } }),
    });
    expect(leaf.probabilities).toEqual([0.25, 0.75]);
    expect(leaf.pBest).toEqual([1, 0]);
  });

  it('starts from an imported prior per arm, also for an arm named like an inherited property', () => {
    const leaf = leafOf({ armIds: ['a', 'constructor'], priors: { a: { alpha: 30, beta: 70 } } });
    expect(leaf.posteriors).toEqual([{ alpha: 30, beta: 70 }, uniformPrior]);
  });

  it('ignores the holdout, customers enrolled before an arm was drawn, arms that are gone and leaves that are gone', () => {
    const noise = { trials: 500, conversions: 400, revenueMinor: 99_999 };
    const own = { a: { trials: 20, conversions: 3 } };
    const clean = leafOf({ statistics: statistics({ rest: own }) });
    for (const other of [HOLDOUT_ARM, ENROLLED_ARM, 'gone'])
      expect(leafOf({ statistics: statistics({ rest: { ...own, [other]: noise } }) })).toEqual(clean);
    expect(leafOf({ statistics: statistics({ rest: own, oldLeaf: { a: noise } }) })).toEqual(clean);
  });

  it('lets a leaf without evidence borrow at most the stated trials from the others', () => {
    const rich = { trials: 10_000, conversions: 2_000 };
    const leaf = leafOf({ leaves: ['mobile', 'rest'], statistics: statistics({ rest: { a: rich } }) }, 'mobile');
    expect(leaf.posteriors[0]).toEqual({ alpha: 1 + 0.2 * MAX_BORROWED_TRIALS, beta: 1 + 0.8 * MAX_BORROWED_TRIALS });
    expect(leaf.posteriors[1]).toEqual(uniformPrior);
  });

  it('counts nothing twice: a leaf does not borrow its own data back', () => {
    const rich = statistics({ rest: { a: { trials: 10_000, conversions: 2_000 } } });
    const only = { alpha: 2_001, beta: 8_001 };
    expect(leafOf({ statistics: rich }).posteriors[0]).toEqual(only);
    expect(leafOf({ leaves: ['mobile', 'rest'], statistics: rich }).posteriors[0]).toEqual(only);
  });

  it('lets a leaf that differs overrule the campaign with its own evidence', () => {
    const leaf = leafOf(
      {
        leaves: ['mobile', 'rest'],
        statistics: statistics({
          mobile: { a: { trials: 500, conversions: 25 }, b: { trials: 500, conversions: 75 } },
          rest: { a: { trials: 90_000, conversions: 18_000 }, b: { trials: 90_000, conversions: 4_500 } },
        }),
      },
      'mobile',
    );
    expect(leaf.pBest[1]!).toBeGreaterThan(0.95);
  });

  it('does not let one lucky order dominate expected revenue', () => {
    const lucky = leafOf({
      minExploration: 0,
      strategy: { policy: 'fixed_split', weights: { a: 1 } },
      statistics: statistics({ rest: { a: { trials: 1, conversions: 1, revenueMinor: 100_000 } } }),
    });
    const mean = 100_000 / (1 + REVENUE_PRIOR_TRIALS);
    expect(lucky.expectedRevenueMinor).toBeCloseTo(
      (100_000 + REVENUE_PRIOR_TRIALS * mean) / (1 + REVENUE_PRIOR_TRIALS),
      9,
    );
    expect(lucky.expectedRevenueMinor).toBeLessThan(2_000);
    const settled = leafOf({
      minExploration: 0,
      strategy: { policy: 'fixed_split', weights: { a: 1 } },
      statistics: statistics({ rest: { a: { trials: 1e6, conversions: 1e4, revenueMinor: 5e7 } } }),
    });
    expect(settled.expectedRevenueMinor).toBeCloseTo(50, 1);
  });

  it('keeps every figure finite with negative revenue and 512 arms', () => {
    const armIds = Array.from({ length: MAX_ARMS }, (_, i) => `arm-${i}`);
    const leaf = leafOf({ armIds, statistics: statistics({ rest: { 'arm-7': { trials: 3, revenueMinor: -5_000 } } }) });
    expect(Math.abs(leaf.probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-12);
    expect(Math.min(...leaf.probabilities)).toBeGreaterThanOrEqual(0.01 / MAX_ARMS);
    expect(Number.isFinite(leaf.expectedRevenueMinor) && leaf.expectedRevenueMinor < 0).toBe(true);
  });

  it.each([
    ['no arms', { armIds: [] }],
    ['513 arms', { armIds: Array.from({ length: MAX_ARMS + 1 }, (_, i) => `${i}`) }],
    ['an arm twice', { armIds: ['a', 'a'] }],
    ['an arm named holdout', { armIds: ['a', 'holdout'] }],
    ['an arm named as the enrolled are counted', { armIds: ['a', ENROLLED_ARM] }],
    ['no leaf rest at the end', { leaves: ['rest', 'mobile'] }],
    ['a leaf twice', { leaves: ['x', 'x', 'rest'] }],
    ['a floor of 1', { minExploration: 1 }],
    ['an improper prior', { priors: { a: { alpha: 0, beta: 1 } } }],
    ['more conversions than trials', { statistics: statistics({ rest: { a: { trials: 1, conversions: 2 } } }) }],
  ] satisfies [string, Partial<AllocationInput>][])('refuses %s', (_what, change) => {
    expect(() => allocateCampaign(input(change))).toThrow(RangeError);
  });
});

describe('leafPrior', () => {
  it('takes little evidence whole and much only up to the limit, the limit itself being whole', () => {
    expect(leafPrior({ trials: 0, conversions: 0 })).toEqual(uniformPrior);
    expect(leafPrior({ trials: 10, conversions: 4 })).toEqual({ alpha: 5, beta: 7 });
    expect(leafPrior({ trials: MAX_BORROWED_TRIALS, conversions: 20 })).toEqual({ alpha: 21, beta: 31 });
    const much = leafPrior({ trials: 1e9, conversions: 4e8 }, { alpha: 2, beta: 3 });
    expect(much.alpha + much.beta).toBeCloseTo(5 + MAX_BORROWED_TRIALS, 9);
  });
});

describe('posteriorOf', () => {
  it('adds conversions and misses to the prior', () => {
    expect(posteriorOf({ trials: 7, conversions: 2 }, { alpha: 0.5, beta: 4 })).toEqual({ alpha: 2.5, beta: 9 });
    expect(posteriorMean({ alpha: 3, beta: 1 })).toBe(0.75);
  });
});
