import { describe, expect, test } from 'vitest';
import type { SumsByName } from '../bandits/named-sums.ts';
import { type RewardSpec, rewardName } from '../bandits/rewards/reward.ts';
import { emptyStatistics } from '../bandits/statistics.ts';
import { warningsOf } from '../catalog/warnings.ts';
import { campaignOf } from '../testing/configuration.ts';
import { awaitedOf, PATIENCE, type Reach } from './awaited.ts';
import { campaignConfidence } from './campaign-confidence.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS, type LifecycleRules } from './phases.ts';

const armIds = ['a', 'b', 'c'];
const rules = (floor: number): LifecycleRules => ({
  phases: { ...DEFAULT_PHASES, initialization: { ...DEFAULT_PHASES.initialization, floor } },
  thresholds: DEFAULT_THRESHOLDS,
});
const floors = (initialization: number, learning: number): LifecycleRules => ({
  ...rules(initialization),
  phases: { ...rules(initialization).phases, learning: { ...DEFAULT_PHASES.learning, floor: learning } },
});
const thompson: Reach = { strategy: { policy: 'thompson' }, minExploration: 0, lifecycle: rules(0) };
const split = (weights: Readonly<Record<string, number>>) => ({ policy: 'fixed_split', weights }) as const;

const leastOf = (...args: Parameters<typeof awaitedOf>) => awaitedOf(...args).least;

describe('the arm that is waited for', () => {
  test('is the one with the fewest trials, the first of several', () => {
    expect(leastOf(armIds, [4, 2, 2])).toEqual({ leastTrials: 2, leastArm: 'b' });
    expect(leastOf(armIds, [9, 9, 0], thompson)).toEqual({ leastTrials: 0, leastArm: 'c' });
  });

  test('is none that a split without a floor leaves out', () => {
    const only = { ...thompson, strategy: split({ a: 2, b: 1 }) };
    expect(leastOf(armIds, [40, 31, 0], only)).toEqual({ leastTrials: 31, leastArm: 'b' });
    expect(leastOf(armIds, [40, 31, 0], { ...only, minExploration: 0.1 }).leastArm).toBe('c');
    expect(leastOf(armIds, [40, 31, 0], { ...only, lifecycle: rules(0.1) }).leastArm).toBe('c');
    // No weight for any arm is an even split.
    expect(leastOf(armIds, [40, 31, 0], { ...only, strategy: split({ old: 1 }) }).leastArm).toBe('c');
  });

  test('is one that any of several strategies shows', () => {
    const of = (id: string, weights: Record<string, number>) => ({
      id,
      share: 0.5,
      strategy: split(weights),
      minExploration: 0,
    });
    const strategies = { mode: 'concurrent' as const, list: [of('one', { a: 1 }), of('two', { b: 1 })] };
    expect(leastOf(armIds, [40, 3, 0], { ...thompson, strategies }).leastArm).toBe('b');
  });

  test('is no more one that had no trial while every other had thirty times enough', () => {
    const enough = PATIENCE * DEFAULT_THRESHOLDS.trialsPerArm;
    expect(leastOf(armIds, [enough, enough - 1, 0], thompson).leastArm).toBe('c');
    expect(leastOf(armIds, [enough, enough, 1], thompson).leastArm).toBe('c');
    expect(leastOf(armIds, [enough + 1, enough, 0], thompson)).toEqual({ leastTrials: enough, leastArm: 'b' });
    expect(leastOf(armIds, [0, 0, 0], thompson).leastTrials).toBe(0);
  });
});

