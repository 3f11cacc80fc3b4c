import { describe, expect, test } from 'vitest';
import { localTimeToMs } from './local-time.ts';

describe('localTimeToMs', () => {
  // Expected instants follow from the zones' published offsets (IANA tz database).
  test.each([
    ['2026-07-01T12:00', 'UTC', '2026-07-01T12:00:00Z'],
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['2026-01-01T00:00', 'Asia/Kolkata', '2025-12-31T18:30:00Z'],
    ['2026-11-27T00:00', 'America/New_York', '2026-11-27T05:00:00Z'],
    ['2026-01-01T00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00Z'],
    // Gap: 02:30 does not exist and becomes 03:30 CEST.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    // Twice: the first, still CEST.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
    // A gap at midnight: Beirut goes from 00:00 to 01:00.
    ['2026-03-29T00:00', 'Asia/Beirut', '2026-03-28T22:00:00Z'],
    // Half an hour only.
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z'],
    ['2028-02-29T00:00', 'UTC', '2028-02-29T00:00:00Z'],
  ])('%s in %s is %s', (local, zone, expected) => {
    const result = localTimeToMs(local, zone);
    expect(result.ok && new Date(result.atMs).toISOString()).toBe(expected.replace('Z', '.000Z'));
  });

  test.each([
    ['2026-02-29T00:00', 'UTC', 'not_a_date'],
    ['2026-04-31T00:00', 'UTC', 'not_a_date'],
    ['2026-13-01T00:00', 'UTC', 'not_a_date'],
    ['tomorrow', 'UTC', 'not_a_date'],
    ['2026-01-01T00:00', 'Mars/Olympus', 'unknown_time_zone'],
  ])('%s in %s: %s', (local, zone, reason) => {
    expect(localTimeToMs(local, zone)).toEqual({ ok: false, reason });
  });
});
