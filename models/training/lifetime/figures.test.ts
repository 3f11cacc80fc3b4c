import { describe, expect, it } from 'vitest';
import { correlation, figuresOf, ranksOf } from './figures.ts';

describe('figures of a forecast', () => {
  const came = Float64Array.of(0, 0, 10, 30, 0, 60, 0, 0, 0, 0);

  it('are 1, 0 and 1 for one that knew everything', () => {
    const figures = figuresOf({ foretold: came, came }, 1);
    expect([figures.total, figures.off, figures.squareOff]).toEqual([1, 0, 0]);
    expect(figures.ranks).toBeCloseTo(1, 12);
    expect(figures.topTenth).toBeCloseTo(0.6, 12);
  });

  it('have an interval that narrows with customers', () => {
    const many = (count: number) => Float64Array.from({ length: count }, (_, i) => came[i % came.length]!);
    const [few, more] = [50, 5_000].map((count) => {
      const [low, high] = figuresOf(
        { foretold: many(count).map((value) => value / 2 + 1), came: many(count) },
        1,
      ).totalInterval;
      expect(low < 0.6 && 0.6 < high).toBe(true);
      return high - low;
    });
    expect(more).toBeLessThan(few! / 5);
  });

  it('tell how far off totals and single customers are', () => {
    const figures = figuresOf({ foretold: came.map((value) => value / 2 + 1), came }, 1);
    expect(figures.total).toBeCloseTo(0.6, 12);
    expect(figures.off).toBeCloseTo((7 * 1 + 4 + 14 + 29) / 10, 12);
    expect(figures.squareOff).toBeCloseTo(Math.sqrt((7 + 16 + 196 + 841) / 10), 12);
  });

  it('give equal values the middle of their ranks', () => {
    expect([...ranksOf([5, 1, 5, 9])]).toEqual([1.5, 0, 1.5, 3]);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  });
});