describe.each<[string, RewardSpec | undefined]>([
  ['conversions', undefined],
  ['a composite', { kind: 'composite', weights: { order: 1 } }],
])('an arm that is passed over, by %s,', (_, reward) => {
  /** A tenth of the trials are conversions; the last arm is believed in most. */
  function numbersOf(trials: readonly number[], reach: Reach) {
    const conversions = trials.map((count) => Math.floor(count / 10));
    const statistics = new Map(
      armIds.map((id, i) => [id, { ...emptyStatistics, trials: trials[i]!, conversions: conversions[i]! }]),
    );
    const sums = new Map(
      conversions.map((count, i): [string, SumsByName] => [
        armIds[i]!,
        reward ? { [rewardName(reward)!]: [count, 1_000 * count, 1_000_000 * count] } : {},
      ]),
    );
    return campaignConfidence(
      { armIds, priors: { c: { alpha: 50, beta: 50 } }, ...(reward && { reward }), ...reach },
      { statistics: new Map([['rest', statistics]]), sums: new Map([['rest', sums]]) },
    );
  }
  const only = { ...thompson, strategy: split({ a: 1, b: 1 }), lifecycle: floors(0, 0) };
  const enough = PATIENCE * DEFAULT_THRESHOLDS.trialsPerArm;

  test.each([
    ['a split leaves it out', only],
    ['only later phases show it', { ...only, lifecycle: floors(0, 0.2) }],
    ['nobody comes to where it is shown', thompson],
  ])('never leads without trials: %s', (_why, reach) => {
    const trials = [enough, enough, 0];
    const { leader, pBest, expectedLoss, width } = numbersOf(trials, reach);
    expect(leader).not.toBe('c');
    // Of two that are alike.
    expect(pBest).toBeCloseTo(0.5, 1);
    expect(expectedLoss).toBeGreaterThan(0.01);
    expect(expectedLoss).toBeLessThan(0.2);
    expect(width).toBeLessThan(0.6);
    expect(awaitedOf(armIds, trials, reach).compared).toEqual([0, 1]);
  });

  test('leads while it is waited for, and once a later phase has shown it', () => {
    expect(numbersOf([enough - 1, enough, 0], thompson)).toMatchObject({
      leastArm: 'c',
      // Rewards begin from what all arms have in common, not from priors.
      ...(reward === undefined && { leader: 'c' }),
    });
    expect(awaitedOf(armIds, [enough - 1, enough, 0], thompson).compared).toEqual([0, 1, 2]);
    const later = { ...only, lifecycle: floors(0, 0.2) };
    expect(awaitedOf(armIds, [40, 31, 1], later)).toEqual({
      least: { leastTrials: 31, leastArm: 'b' },
      compared: [0, 1, 2],
    });
  });

  test('does not lead by trials that only the first phase could give it', () => {
    const reach = { ...only, lifecycle: floors(0.5, 0) };
    expect(awaitedOf(armIds, [40, 31, 30], reach)).toEqual({
      least: { leastTrials: 30, leastArm: 'c' },
      compared: [0, 1],
    });
    expect(numbersOf([40, 31, 30], reach).leader).not.toBe('c');
  });
});

describe('publishing warns', () => {
  const warningsFor = (weights: Record<string, number>, floor: number, lifecycle = true) =>
    warningsOf({
      campaigns: [
        campaignOf('c', {
          strategy: { policy: 'fixed_split', weights, minExploration: 0 },
          ...(lifecycle && { lifecycle: rules(floor) }),
        }),
      ],
    });

  test('of arms that the first phase shows to nobody, by name', () => {
    const [first] = campaignOf('c').arms;
    expect(warningsFor({ [first!.id]: 1 }, 0)).toEqual([
      {
        path: '/campaigns/c/lifecycle/initialization',
        detail: expect.stringMatching(/^shows "[a-z-]+".* to nobody: goes on without trials of them$/),
      },
    ]);
  });

  test('of nothing where a floor shows them, where there are no phases, and where the split is even', () => {
    const [first] = campaignOf('c').arms;
    expect(warningsFor({ [first!.id]: 1 }, 0.5)).toEqual([]);
    expect(warningsFor({ [first!.id]: 1 }, 0, false)).toEqual([]);
    expect(warningsFor({}, 0)).toEqual([]);
  });
});
