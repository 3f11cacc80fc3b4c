import { describe, expect, test } from 'vitest';
import { binomial, exponential, logNormal, logNormalMean, poisson, randomFor } from './draws.ts';
import type { WorldSpec } from './spec.ts';
import { populationOf } from './visits.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const startMs = Date.UTC(2026, 8, 7);

function specOf(visitors: Partial<WorldSpec['visitors']> = {}, days = 14): WorldSpec {
  return {
    startMs,
    days,
    allocateEveryMs: HOUR_MS,
    truth: {},
    visitors: {
      newPerDay: 200,
      again: { share: 0, afterMs: DAY_MS },
      hours: new Array<number>(24).fill(1),
      weekdays: new Array<number>(7).fill(1),
      timeZone: 'UTC',
      attributes: {},
      consents: {},
      placements: [],
      seen: 1,
      ...visitors,
    },
  };
}

describe('populationOf', () => {
  test('the same seed gives the same people at the same moments', () => {
    expect(populationOf(specOf(), 3)).toEqual(populationOf(specOf(), 3));
    expect(populationOf(specOf(), 3).visits).not.toEqual(populationOf(specOf(), 4).visits);
  });

  test('as many come as expected, within the days and in order', () => {
    const { people, visits } = populationOf(specOf(), 1);
    expect(Math.abs(people.length - 2_800)).toBeLessThan(5 * Math.sqrt(2_800));
    expect(visits).toHaveLength(people.length);
    expect(visits.every(({ atMs }) => atMs >= startMs && atMs < startMs + 14 * DAY_MS)).toBe(true);
    expect(visits.every(({ atMs }, i) => i === 0 || visits[i - 1]!.atMs <= atMs)).toBe(true);
  });

  test('hours and weekdays without weight stay empty, on the local clock, also for returns', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 9 || hour === 20 ? 1 : 0));
    const visitors = { hours, timeZone: 'Asia/Tokyo', again: { share: 0.7, afterMs: 3 * DAY_MS } };
    const { visits } = populationOf(specOf(visitors), 1);
    const firstHours = new Set(visits.map(({ atMs }) => (new Date(atMs).getUTCHours() + 9) % 24));
    expect([...firstHours].toSorted((a, b) => a - b)).toEqual([9, 20]);
    const weekdays = [1, 1, 1, 1, 1, 0, 0];
    const days = populationOf(specOf({ weekdays }), 1).visits.map(({ atMs }) => new Date(atMs).getUTCDay());
    expect(new Set(days)).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  test('a share of people comes back', () => {
    const { people, visits } = populationOf(specOf({ again: { share: 0.5, afterMs: HOUR_MS } }), 1);
    // Each person makes 1 / (1 − share) visits, less those after the end.
    expect(visits.length / people.length).toBeGreaterThan(1.8);
    expect(visits.length / people.length).toBeLessThan(2.1);
  });

  test('attributes and consents follow their shares', () => {
    const visitors = {
      attributes: {
        plan: {
          kind: 'choices',
          values: [
            ['gold', 1],
            ['none', 3],
          ],
        },
        age: { kind: 'uniform', min: 18, max: 80 },
        score: { kind: 'normal', mean: 10, sd: 2, min: 0 },
        known: { kind: 'chance', share: 0.3 },
        tags: {
          kind: 'list',
          values: [
            ['vip', 0.2],
            ['new', 1],
          ],
        },
      },
      consents: { email: 0.6 },
    } as const;
    const { people } = populationOf(specOf(visitors), 1);
    const share = (holds: (person: (typeof people)[number]) => boolean) => people.filter(holds).length / people.length;
    expect(share(({ attributes }) => attributes.plan === 'gold')).toBeCloseTo(0.25, 1);
    expect(share(({ attributes }) => attributes.known === true)).toBeCloseTo(0.3, 1);
    expect(share(({ attributes }) => (attributes.score as number) > 10)).toBeCloseTo(0.5, 1);
    expect(share(({ attributes }) => (attributes.tags as string[]).includes('vip'))).toBeCloseTo(0.2, 1);
    expect(share(({ consents }) => consents.includes('email'))).toBeCloseTo(0.6, 1);
    const ages = people.map(({ attributes }) => attributes.age as number);
    expect(Math.min(...ages)).toBe(18);
    expect(Math.max(...ages)).toBe(80);
    expect(ages.every(Number.isInteger)).toBe(true);
  });

  test('more visits than fit in memory are refused', () => {
    expect(() => populationOf(specOf({ newPerDay: 400_000 }, 3), 1)).toThrow('at most 1000000 visits');
  });
});

describe('draws', () => {
  const draws = (draw: () => number, n = 20_000) => Array.from({ length: n }, draw);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('have the means they are asked for', () => {
    const random = randomFor(1, 9, 0, 0);
    for (const rate of [0, 0.3, 4, 250]) {
      const counts = draws(() => poisson(rate, random), 5_000);
      expect(Math.abs(mean(counts) - rate)).toBeLessThanOrEqual(5 * Math.sqrt(rate / 5_000));
    }
    expect(mean(draws(() => exponential(7, random)))).toBeCloseTo(7, 0);
    const spec = { median: 100, spread: 0.5 };
    expect(Math.abs(mean(draws(() => logNormal(spec, random.next()))) / logNormalMean(spec) - 1)).toBeLessThan(0.03);
    for (const [count, share] of [
      [50, 0.02],
      [50, 0.7],
      [7, 0],
      [7, 1],
    ] as const) {
      const values = draws(() => binomial(count, share, random));
      const [expected, spread] = [count * share, count * share * (1 - share)];
      expect(Math.abs(mean(values) - expected)).toBeLessThanOrEqual(5 * Math.sqrt(spread / values.length));
      const variance = mean(values.map((value) => (value - expected) ** 2));
      expect(Math.abs(variance - spread)).toBeLessThanOrEqual(0.1 * spread);
    }
    expect(logNormal(spec, 0.5)).toBeCloseTo(100, 9);
    expect(Number.isFinite(logNormal(spec, 0))).toBe(true);
  });
});
