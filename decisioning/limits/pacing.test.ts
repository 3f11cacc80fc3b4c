import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { dailyLedger } from '../testing/ledgers.ts';
import { allowance, retryAfter } from './pacing.ts';
import { plannedBy } from './plan.ts';
import { windowAt } from './windows.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 22);
const even = (total: number) => dailyLedger(total, { pacing: { mode: 'even' } });
const allowed = (spec: ReturnType<typeof even>, committed: number, atMs: number, atLeast = 1) =>
  allowance(spec, windowAt(spec, atMs), { committed, atLeast, atMs });

describe('what may be leased', () => {
  test('is not held back where nothing is paced', () => {
    expect(allowed(dailyLedger(10), 10, MIDNIGHT_MS)).toBe(Infinity);
  });

  test('is the plan ten seconds on, and five minutes of plan above it, less what is committed', () => {
    const spec = even(86_400);
    expect(allowed(spec, 0, MIDNIGHT_MS)).toBeCloseTo(310, 6);
    expect(allowed(spec, 3_600, MIDNIGHT_MS + HOUR_MS)).toBeCloseTo(310, 6);
    expect(allowed(spec, 3_900, MIDNIGHT_MS + HOUR_MS)).toBeCloseTo(10, 6);
    expect(allowed(spec, 4_000, MIDNIGHT_MS + HOUR_MS)).toBe(0);
    expect(allowed(spec, 3_000, MIDNIGHT_MS + HOUR_MS)).toBeCloseTo(910, 6);
  });

  test('keeps room for two of the dearest claim when the plan spends less than that in five minutes', () => {
    expect(allowed(even(86_400), 0, MIDNIGHT_MS, 400)).toBeCloseTo(810, 6);
  });

  test('is never more than half a percent of the total ahead, one percent where claims are dear', () => {
    const peak = { mode: 'profile', hours: Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 1 : 0)) } as const;
    const atMs = MIDNIGHT_MS + 9 * HOUR_MS;
    const spec = dailyLedger(360_000, { pacing: peak });
    expect(allowed(spec, 0, atMs)).toBeCloseTo(1_000 + 1_800, 6);
    expect(allowed(spec, 0, atMs, 100_000)).toBeCloseTo(1_000 + 3_600, 6);
  });

  test('is what is left of the plan in hours in which nothing is planned', () => {
    const night = { mode: 'profile', hours: Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 0)) } as const;
    const spec = dailyLedger(1_000_000, { pacing: night });
    expect(allowed(spec, 999_000, MIDNIGHT_MS + 13 * HOUR_MS)).toBeCloseTo(1_000, 6);
    expect(allowed(spec, 1_000_000, MIDNIGHT_MS + 13 * HOUR_MS)).toBe(0);
  });

  test('leases that take all that they may stay within one percent of the total above the plan at every moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 10_000_000 }),
        fc
          .array(fc.integer({ min: 0, max: 9 }), { minLength: 24, maxLength: 24 })
          .filter((hours) => hours.some(Boolean)),
        fc.array(fc.integer({ min: 1, max: 2 * HOUR_MS }), { minLength: 1, maxLength: 60 }),
        (total, hours, gaps) => {
          const spec = dailyLedger(total, { pacing: { mode: 'profile', hours } });
          const window = windowAt(spec, MIDNIGHT_MS);
          let committed = 0;
          let atMs = MIDNIGHT_MS;
          for (const gap of gaps) {
            atMs = Math.min(atMs + gap, MIDNIGHT_MS + DAY_MS - 1);
            committed += Math.floor(allowance(spec, window, { committed, atLeast: 1, atMs }));
            const tenSeconds = plannedBy(spec, window, atMs + 10_000)!;
            expect(committed).toBeLessThanOrEqual(tenSeconds + Math.max(total * 0.005, 2));
          }
        },
      ),
      { seed: 51, numRuns: 100 },
    );
  });
});

describe('when to ask again', () => {
  const spec = even(86_400);
  const again = (committed: number, atLeast = 1) => {
    const atMs = MIDNIGHT_MS + HOUR_MS;
    return retryAfter(spec, windowAt(spec, atMs), { committed, atLeast, atMs });
  };

  test('is as soon as the plan has room for the dearest claim, to the second', () => {
    // 3,600 are planned, 310 above may be out: the unit after 3,930 has room in 21 seconds.
    expect(again(3_930)).toBeGreaterThanOrEqual(21_000);
    expect(again(3_930)).toBeLessThan(22_001);
  });

  test('is no sooner than in a second and no later than in a minute', () => {
    expect(again(0)).toBe(1_000);
    expect(again(80_000)).toBe(MINUTE_MS);
  });
});
