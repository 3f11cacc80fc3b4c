import { describe, expect, test } from 'vitest';
import { DELAY_BUCKETS, DELAY_EDGES_MS, delayBucket, delaySums } from './delay-buckets.ts';

describe('delay buckets', () => {
  test('a delay belongs to the bucket that ends after it, an edge to the next one', () => {
    expect(delayBucket(0)).toBe(0);
    for (const [i, edge] of DELAY_EDGES_MS.entries()) {
      expect(delayBucket(edge - 1)).toBe(i);
      expect(delayBucket(edge)).toBe(i + 1);
    }
  });

  test('48 of them, from a minute to 90 days; from three hours on none is more than a third wider than all before it', () => {
    expect(DELAY_BUCKETS).toBe(48);
    expect(DELAY_EDGES_MS[0]).toBe(60_000);
    expect(DELAY_EDGES_MS.at(-1)).toBe(90 * 86_400_000);
    for (let i = 1; i < DELAY_EDGES_MS.length; i++) {
      const ratio = DELAY_EDGES_MS[i]! / DELAY_EDGES_MS[i - 1]!;
      expect(ratio).toBeGreaterThan(1);
      if (DELAY_EDGES_MS[i - 1]! >= 3 * 3_600_000) expect(ratio).toBeLessThan(1.34);
    }
  });

  test('what comes before its exposure has no delay; a conversion is a 1 in its bucket', () => {
    expect(delayBucket(-5_000)).toBe(0);
    expect(delaySums(100 * 86_400_000)).toEqual([...new Array<number>(47).fill(0), 1]);
  });
});
