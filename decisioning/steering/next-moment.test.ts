import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SendWindow } from '../catalog/parameters.ts';
import { isWithin } from '../limits/quiet-hours.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { localClock } from '../time-zone.ts';
import { clockStretches } from './clock-stretches.ts';
import { isInWindow, type MomentRules, nextMoment } from './next-moment.ts';

const at = (iso: string): number => Date.parse(iso);
const clock = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const hours = (from: string, to: string, days?: number[]): SendWindow => ({
  fromMinute: clock(from),
  toMinute: clock(to),
  ...(days && { days }),
});
const within = (earliest: string, aheadMs: number, rest: Partial<MomentRules> = {}): MomentRules => ({
  earliestMs: at(earliest),
  latestMs: at(earliest) + aheadMs,
  ...rest,
});
/** The moment in UTC, to be compared with a date that is written out. */
const moment = (zone: string | undefined, rules: MomentRules): string | undefined => {
  const ms = nextMoment(zone, rules);
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(':00.000Z', 'Z');
};

describe('the next moment', () => {
  const evening = hours('18:00', '21:00');

  test.each([
    ['before the window: its beginning', '2026-03-04T10:00:30Z', '2026-03-04T17:00Z'],
    ['at its beginning: now', '2026-03-04T17:00:00Z', '2026-03-04T17:00Z'],
    ['in its last minute: now', '2026-03-04T19:59:00Z', '2026-03-04T19:59Z'],
    ['at its end: tomorrow', '2026-03-04T20:00:00Z', '2026-03-05T17:00Z'],
    ['over the end of the year', '2026-12-31T21:00:00Z', '2027-01-01T17:00Z'],
  ])('in Berlin, %s', (_, earliest, expected) => {
    expect(moment('Europe/Berlin', within(earliest, DAY_MS, { window: evening }))).toBe(expected);
  });

  test('a window over midnight is one', () => {
    const night = hours('22:00', '02:00');
    expect(moment('UTC', within('2026-03-04T23:30:00Z', DAY_MS, { window: night }))).toBe('2026-03-04T23:30Z');
    expect(moment('UTC', within('2026-03-05T01:59:00Z', DAY_MS, { window: night }))).toBe('2026-03-05T01:59Z');
    expect(moment('UTC', within('2026-03-05T02:00:00Z', DAY_MS, { window: night }))).toBe('2026-03-05T22:00Z');
  });

  test('days are those on which it begins: Wednesday night ends on Thursday', () => {
    const wednesday = hours('22:00', '02:00', [3]);
    expect(moment('UTC', within('2026-03-05T01:00:00Z', DAY_MS, { window: wednesday }))).toBe('2026-03-05T01:00Z');
    expect(moment('UTC', within('2026-03-04T01:00:00Z', DAY_MS, { window: wednesday }))).toBe('2026-03-04T22:00Z');
    expect(moment('UTC', within('2026-03-05T02:00:00Z', 8 * DAY_MS, { window: wednesday }))).toBe('2026-03-11T22:00Z');
    expect(moment('UTC', within('2026-03-05T02:00:00Z', 6 * DAY_MS, { window: wednesday }))).toBeUndefined();
    expect(moment('UTC', within('2026-03-04T01:00:00Z', DAY_MS, { window: hours('00:00', '24:00', [4]) }))).toBe(
      '2026-03-05T00:00Z',
    );
  });

  test('the last millisecond of the claim still counts, the next does not', () => {
    const rules = { window: evening, earliestMs: at('2026-03-04T10:00:00Z') };
    expect(moment('UTC', { ...rules, latestMs: at('2026-03-04T18:00:00Z') })).toBe('2026-03-04T18:00Z');
    expect(moment('UTC', { ...rules, latestMs: at('2026-03-04T18:00:00Z') - 1 })).toBeUndefined();
    expect(moment('UTC', { earliestMs: 1, latestMs: 0 })).toBeUndefined();
  });

  test('clocks go forward in the night: the next evening is an hour sooner, the hour that is left out never comes', () => {
    const earliest = '2026-03-28T22:00:00Z';
    expect(moment('Europe/Berlin', within(earliest, DAY_MS, { window: evening }))).toBe('2026-03-29T16:00Z');
    const gap = hours('02:15', '02:45');
    expect(moment('Europe/Berlin', within(earliest, DAY_MS, { window: gap }))).toBeUndefined();
    expect(moment('Europe/Berlin', within(earliest, 2 * DAY_MS, { window: gap }))).toBe('2026-03-30T00:15Z');
    // It begins in the gap and is open when the gap is over.
    expect(moment('Europe/Berlin', within(earliest, DAY_MS, { window: hours('02:30', '05:00') }))).toBe(
      '2026-03-29T01:00Z',
    );
  });

  test('clocks go back: the first of the two hours, an evening later by an hour, one window past 24 hours', () => {
    const earliest = '2026-10-24T20:00:00Z';
    expect(moment('Europe/Berlin', within(earliest, DAY_MS, { window: hours('02:30', '03:00') }))).toBe(
      '2026-10-25T00:30Z',
    );
    expect(moment('Europe/Berlin', within('2026-10-25T00:30:30Z', DAY_MS, { window: hours('02:30', '02:31') }))).toBe(
      '2026-10-25T00:30:30.000Z',
    );
    expect(moment('Europe/Berlin', within('2026-10-25T00:31:00Z', DAY_MS, { window: hours('02:30', '02:31') }))).toBe(
      '2026-10-25T01:30Z',
    );
    expect(
      moment('Europe/Berlin', within('2026-10-24T16:30:00Z', DAY_MS, { window: hours('18:00', '18:30') })),
    ).toBeUndefined();
    expect(
      moment('Europe/Berlin', within('2026-10-24T16:30:00Z', 25 * HOUR_MS, { window: hours('18:00', '18:30') })),
    ).toBe('2026-10-25T17:00Z');
  });

  test('half-hour zones and half-hour changes', () => {
    expect(moment('Asia/Kolkata', within('2026-03-04T10:00:00Z', DAY_MS, { window: evening }))).toBe(
      '2026-03-04T12:30Z',
    );
    // Lord Howe goes back by half an hour at 02:00 on 5 April 2026.
    expect(
      moment('Australia/Lord_Howe', within('2026-04-04T10:00:00Z', DAY_MS, { window: hours('06:00', '07:00') })),
    ).toBe('2026-04-04T19:30Z');
  });

  test('quiet hours are waited for, within the window', () => {
    const quietHours = { fromMinute: clock('20:00'), toMinute: clock('08:00') };
    const rules = { quietHours, window: hours('06:00', '09:00') };
    expect(moment('UTC', within('2026-03-04T05:00:00Z', DAY_MS, rules))).toBe('2026-03-04T08:00Z');
    expect(
      moment('UTC', within('2026-03-04T19:00:00Z', DAY_MS, { ...rules, window: hours('21:00', '23:00') })),
    ).toBeUndefined();
    expect(moment('UTC', within('2026-03-04T21:00:00Z', DAY_MS, { quietHours }))).toBe('2026-03-05T08:00Z');
  });

  test('without a known zone only what needs no clock has a moment', () => {
    expect(moment(undefined, within('2026-03-04T10:00:00Z', DAY_MS))).toBe('2026-03-04T10:00Z');
    expect(
      moment(undefined, within('2026-03-04T10:00:00Z', DAY_MS, { window: hours('00:00', '24:00') })),
    ).toBeUndefined();
    expect(
      moment(undefined, within('2026-03-04T10:00:00Z', DAY_MS, { quietHours: { fromMinute: 0, toMinute: 1 } })),
    ).toBeUndefined();
    expect(moment('Mars/Olympus', within('2026-03-04T10:00:00Z', DAY_MS, { window: evening }))).toBeUndefined();
  });

  test('is the one that looking at every minute finds, in any zone around its changes', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'America/Santiago',
      'UTC',
    ];
    const days = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined });
    const sendWindow = fc
      .record({ fromMinute: minute, toMinute: minute, days })
      .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);
    // Weeks of 2026 in which clocks change somewhere: March and April, September to November.
    const earliest = fc
      .tuple(fc.constantFrom(59, 66, 80, 87, 92, 246, 248, 296, 304), fc.integer({ min: 0, max: 7 * 1_440 }))
      .map(([day, minutes]) => Date.UTC(2026, 0, 1 + day) + minutes * MINUTE_MS);
    const rules = fc.record({
      zone: fc.constantFrom(...zones),
      earliestMs: earliest,
      hoursAhead: fc.integer({ min: 1, max: 60 }),
      window: sendWindow,
      quietHours: fc.option(sendWindow, { nil: undefined }),
    });
    fc.assert(
      fc.property(rules, ({ zone, earliestMs, hoursAhead, window, quietHours }) => {
        const latestMs = earliestMs + hoursAhead * HOUR_MS;
        let expected: number | undefined;
        for (let ms = earliestMs; ms <= latestMs && expected === undefined; ms += MINUTE_MS) {
          const now = localClock(ms, zone);
          if (isInWindow(window, now) && !(quietHours && isWithin(quietHours, now.minute))) expected = ms;
        }
        expect(nextMoment(zone, { earliestMs, latestMs, window, quietHours })).toBe(expected);
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});

describe('stretches of a clock', () => {
  test('end where clocks change, to the minute', () => {
    const from = at('2026-03-28T12:34:56.789Z');
    const change = at('2026-03-29T01:00:00Z');
    expect(clockStretches('Europe/Berlin', from, from + 3 * DAY_MS)).toEqual([
      { fromMs: from, toMs: change, offsetMs: HOUR_MS },
      { fromMs: change, toMs: from + 3 * DAY_MS, offsetMs: 2 * HOUR_MS },
    ]);
  });

  test('are one where nothing changes, and none in a zone that is not known', () => {
    expect(clockStretches('UTC', 0, DAY_MS)).toEqual([{ fromMs: 0, toMs: DAY_MS, offsetMs: 0 }]);
    expect(clockStretches('Mars/Olympus', 0, DAY_MS)).toBeUndefined();
  });
});
