import { describe, expect, test } from 'vitest';
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, backoffMs } from './alarm.ts';

describe('backoffMs', () => {
  test('starts at 2 s, doubles, and stays at 60 s however often it failed', () => {
    const longest = [1, 2, 3, 4, 5, 6, 100, 5_000].map((failures) => backoffMs(failures, 1));
    expect(longest).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('is never shorter than half of its longest', () => {
    expect(backoffMs(1, 0)).toBe(BACKOFF_FIRST_MS / 2);
    expect(backoffMs(50, 0)).toBe(BACKOFF_MAX_MS / 2);
  });
});
