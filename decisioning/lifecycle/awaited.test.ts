import { describe, expect, test } from 'vitest';
import { warningsOf } from '../catalog/warnings.ts';
import { campaignOf } from '../testing/configuration.ts';
import { leastOf, PATIENCE, type Reach } from './awaited.ts';
import { DEFAULT_PHASES, DEFAULT_THRESHOLDS, type LifecycleRules } from './phases.ts';

const armIds = ['a', 'b', 'c'];
const rules = (floor: number): LifecycleRules => ({
  phases: { ...DEFAULT_PHASES, initialization: { ...DEFAULT_PHASES.initialization, floor } },
  thresholds: DEFAULT_THRESHOLDS,
});
const thompson: Reach = { strategy: { policy: 'thompson' }, minExploration: 0, lifecycle: rules(0) };
const split = (weights: Readonly<Record<string, number>>) => ({ policy: 'fixed_split', weights }) as const;

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
