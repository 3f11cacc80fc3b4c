import { describe, expect, test } from 'vitest';
import { MAX_FEATURE, MAX_FEATURES } from '../../features/features.ts';
import { pick, testRandom } from '../../testing/seeds.ts';
import { addSums, addVectors, MAX_SUMS_LENGTH, type SumsByName } from '../named-sums.ts';
import { MAX_COMPOSITE_GOALS, MAX_GOAL_WEIGHT, MAX_REWARD_COUNT } from '../rewards/limits.ts';
import { type RewardSpec, rewardInteger } from '../rewards/reward.ts';
import {
  MOMENT_SCALE,
  momentReward,
  momentsLength,
  momentsName,
  momentUnits,
  rewardMoments,
  trialMoments,
} from './moments.ts';

const z = [1_000, -250, 8_000];

describe('moments', () => {
  test('of a trial are z·zᵀ as its upper triangle row by row, then nothing', () => {
    expect(trialMoments(z)).toEqual([1e6, -250_000, 8e6, 62_500, -2e6, 64e6, 0, 0, 0, 0]);
    expect(trialMoments(z)).toHaveLength(momentsLength(3));
  });

  test('of a reward are z·y, then y²', () => {
    expect(rewardMoments(z, 0, 1_000)).toEqual([0, 0, 0, 0, 0, 0, 1e6, -250_000, 8e6, 1e6]);
  });

  test('of a reward that changes are as if it had come at once', () => {
    const steps = addVectors(rewardMoments(z, 0, 400), rewardMoments(z, 400, -1_700));
    expect(steps).toEqual(rewardMoments(z, 0, -1_700));
  });

  test('of the longest vector fit what objects store, and stay exact for 1e8 trials of one arm', () => {
    expect(momentsLength(1 + MAX_FEATURES)).toBeLessThanOrEqual(MAX_SUMS_LENGTH);
    expect((MAX_FEATURE * MOMENT_SCALE) ** 2 * 1e8).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  test('merge to the same integers in any order and any grouping', () => {
    const random = testRandom(71);
    const name = momentsName('0a1b2c3d');
    const changes: SumsByName[] = Array.from({ length: 60 }, () => {
      const one = [1_000, ...Array.from({ length: 5 }, () => Math.round((random.next() - 0.5) * 16_000))];
      return { [name]: addVectors(trialMoments(one), rewardMoments(one, 0, Math.round(random.next() * 5_000))) };
    });
    const whole = changes.reduce(addSums);
    for (let round = 0; round < 5; round++) {
      const shuffled = changes.map((change) => ({ change, at: random.next() })).toSorted((a, b) => a.at - b.at);
      const shards: SumsByName[] = [{}, {}, {}];
      for (const { change } of shuffled) {
        const shard = pick(random, [0, 1, 2]);
        shards[shard] = addSums(shards[shard]!, change);
      }
      expect(shards.reduce(addSums)[name]).toEqual(whole[name]);
    }
  });

  test('know conversions in thousandths, counts and composites as they are summed up, but no revenue', () => {
    expect(momentReward(undefined, 1)).toBe(1_000);
    expect(momentReward({ kind: 'binary' }, 0)).toBe(0);
    expect(momentReward({ kind: 'count', max: 9 }, 7)).toBe(7);
    expect(momentReward({ kind: 'composite', weights: { a: -0.5 } }, -500)).toBe(-500);
    expect(() => momentReward({ kind: 'revenue', maxMinor: 100 }, 1)).toThrow(RangeError);
  });

  test('under another reward have another name, and those of conversions the plain one', () => {
    const count = { kind: 'count', max: 9 } as const;
    expect(momentsName('0a1b2c3d')).toBe('linear:0a1b2c3d');
    expect(momentsName('0a1b2c3d', { kind: 'binary' })).toBe('linear:0a1b2c3d');
    expect(momentsName('0a1b2c3d', count)).toMatch(/^linear:0a1b2c3d:[0-9a-f]{8}$/);
    expect(momentsName('0a1b2c3d', count)).not.toBe(momentsName('0a1b2c3d', { ...count, max: 8 }));
  });

  test('of the largest rewards stay exact for 1e6 trials of the largest features', () => {
    const goals = Array.from({ length: MAX_COMPOSITE_GOALS }, (_, i) => `g${i}`);
    const specs: RewardSpec[] = [
      { kind: 'count', max: MAX_REWARD_COUNT },
      { kind: 'composite', weights: Object.fromEntries(goals.map((goal) => [goal, MAX_GOAL_WEIGHT])) },
      { kind: 'composite', weights: { g0: 10 } },
    ];
    const tally = Object.fromEntries(goals.map((goal) => [goal, { count: MAX_REWARD_COUNT, value: 0 }]));
    for (const spec of specs) {
      const integer = momentReward(spec, rewardInteger(spec, 'g0', tally));
      const largest = Math.max(...rewardMoments([1_000, MAX_FEATURE * 1_000], 0, integer));
      expect(largest * 1e6).toBeLessThan(Number.MAX_SAFE_INTEGER);
      expect(integer / momentUnits(spec)).toBe(spec.kind === 'count' ? 1_000 : integer === 10_000 ? 10 : 16_000);
    }
  });
});
