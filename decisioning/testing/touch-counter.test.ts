import { expect, test } from 'vitest';
import { countTouches } from '../limits/touches.ts';
import { DAY_MS } from './configuration.ts';
import { touchAt } from './customer.ts';
import { touchCounter } from './touch-counter.ts';

const NOW_MS = 1_000 * DAY_MS;
const channel = { kind: 'channel', id: 'web' } as const;
const everything = { kind: 'global' } as const;

test('however much is asked of one customer, each answer is that of looking at every touch', () => {
  const ids = Array.from({ length: 30 }, (_, i) => `c${i}`);
  const touches = ids.flatMap((campaignId, i) =>
    Array.from({ length: i % 4 }, (_, age) => touchAt(NOW_MS - age * DAY_MS, { campaignId, count: 1 + (i % 3) })),
  );
  const count = touchCounter(touches, NOW_MS);
  for (const id of [...ids, 'nobody', ...ids])
    for (const scope of [{ kind: 'campaign', id } as const, channel, everything])
      expect(count(scope, 2 * DAY_MS)).toBe(countTouches(touches, scope, 2 * DAY_MS, NOW_MS));
});
