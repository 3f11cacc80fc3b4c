import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, fnv1a32, hash } from './hash.ts';

const casesFile = new URL('../../shared/conformance/growthbook-cases-sample.json', import.meta.url);
type HashCase = [seed: string, value: string, version: number, expected: number | null];

describe('fnv1a32', () => {
  it('gives the published values of FNV-1a on single-byte text', () => {
    expect(fnv1a32('')).toBe(0x811c9dc5);
    expect(fnv1a32('a')).toBe(0xe40c292c);
    expect(fnv1a32('foobar')).toBe(0xbf9cf968);
    expect(fnv1a32('bar', fnv1a32('foo'))).toBe(0xbf9cf968);
  });
});

describe('hash', () => {
  it.skipIf(!existsSync(casesFile))('equals every GrowthBook case', () => {
    const cases = (JSON.parse(readFileSync(casesFile, 'utf8')) as { hash: HashCase[] }).hash;
    expect(cases.length).toBeGreaterThan(0);
    for (const [seed, value, version, expected] of cases) expect(hash(seed, value, version)).toBe(expected);
  });

  it('knows versions 1 and 2 and answers null for any other', () => {
    expect(hash('', 'a', 1)).toBe(0.22);
    expect(hash('seed', 'b', 2)).toBe(0.2696);
    expect(hash('seed', 'b', 0)).toBeNull();
    expect(hash('seed', 'b', 3)).toBeNull();
  });
});

describe('bucketOf', () => {
  it('is the hash of the hash’s decimal digits, few and many, with zeros among them', () => {
    const lengths = new Set<number>();
    for (let i = 0; i < 200_000; i++) {
      const inner = fnv1a32(`customer-${i}`, fnv1a32('salt'));
      lengths.add(String(inner).length);
      expect(bucketOf('salt', `customer-${i}`)).toBe((fnv1a32(String(inner)) % BUCKETS) / BUCKETS);
    }
    expect([...lengths].sort((one, other) => one - other)).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('stays in [0, 1) and fills ten equal parts evenly over 100,000 ids', () => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bucket = bucketOf('holdout-salt', `customer-${i}`);
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThanOrEqual((BUCKETS - 1) / BUCKETS);
      counts[Math.floor(bucket * 10)]!++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.88); // the 99.9 % point of chi-square with 9 degrees of freedom
  });

  it('is independent under two salts: of the first tenth, a tenth again falls below a tenth', () => {
    let first = 0;
    let both = 0;
    for (let i = 0; i < 100_000; i++) {
      if (bucketOf('salt-a', `c${i}`) >= 0.1) continue;
      first++;
      if (bucketOf('salt-b', `c${i}`) < 0.1) both++;
    }
    expect(both / first).toBeGreaterThan(0.09);
    expect(both / first).toBeLessThan(0.11);
  });
});
