import { describe, expect, test } from 'vitest';
import { compositeBelief, compositePrior } from './composite-belief.ts';
import { rewardFigures } from './figures.ts';
import { MAX_COMPOSITE_GOALS, MAX_GOAL_WEIGHT } from './limits.ts';
import {
  MAX_COMPOSITE_INTEGER,
  type RewardSpec,
  rewardInteger,
  rewardName,
  rewardSums,
  rewardTrialsName,
  rewardUnits,
} from './reward.ts';
import type { TrialTally } from './tally.ts';

type Weights = Readonly<Record<string, number>>;
const composite = (weights: Weights): RewardSpec => ({ kind: 'composite', weights });
const reaching = (...goals: readonly string[]): TrialTally =>
  Object.fromEntries(goals.map((goal) => [goal, { count: 1, value: 0 }]));
const goals = Array.from({ length: MAX_COMPOSITE_GOALS }, (_, i) => `g${i}`);
const largest = composite(Object.fromEntries(goals.map((goal) => [goal, MAX_GOAL_WEIGHT])));

describe('a composite reward', () => {
  test.each<[Weights, number]>([
    [{ a: 0.001 }, 1_000],
    [{ a: 3, b: -7 }, 1_000],
    [{ a: 3, b: -7.001 }, 999],
    [{ a: 10, b: 2, c: -25 }, 270],
    [{ a: 1_000, b: -1_000 }, 5],
    [Object.fromEntries(goals.slice(0, 10).map((goal) => [goal, 1_000])), 1],
    [Object.fromEntries(goals.slice(0, 11).map((goal) => [goal, 1_000])), 0.5],
  ])('of weights %j is summed up in parts: %d in each 1', (weights, units) => {
    expect(rewardUnits(composite(weights))).toBe(units);
  });

  test('never passes its largest integer, and whole weights come back exactly', () => {
    for (const weights of [{ a: 10, b: 2, c: -25 }, { a: 999, b: -998 }, { a: 3, b: 7.5 }, { a: -1_000 }]) {
      const spec = composite(weights);
      for (const reached of [['a'], ['b'], ['a', 'b'], ['a', 'b', 'c']]) {
        const integer = rewardInteger(spec, 'a', reaching(...reached));
        expect(Math.abs(integer)).toBeLessThanOrEqual(MAX_COMPOSITE_INTEGER);
        const expected = reached.reduce((sum, goal) => sum + ((weights as Weights)[goal] ?? 0), 0);
        expect(integer / rewardUnits(spec)).toBeCloseTo(expected, Number.isInteger(expected) ? 12 : 3);
      }
    }
  });

  test('of sixteen goals at a thousand each stays exact over 1e6 trials, and so does its belief', () => {
    const trials = 1_000_000;
    const one = rewardSums(rewardInteger(largest, 'g0', reaching(...goals)));
    const total = one.map((value) => value * trials);
    for (const sum of total) expect(Number.isSafeInteger(sum)).toBe(true);
    // Every trial counts to the last: one less is another number.
    expect(total[2]! - one[2]!).toBe(one[2]! * (trials - 1));
    const sums = { [rewardName(largest)!]: total, [rewardTrialsName(largest)!]: [trials] };
    const figures = rewardFigures(largest, undefined, sums, true);
    expect(figures).toEqual({ trials, rewarded: trials, sum: 16_000 * trials, squares: 16_000 ** 2 * trials });
    const { mean, points } = compositeBelief(figures, compositePrior(figures, MAX_GOAL_WEIGHT));
    expect(mean).toBeCloseTo(16_000, 1);
    expect(points(256).every((point) => Number.isFinite(point))).toBe(true);
  });

  test('squares stay below 2^53 for ninety million trials', () => {
    expect(MAX_COMPOSITE_INTEGER ** 2 * 9e7).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  test('squares that were held at 2^53 widen what is believed, and do not narrow it', () => {
    const spec = composite({ a: 1, b: -1 });
    const [n, each] = [2e8, 9_000];
    const read = (squares: number) =>
      rewardFigures(spec, undefined, { [rewardName(spec)!]: [n, 0, squares], [rewardTrialsName(spec)!]: [n] }, true);
    const spread = (squares: number) => compositePrior(read(squares), 1).deviation;
    const exact = spread(Number.MAX_SAFE_INTEGER - 1);
    expect(n * each ** 2).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    expect(spread(Number.MAX_SAFE_INTEGER)).toBeGreaterThan(exact);
    expect(spread(Number.MAX_SAFE_INTEGER)).toBeGreaterThanOrEqual(each / rewardUnits(spec));
  });

  test('keeps the name it had in thousandths, and has another in other parts', () => {
    expect(rewardName(composite({ a: 3, b: -4.5 }))).toBe('reward:bd3ea329');
    expect(rewardName(composite({ b: -4.5, a: 3 }))).toBe(rewardName(composite({ a: 3, b: -4.5 })));
    expect(rewardName(composite({ a: 30 }))).not.toBe(rewardName(composite({ a: 3 })));
  });
});
