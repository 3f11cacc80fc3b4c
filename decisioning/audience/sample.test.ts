import { describe, expect, it } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { countCustomers, RANKS, rankOf } from './sample.ts';

describe('rankOf', () => {
  it('reads the first eight characters as one number, in the order of base64url', () => {
    expect(rankOf('AAAAAAAAxyz')).toBe(0);
    expect(rankOf('AAAAAAABxyz')).toBe(1);
    expect(rankOf('________xyz')).toBe(RANKS - 1);
    expect(rankOf('BAAAAAAA')).toBe(RANKS / 64);
  });

  it('is a rank for any text', () => {
    for (const name of ['', 'é', 'a.b/c']) expect(rankOf(name)).toBeGreaterThanOrEqual(0);
  });
});

describe('countCustomers', () => {
  it('is exact while nobody is left out', () => {
    expect(countCustomers(0, RANKS)).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(countCustomers(812, RANKS)).toEqual({ estimate: 812, low: 812, high: 812 });
  });

  it('never goes below what is held, and stays finite when nobody is', () => {
    expect(countCustomers(1, RANKS * 0.999).low).toBe(1);
    const none = countCustomers(0, RANKS / 1_000);
    expect(none).toMatchObject({ estimate: 0, low: 0 });
    expect(none.high).toBeGreaterThan(3_000);
    expect(none.high).toBeLessThan(4_000);
  });

  it('is unbiased over bottom-100 samples of 2,000 customers, and covers them 95 times in 100', () => {
    const random = testRandom(20_261_122);
    const [worlds, customers, k] = [2_000, 2_000, 100];
    let sum = 0;
    let covered = 0;
    for (let world = 0; world < worlds; world += 1) {
      const ranks = Float64Array.from({ length: customers }, () => Math.floor(random.next() * RANKS)).sort();
      const { estimate, low, high } = countCustomers(k, ranks[k]!);
      sum += estimate;
      if (low <= customers && customers <= high) covered += 1;
    }
    // Standard error of the mean: 10 % of 2,000, over √2,000.
    expect(Math.abs(sum / worlds - customers)).toBeLessThan(15);
    expect(covered / worlds).toBeGreaterThan(0.935);
    expect(covered / worlds).toBeLessThan(0.97);
  });
});
