import { describe, expect, it } from 'vitest';
import { estimateAudience } from './estimate.ts';
import { RANKS } from './sample.ts';

describe('estimateAudience', () => {
  it("has Wilson's interval of the share: 81 of 263 is 0.2553 to 0.3662", () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    const { share } = estimateAudience({ held: 900, below: RANKS, answered: 263, matched: 81 });
    expect(share?.low).toBeCloseTo(0.2553, 4);
    expect(share?.high).toBeCloseTo(0.3662, 4);
  });

  it('multiplies the number by the count, and both of their ends', () => {
    const { customers, share, matching } = estimateAudience({
      held: 1_000,
      below: RANKS / 100,
      answered: 200,
      matched: 50,
    });
    expect(customers.estimate).toBeCloseTo(100_000, 6);
    expect(matching.estimate).toBeCloseTo(25_000, 6);
    expect(matching.low).toBeCloseTo(customers.low * share!.low, 6);
    expect(matching.high).toBeCloseTo(customers.high * share!.high, 6);
  });

  it('is exact when everybody answered', () => {
    const { matching, share } = estimateAudience({ held: 7, below: RANKS, answered: 7, matched: 3 });
    expect(share).toEqual({ estimate: 3 / 7, low: 3 / 7, high: 3 / 7 });
    expect(matching).toEqual({ estimate: 3, low: 3, high: 3 });
  });

  it('knows nothing of the share when nobody answered', () => {
    expect(estimateAudience({ held: 12, below: RANKS, answered: 0, matched: 0 })).toEqual({
      customers: { estimate: 12, low: 12, high: 12 },
      share: null,
      matching: { estimate: 0, low: 0, high: 12 },
    });
  });

  it('keeps the share inside its interval where none or all match', () => {
    for (const matched of [0, 200]) {
      const { share } = estimateAudience({ held: 300, below: RANKS, answered: 200, matched });
      expect(share!.low).toBeLessThanOrEqual(share!.estimate);
      expect(share!.high).toBeGreaterThanOrEqual(share!.estimate);
      expect(share!.high - share!.low).toBeGreaterThan(0.01);
    }
  });

  it('refuses more answers than there are customers', () => {
    expect(() => estimateAudience({ held: 1, below: RANKS, answered: 2, matched: 0 })).toThrow(RangeError);
    expect(() => estimateAudience({ held: 2, below: RANKS, answered: 1, matched: 2 })).toThrow(RangeError);
  });
});
