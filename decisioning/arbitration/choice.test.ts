import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choiceProbabilities } from './choice.ts';

describe('choiceProbabilities', () => {
  test('all to the best without exploration; ties share evenly', () => {
    expect(choiceProbabilities([1, 3, 2], 0)).toEqual([0, 1, 0]);
    expect(choiceProbabilities([2, 1, 2], 0)).toEqual([0.5, 0, 0.5]);
    expect(choiceProbabilities([-7], 0)).toEqual([1]);
  });

  test('the exploration share is spread over all, the best included', () => {
    expect(choiceProbabilities([1, 3, 2, 0], 0.25)).toEqual([0.0625, 0.8125, 0.0625, 0.0625]);
    expect(choiceProbabilities([0, 0], 0.5)).toEqual([0.5, 0.5]);
    expect(choiceProbabilities([1, 2], 1)).toEqual([0.5, 0.5]);
  });

  test('sums to 1, gives nobody less than the exploration share, and never more to a worse one', () => {
    const values = fc.array(
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, exploration) => {
        const p = choiceProbabilities(list, exploration);
        expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
        const best = Math.max(...list);
        for (const [i, value] of list.entries()) {
          expect(p[i]!).toBeGreaterThanOrEqual(exploration / list.length);
          if (value < best) expect(p[i]).toBe(exploration / list.length);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
