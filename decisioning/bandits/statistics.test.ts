import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { type ArmStatistics, addStatistics, emptyStatistics, mergeStatistics, STATISTIC_FIELDS } from './statistics.ts';

const random = seededRandom('57a7'.repeat(8));
const arbitrary = (): ArmStatistics =>
  Object.fromEntries(
    STATISTIC_FIELDS.map((field) => [field, Math.floor(random.next() * 2 ** 50)]),
  ) as unknown as ArmStatistics;

describe('statistics', () => {
  it('names every sum exactly once', () => {
    expect([...STATISTIC_FIELDS].sort()).toEqual(Object.keys(emptyStatistics).sort());
  });

  it('merges exactly in any order and grouping, with the empty ones neutral', () => {
    for (let i = 0; i < 50; i++) {
      const [a, b, c] = [arbitrary(), arbitrary(), arbitrary()];
      expect(mergeStatistics(a, b)).toEqual(mergeStatistics(b, a));
      expect(mergeStatistics(mergeStatistics(a, b), c)).toEqual(mergeStatistics(a, mergeStatistics(b, c)));
      expect(mergeStatistics(a, emptyStatistics)).toEqual(a);
    }
  });

  it('holds sums at what integers are exact to, above and below 0', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const rich = addStatistics({ ...emptyStatistics, revenueMinor: 9e15 }, { revenueMinor: 9e15, trials: 1 });
    expect(rich).toEqual({ ...emptyStatistics, revenueMinor: most, trials: 1 });
    expect(addStatistics(emptyStatistics, { revenueMinor: -2 * most }).revenueMinor).toBe(-most);
  });

  it('adds a partial change and leaves the value it was given alone', () => {
    const before = { ...emptyStatistics };
    expect(addStatistics(emptyStatistics, { trials: 1, revenueMinor: -250 })).toEqual({
      ...before,
      trials: 1,
      revenueMinor: -250,
    });
    expect(emptyStatistics).toEqual(before);
  });
});
