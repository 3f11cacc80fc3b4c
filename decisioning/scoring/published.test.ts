import { describe, expect, test } from 'vitest';
import { type PublishedModel, shadowOf, versionInCharge } from './published.ts';

const version = (number: number, stage: 'shadow' | 'canary' | 'live', share?: number) => ({
  version: number,
  stage,
  manifest: `m${number}`,
  ...(share !== undefined && { share }),
});
const model = (...versions: PublishedModel['versions']): PublishedModel => ({ id: 'churn', versions });
const IDS = Array.from({ length: 10_000 }, (_, i) => `customer-${i}`);
const servedBy = (one: PublishedModel, number: number) =>
  IDS.filter((id) => versionInCharge(one, id)?.version === number);

describe('versionInCharge', () => {
  test('is the live version for everybody while there is no canary', () => {
    expect(servedBy(model(version(3, 'live')), 3)).toHaveLength(IDS.length);
  });

  test('is nobody’s where only a shadow scores', () => {
    const shadowed = model(version(1, 'shadow'));
    expect(versionInCharge(shadowed, 'a')).toBeUndefined();
    expect(shadowOf(shadowed)?.version).toBe(1);
  });

  test('is the canary for its share of the customers, within four standard errors', () => {
    const share = 0.1;
    const canary = servedBy(model(version(3, 'live'), version(4, 'canary', share)), 4).length;
    expect(Math.abs(canary / IDS.length - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / IDS.length));
  });

  test('keeps whom a canary serves when its share grows, and leaves the others where they were', () => {
    const small = servedBy(model(version(3, 'live'), version(4, 'canary', 0.1)), 4);
    const large = new Set(servedBy(model(version(3, 'live'), version(4, 'canary', 0.3)), 4));
    expect(small.filter((id) => !large.has(id))).toEqual([]);
  });

  test('serves the share without score where no version is live', () => {
    const lone = model(version(1, 'canary', 0.5));
    const unserved = IDS.filter((id) => versionInCharge(lone, id) === undefined).length;
    expect(unserved / IDS.length).toBeCloseTo(0.5, 1);
  });
});
