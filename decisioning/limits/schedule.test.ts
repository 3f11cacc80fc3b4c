import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { localClock } from '../time-zone.ts';
import { isScheduled, type Schedule } from './schedule.ts';

const always: Schedule = { startsAtMs: null, endsAtMs: null, timeZone: 'UTC', weekly: [] };
const at = (iso: string): number => Date.parse(iso);
const clock = (iso: string, zone: string): string => {
  const { day, minute } = localClock(at(iso), zone);
  return `${day} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
};

describe('bounds', () => {
  const bounded = { ...always, startsAtMs: 1_000, endsAtMs: 2_000 };
  test.each([
    [999, false],
    [1_000, true],
    [1_999, true],
    [2_000, false],
  ])('the start is inside and the end is not: at %d ms %s', (nowMs, running) => {
    expect(isScheduled(bounded, nowMs)).toBe(running);
  });

  test('an open start or end bounds nothing', () => {
    expect(isScheduled(always, -1e12)).toBe(true);
    expect(isScheduled({ ...bounded, startsAtMs: null }, 0)).toBe(true);
    expect(isScheduled({ ...bounded, endsAtMs: null }, 1e15)).toBe(true);
  });
});

describe('localClock', () => {
  // Transition times of 2026 from the IANA time zone database.
  test.each([
    ['2026-03-29T00:59:59Z', 'Europe/Berlin', '7 01:59'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', '7 03:00'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '7 02:30'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '7 02:30'],
    ['2026-10-25T02:00:00Z', 'Europe/Berlin', '7 03:00'],
    ['2026-03-08T06:59:59Z', 'America/New_York', '7 01:59'],
    ['2026-03-08T07:00:00Z', 'America/New_York', '7 03:00'],
    ['2026-11-01T05:30:00Z', 'America/New_York', '7 01:30'],
    ['2026-11-01T06:30:00Z', 'America/New_York', '7 01:30'],
    ['2026-03-03T23:30:00Z', 'Europe/Berlin', '3 00:30'],
    ['2026-03-04T03:00:00Z', 'America/New_York', '2 22:00'],
    ['2026-03-04T00:00:00Z', 'Asia/Kathmandu', '3 05:45'],
    ['2026-03-04T23:59:59.999Z', 'UTC', '3 23:59'],
    ['2026-03-05T00:00:00Z', 'UTC', '4 00:00'],
    ['1969-12-31T23:59:00Z', 'UTC', '3 23:59'],
  ])('%s in %s is %s', (iso, zone, expected) => {
    expect(clock(iso, zone)).toBe(expected);
  });

  test('the short way for UTC agrees with the calendar of the host, before 1970 too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e13 }), (nowMs) => {
        expect(localClock(nowMs, 'UTC')).toEqual(localClock(nowMs, 'Etc/UTC'));
        expect(localClock(nowMs, 'UTC').minute).toBe(
          new Date(nowMs).getUTCHours() * 60 + new Date(nowMs).getUTCMinutes(),
        );
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  test('goes on answering for more zones than it keeps formatters of', () => {
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 80);
    const first = zones.map((zone) => localClock(at('2026-07-01T12:00:00Z'), zone));
    expect(zones.map((zone) => localClock(at('2026-07-01T12:00:00Z'), zone))).toEqual(first);
    expect(new Set(first.map(({ minute }) => minute)).size).toBeGreaterThan(5);
  });
});

describe('weekly windows', () => {
  const office = { days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 17 * 60 };
  const berlin = { ...always, timeZone: 'Europe/Berlin', weekly: [office] };

  test.each([
    ['2026-03-27T07:59:59Z', false],
    ['2026-03-27T08:00:00Z', true],
    ['2026-03-27T15:59:59Z', true],
    ['2026-03-27T16:00:00Z', false],
    ['2026-03-28T10:00:00Z', false],
    ['2026-03-30T06:59:59Z', false],
    ['2026-03-30T07:00:00Z', true],
    ['2026-03-30T15:00:00Z', false],
  ])('follow the clock of their zone across the change of March 2026: %s %s', (iso, running) => {
    expect(isScheduled(berlin, at(iso))).toBe(running);
  });

  const hoursOf = (
    window: { days: number[]; fromMinute: number; toMinute: number },
    timeZone: string,
    from: string,
  ) => {
    let minutes = 0;
    for (let t = at(from); t < at(from) + 2 * DAY_MS; t += MINUTE_MS)
      if (isScheduled({ ...always, timeZone, weekly: [window] }, t)) minutes += 1;
    return minutes / 60;
  };

  test('a Sunday has 23 hours in spring and 25 in autumn, in both zones', () => {
    const sunday = { days: [7], fromMinute: 0, toMinute: 1_440 };
    expect(hoursOf(sunday, 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe(23);
    expect(hoursOf(sunday, 'Europe/Berlin', '2026-10-24T12:00:00Z')).toBe(25);
    expect(hoursOf(sunday, 'America/New_York', '2026-03-07T12:00:00Z')).toBe(23);
    expect(hoursOf(sunday, 'America/New_York', '2026-10-31T12:00:00Z')).toBe(25);
  });

  test('an hour that the clock skips does not come, and one that it shows twice comes twice', () => {
    const twoToThree = { days: [7], fromMinute: 120, toMinute: 180 };
    expect(hoursOf(twoToThree, 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe(0);
    expect(hoursOf(twoToThree, 'Europe/Berlin', '2026-10-24T12:00:00Z')).toBe(2);
  });

  test('several windows add up, bounds hold besides, and a window of no length never opens', () => {
    const weekly = [office, { days: [6], fromMinute: 600, toMinute: 600 }, { days: [6], fromMinute: 0, toMinute: 60 }];
    const both = { ...always, timeZone: 'UTC', weekly, endsAtMs: at('2026-03-07T00:30:00Z') };
    expect(isScheduled(both, at('2026-03-06T10:00:00Z'))).toBe(true);
    expect(isScheduled(both, at('2026-03-07T00:29:00Z'))).toBe(true);
    expect(isScheduled(both, at('2026-03-07T00:30:00Z'))).toBe(false);
    expect(isScheduled({ ...both, endsAtMs: null }, at('2026-03-07T10:00:00Z'))).toBe(false);
    expect(isScheduled({ ...both, endsAtMs: null }, at('2026-03-07T00:59:00Z') + HOUR_MS)).toBe(false);
  });
});
