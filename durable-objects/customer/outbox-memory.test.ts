/** How much of what waits for its shards an object has in memory. */
import { expect, it } from 'vitest';
import { emptyOutbox, isReadOut, MAX_WAITING_IN_MEMORY, putLast } from './outbox.ts';

/** Behind the others, an event of a campaign; false where it must have a row. */
const putInto =
  (outbox = emptyOutbox()) =>
  (campaignId: string, seq: number) => {
    const event = { campaignId, seq, shard: 0, leaf: 'rest', arm: 'a', hour: 1, atMs: seq, change: { exposures: 1 } };
    return putLast(outbox, { event, home: null, isOld: false });
  };

it('takes of each destination what one delivery carries, and nothing newer until that has arrived', () => {
  const outbox = emptyOutbox();
  const put = putInto(outbox);
  for (let seq = 1; seq <= MAX_WAITING_IN_MEMORY; seq += 1) expect(put('c', seq)).toBe(true);
  expect([put('c', 201), put('d', 202), outbox.more]).toEqual([false, true, new Set(['c 0'])]);
  outbox.waiting = outbox.waiting.slice(-2);
  expect([put('c', 203), isReadOut(outbox)]).toEqual([false, false]);
  outbox.waiting = outbox.waiting.slice(-1);
  expect(isReadOut(outbox)).toBe(true);
});
