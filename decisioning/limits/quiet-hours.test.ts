import { describe, expect, test } from 'vitest';
import { conditionAttributes } from '../request-attributes.ts';
import { readPath } from '../segments/paths.ts';
import { isQuiet, isWithin } from './quiet-hours.ts';

const at = (hour: number, minute = 0) => hour * 60 + minute;

describe('a window of the day', () => {
  test('holds its first minute and not its last', () => {
    const day = { fromMinute: at(9), toMinute: at(17) };
    expect([at(8, 59), at(9), at(16, 59), at(17)].map((minute) => isWithin(day, minute))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('reaches over midnight when its end is not after its beginning', () => {
    const night = { fromMinute: at(21), toMinute: at(8) };
    const minutes = [at(20, 59), at(21), at(23, 59), at(0), at(7, 59), at(8), at(12)];
    expect(minutes.map((minute) => isWithin(night, minute))).toEqual([false, true, true, true, true, false, false]);
  });

  test('may end at midnight', () => {
    const evening = { fromMinute: at(21), toMinute: at(24) };
    expect([at(20, 59), at(23, 59), at(0)].map((minute) => isWithin(evening, minute))).toEqual([false, true, false]);
  });
});

describe('quiet hours', () => {
  const night = { fromMinute: at(21), toMinute: at(8) };
  const quietAt = (nowMs: number, timeZone: string | undefined, traits: Record<string, unknown> = {}) => {
    const attributes = conditionAttributes({ traits, request: {}, nowMs, timeZone, anonymous: false });
    return isQuiet(night, (path) => readPath(attributes, path));
  };

  test('are those of the customer’s own clock, summer time included', () => {
    const beforeEight = Date.UTC(2026, 2, 28, 6, 59);
    expect(quietAt(beforeEight, 'Europe/Berlin')).toBe(true);
    expect(quietAt(beforeEight + 60_000, 'Europe/Berlin')).toBe(false);
    // The next day clocks have gone forward: 06:00 UTC is eight in Berlin already.
    expect(quietAt(Date.UTC(2026, 2, 29, 5, 59), 'Europe/Berlin')).toBe(true);
    expect(quietAt(Date.UTC(2026, 2, 29, 6), 'Europe/Berlin')).toBe(false);
    expect(quietAt(beforeEight, 'Asia/Tokyo')).toBe(false);
  });

  test('never end for a customer whose time zone is not known, whatever their traits claim', () => {
    const noon = Date.UTC(2026, 2, 4, 12);
    expect(quietAt(noon, 'UTC')).toBe(false);
    expect(quietAt(noon, undefined)).toBe(true);
    expect(quietAt(noon, undefined, { 'time.zoneKnown': true, 'time.minute': at(12) })).toBe(true);
    expect(isQuiet(night, () => null)).toBe(true);
    expect(isQuiet(night, (path) => (path === 'time.zoneKnown' ? true : null))).toBe(true);
  });

  test('a channel without them is never quiet, and nothing is read', () => {
    const read = () => {
      throw new Error('read');
    };
    expect(isQuiet(undefined, read)).toBe(false);
  });
});
