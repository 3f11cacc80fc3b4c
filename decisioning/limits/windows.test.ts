import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../testing/configuration.ts';
import { dailyLedger, onceLedger } from '../testing/ledgers.ts';
import { windowAt } from './windows.ts';

const at = (iso: string): number => Date.parse(iso);

/** What a calendar on the wall shows: another road to the date than the arithmetic of offsets. */
const calendars = new Map<string, Intl.DateTimeFormat>();
function dateShown(timeZone: string, atMs: number): string {
  const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const calendar = calendars.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', options);
  calendars.set(timeZone, calendar);
  return calendar.format(atMs);
}

/** The window found by looking at the calendar every minute. */
function windowSeen(timeZone: string, atMs: number): { id: string; fromMs: number; toMs: number } {
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  let id = '';
  let fromMs = 0;
  for (let t = minuteMs - 50 * HOUR_MS; ; t += MINUTE_MS) {
    const shown = dateShown(timeZone, t);
    if (shown <= id) continue;
    if (t > minuteMs) return { id, fromMs, toMs: t };
    [id, fromMs] = [shown, t];
  }
}

describe('the window of a total for once', () => {
  test('is the time of the ledger, open where that is open', () => {
    const spec = onceLedger(10, { startsAtMs: 5, endsAtMs: null });
    expect(windowAt(spec, 1)).toEqual({ id: 'once', fromMs: 5, toMs: null });
    expect(windowAt(spec, 1e12)).toEqual({ id: 'once', fromMs: 5, toMs: null });
  });
});

describe('the window of a daily total', () => {
  // Transition times of 2026 from the IANA time zone database: days that begin late, end early, or last 23 or 25 hours.
  test.each([
    ['UTC', '2026-11-22', '2026-11-22T00:00Z', 24],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00Z', 25],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00Z', 23],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00Z', 24.5],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30Z', 23.5],
    // Clocks jump from 24:00 to 01:00: the day begins at one.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00Z', 23],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00Z', 23],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00Z', 23],
    // From 24:00 back to 23:00: the evening comes twice.
    ['America/Santiago', '2026-04-04', '2026-04-04T03:00Z', 25],
    ['Africa/Cairo', '2026-10-29', '2026-10-28T21:00Z', 25],
    // From 23:00 to 24:00: the evening is cut short.
    ['America/Nuuk', '2026-03-28', '2026-03-28T02:00Z', 23],
    // From 00:01 back to 23:01: the new day had begun and goes on.
    ['America/St_Johns', '2006-10-28', '2006-10-28T02:30Z', 24],
    ['America/St_Johns', '2006-10-29', '2006-10-29T02:30Z', 25],
    ['Asia/Kathmandu', '2026-11-22', '2026-11-21T18:15Z', 24],
  ])('%s, %s begins at %s and lasts %d hours', (timeZone, id, from, hours) => {
    const fromMs = at(from);
    const toMs = fromMs + hours * HOUR_MS;
    const spec = dailyLedger(10, { timeZone });
    for (const atMs of [fromMs, fromMs + 1, fromMs + HOUR_MS / 2, fromMs + 12 * HOUR_MS, toMs - 1])
      expect(windowAt(spec, atMs)).toEqual({ id, fromMs, toMs });
    expect(windowAt(spec, fromMs - 1)).toMatchObject({ toMs: fromMs });
    expect(windowAt(spec, toMs)).toMatchObject({ fromMs: toMs });
  });

  test('a date that a zone left out has no window: Samoa went from the 29th to the 31st', () => {
    const spec = dailyLedger(10, { timeZone: 'Pacific/Apia' });
    expect(windowAt(spec, at('2011-12-30T09:59Z'))).toEqual({
      id: '2011-12-29',
      fromMs: at('2011-12-29T10:00Z'),
      toMs: at('2011-12-30T10:00Z'),
    });
    expect(windowAt(spec, at('2011-12-30T10:00Z')).id).toBe('2011-12-31');
  });

  test('is that of a calendar looked at every minute, near changes of clocks and elsewhere, in any zone', () => {
    const changing = [
      'America/Santiago',
      'Africa/Cairo',
      'America/St_Johns',
      'America/Nuuk',
      'Asia/Gaza',
      'Asia/Tehran',
    ];
    const zone = fc.oneof(fc.constantFrom(...changing), fc.constantFrom(...Intl.supportedValuesOf('timeZone')));
    const moment = fc.integer({ min: at('1980-01-01T00:00Z'), max: at('2037-01-01T00:00Z') });
    const toChange = fc.option(fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS }), { nil: undefined, freq: 4 });
    fc.assert(
      fc.property(zone, moment, toChange, (timeZone, someMs, fromChangeMs) => {
        const changeMs = fromChangeMs === undefined ? undefined : nextChange(timeZone, someMs);
        const atMs = changeMs === undefined ? someMs : changeMs + (fromChangeMs as number);
        expect(windowAt(dailyLedger(10, { timeZone }), atMs)).toEqual(windowSeen(timeZone, atMs));
      }),
      { seed: 41, numRuns: 250 },
    );
  });

  test('windows touch, follow each other and hold the moment they were asked for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: at('1980-01-01T00:00Z'), max: at('2060-01-01T00:00Z') }),
        (timeZone, atMs) => {
          const spec = dailyLedger(10, { timeZone });
          const { id, fromMs, toMs } = windowAt(spec, atMs);
          expect(fromMs!).toBeLessThanOrEqual(atMs);
          expect(toMs!).toBeGreaterThan(atMs);
          const next = windowAt(spec, toMs!);
          expect(next.fromMs).toBe(toMs);
          expect(next.id > id).toBe(true);
          expect(windowAt(spec, fromMs! - 1).toMs).toBe(fromMs);
        },
      ),
      { seed: 42, numRuns: 500 },
    );
  });

  test('is cut where the ledger’s own time begins or ends, and whole on days that are outside of it', () => {
    const spec = dailyLedger(10, { startsAtMs: at('2026-11-22T12:00Z'), endsAtMs: at('2026-11-24T06:00Z') });
    const bounds = (iso: string) => {
      const { fromMs, toMs } = windowAt(spec, at(iso));
      return [fromMs, toMs].map((ms) => new Date(ms!).toISOString().slice(8, 13));
    };
    expect(bounds('2026-11-21T18:00Z')).toEqual(['21T00', '22T00']);
    expect(bounds('2026-11-22T06:00Z')).toEqual(['22T12', '23T00']);
    expect(bounds('2026-11-23T06:00Z')).toEqual(['23T00', '24T00']);
    expect(bounds('2026-11-24T05:00Z')).toEqual(['24T00', '24T06']);
    expect(bounds('2026-11-25T05:00Z')).toEqual(['25T00', '26T00']);
  });

  test('a zone that this host does not know is an error', () => {
    expect(() => windowAt(dailyLedger(10, { timeZone: 'Mars/Olympus' }), 0)).toThrow('unknown time zone Mars/Olympus');
  });
});

/** The minute, within half a year, in which a zone's date and hour shift against UTC; undefined when none do. */
function nextChange(timeZone: string, fromMs: number): number | undefined {
  const options = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = new Intl.DateTimeFormat('en-GB', options);
  const noon = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const shown = clock.format(noon);
  for (let day = 1; day < 185; day++)
    if (clock.format(noon + day * DAY_MS) !== shown) return noon + (day - 0.5) * DAY_MS;
  return undefined;
}
