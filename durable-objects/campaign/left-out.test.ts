import { describe, expect, test } from 'vitest';
import { leaveOut, MAX_LEFT_OUT, readLeftOut } from './left-out.ts';
import { newRoot } from './testing/evidence-root.ts';

const range = (fromHour: number, untilHour: number) => ({ fromHour, untilHour });

describe('hours that are left out', () => {
  test('become one range where they touch or overlap, however many releases follow one another', async () => {
    await newRoot().run((_, sql) => {
      for (let hour = 1_000; hour < 1_000 + 3 * MAX_LEFT_OUT; hour += 1)
        expect(leaveOut(sql, range(hour, hour + 1))).toBe(true);
      expect(readLeftOut(sql)).toEqual([range(1_000, 1_000 + 3 * MAX_LEFT_OUT)]);
      leaveOut(sql, range(100, 110));
      leaveOut(sql, range(120, 130));
      leaveOut(sql, range(105, 121));
      expect(readLeftOut(sql)[0]).toEqual(range(100, 130));
    });
  });

  test('are refused beyond the last range, unless they touch one', async () => {
    await newRoot().run((_, sql) => {
      for (let i = 0; i < MAX_LEFT_OUT; i += 1) expect(leaveOut(sql, range(10 * i, 10 * i + 1))).toBe(true);
      expect(leaveOut(sql, range(5, 6))).toBe(false);
      expect(readLeftOut(sql)).toHaveLength(MAX_LEFT_OUT);
      expect(leaveOut(sql, range(1, 2))).toBe(true);
      expect(readLeftOut(sql)[0]).toEqual(range(0, 2));
    });
  });
});
