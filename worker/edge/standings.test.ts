import { afterEach, expect, it } from 'vitest';
import { forgetStandings, recentStanding, rememberStanding, STANDING_MS } from './standings.ts';

const standing = { bucketingId: 'b', consent: { channels: {}, purposes: {} } };
const NOW_MS = 10_000_000;

afterEach(forgetStandings);

it('is gone by for five seconds, and not by a clock that was set back by an hour', () => {
  rememberStanding('a', standing, NOW_MS);
  expect(recentStanding('a', NOW_MS + STANDING_MS - 1)).toBe(standing);
  // A request that came a moment before the one that asked.
  expect(recentStanding('a', NOW_MS - 1_000)).toBe(standing);
  expect(recentStanding('a', NOW_MS + STANDING_MS)).toBeUndefined();
  expect(recentStanding('a', NOW_MS - 3_600_000)).toBeUndefined();
});
