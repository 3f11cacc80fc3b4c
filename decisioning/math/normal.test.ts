import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './normal.ts';

// Python 3: statistics.NormalDist().inv_cdf and math.erfc.
const QUANTILES = [
  [1e-300, -37.0470962993612],
  [1e-12, -7.034483825301132],
  [0.025, -1.9599639845400536],
  [0.5, 0],
  [0.975, 1.9599639845400536],
] as const;
const CDF = [
  [-10, 7.619853024160593e-24],
  [1.96, 0.9750021048517795],
  [0, 0.5],
] as const;

describe('normalQuantile', () => {
  it.each(QUANTILES)('at %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-13 * Math.max(1, Math.abs(z)));
  });

  it('is infinite at 0 and 1 and NaN outside', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    for (const p of [-1e-9, 1 + 1e-9, Number.NaN]) expect(normalQuantile(p)).toBeNaN();
  });
});

describe('normalCdf', () => {
  it.each(CDF)('at %d is %d', (z, p) => {
    expect(Math.abs(normalCdf(z) - p)).toBeLessThan(1e-14);
  });

  it('undoes the quantile from 1e-9 to 1 − 1e-9', () => {
    for (const p of [1e-9, 1e-4, 0.3, 0.5, 0.8, 0.9999, 1 - 1e-9])
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-14);
  });

  it('is 0 and 1 far out, NaN for NaN', () => {
    expect([normalCdf(-40), normalCdf(40), normalCdf(Number.NEGATIVE_INFINITY)]).toEqual([0, 1, 0]);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });
});
