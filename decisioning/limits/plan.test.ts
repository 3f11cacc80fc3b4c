import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { dailyLedger, onceLedger } from '../testing/ledgers.ts';
import { localClock } from '../time-zone.ts';
import type { LedgerSpec, Pacing } from './ledger-spec.ts';
import { plannedBy } from './plan.ts';
import { windowAt } from './windows.ts';

const at = (iso: string): number => Date.parse(iso);
const hoursOf = (weights: Record<number, number>): Pacing => ({
  mode: 'profile',
  hours: Array.from({ length: 24 }, (_, hour) => weights[hour] ?? 0),
});
const planned = (spec: LedgerSpec, iso: string) => plannedBy(spec, windowAt(spec, at(iso)), at(iso));

describe('where nothing is paced', () => {
  test('there is no plan', () => {
    expect(planned(dailyLedger(10), '2026-11-22T12:00Z')).toBeNull();
  });

  test('nor is there one without a beginning or an end', () => {
    const even = { pacing: { mode: 'even' } } as const;
    expect(planned(onceLedger(10, { ...even, startsAtMs: 0 }), '2026-11-22T12:00Z')).toBeNull();
    expect(planned(onceLedger(10, { ...even, endsAtMs: 1e13 }), '2026-11-22T12:00Z')).toBeNull();
  });
});

describe('evenly', () => {
  test('a total for once is spent from beginning to end, and stays spent', () => {
    const spec = onceLedger(1_000, { pacing: { mode: 'even' }, startsAtMs: 1_000, endsAtMs: 2_000 });
    const window = windowAt(spec, 0);
    expect([0, 1_000, 1_250, 1_999, 2_000, 9_000].map((atMs) => plannedBy(spec, window, atMs))).toEqual([
      0, 0, 250, 999, 1_000, 1_000,
    ]);
  });

  test('a day of 23 or 25 hours is spent by its true hours', () => {
    const spec = dailyLedger(2_300, { pacing: { mode: 'even' }, timeZone: 'Europe/Berlin' });
    expect(planned(spec, '2026-03-29T00:00Z')).toBeCloseTo(100, 9);
    expect(planned(spec, '2026-03-29T10:00Z')).toBeCloseTo(1_100, 9);
    expect(planned({ ...spec, total: 2_500 }, '2026-10-24T23:00Z')).toBeCloseTo(100, 9);
  });
});

describe('by the hour of the day', () => {
  const morning = hoursOf({ 8: 1, 9: 3 });

  test('only hours with a weight spend, in proportion to it', () => {
    const spec = dailyLedger(400, { pacing: morning, timeZone: 'Asia/Kathmandu' });
    // Kathmandu is 5:45 ahead.
    const times = ['02:14', '02:15', '02:45', '03:15', '03:45', '04:15', '18:14'];
    expect(times.map((time) => Math.round(planned(spec, `2026-11-22T${time}Z`)!))).toEqual([
      0, 0, 50, 100, 250, 400, 400,
    ]);
  });

  test('an hour that is skipped spends nothing and one that comes twice spends twice, the total being the same', () => {
    const night = { timeZone: 'Europe/Berlin', pacing: hoursOf({ 1: 1, 2: 1, 3: 1 }) };
    const spring = dailyLedger(600, night);
    expect(['00:00', '01:00', '02:00'].map((time) => planned(spring, `2026-03-29T${time}Z`))).toEqual([0, 300, 600]);
    const autumn = ['23:30', '00:00', '01:00', '02:00', '03:00'];
    const days = ['2026-10-24', '2026-10-25', '2026-10-25', '2026-10-25', '2026-10-25'];
    expect(autumn.map((time, i) => planned(spring, `${days[i]}T${time}Z`))).toEqual([75, 150, 300, 450, 600]);
  });

  test('a total for once repeats the profile day after day', () => {
    const spec = onceLedger(1_200, {
      pacing: morning,
      startsAtMs: at('2026-11-20T00:00Z'),
      endsAtMs: at('2026-11-23T00:00Z'),
    });
    const times = ['20T08:00', '20T10:00', '21T09:00', '21T12:00', '22T23:00'];
    expect(times.map((time) => planned(spec, `2026-11-${time}Z`))).toEqual([0, 400, 500, 800, 1_200]);
  });

  test('a window without an hour that has a weight is spent evenly', () => {
    const spec = dailyLedger(100, { pacing: morning, startsAtMs: at('2026-11-22T20:00Z') });
    expect(planned(spec, '2026-11-22T21:00Z')).toBe(25);
    expect(planned(spec, '2026-11-23T07:00Z')).toBe(0);
  });

  test('is the sum over all minutes of what their hour weighs, in any zone and on any day', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 24, maxLength: 24 });
    const zones = ['Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC', 'Asia/Kolkata'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') }),
        weights.filter((hours) => hours.some((weight) => weight > 0)),
        (timeZone, someMs, hours) => {
          const spec = dailyLedger(1_000, { timeZone, pacing: { mode: 'profile', hours } });
          const window = windowAt(spec, someMs);
          const atMs = Math.floor(someMs / MINUTE_MS) * MINUTE_MS;
          const sum = (toMs: number): number => {
            let weight = 0;
            for (let t = window.fromMs!; t < toMs; t += MINUTE_MS)
              weight += hours[Math.floor(localClock(t, timeZone).minute / 60)]!;
            return weight;
          };
          expect(plannedBy(spec, window, atMs)).toBeCloseTo((1_000 * sum(atMs)) / sum(window.toMs!), 6);
        },
      ),
      { seed: 43, numRuns: 60 },
    );
  });
});

test('a plan begins at 0, ends at the total and never falls', () => {
  const weights = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 24, maxLength: 24 });
  const pacing = fc.oneof(
    fc.constant({ mode: 'even' } as const),
    weights.map((hours) => ({ mode: 'profile', hours }) as const),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      pacing,
      fc.constantFrom('day', 'once'),
      fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }),
      fc.integer({ min: HOUR_MS, max: 60 * DAY_MS }),
      (timeZone, paced, period, startsAtMs, lengthMs) => {
        const total = 1_000_000;
        const once = { startsAtMs, endsAtMs: startsAtMs + lengthMs };
        const spec = onceLedger(total, { timeZone, pacing: paced, period, ...(period === 'once' && once) });
        const window = windowAt(spec, startsAtMs);
        const [fromMs, toMs] = [window.fromMs!, window.toMs!];
        expect(plannedBy(spec, window, fromMs)).toBe(0);
        expect(plannedBy(spec, window, toMs)).toBe(total);
        let before = 0;
        for (let step = 0; step <= 100; step++) {
          const now = plannedBy(spec, window, fromMs + ((toMs - fromMs) * step) / 100)!;
          expect(now).toBeGreaterThanOrEqual(before - 1e-6);
          expect(now).toBeLessThanOrEqual(total);
          before = now;
        }
        expect(plannedBy(spec, window, toMs - 1)).toBeGreaterThan(total * 0.99);
      },
    ),
    { seed: 44, numRuns: 120 },
  );
});
