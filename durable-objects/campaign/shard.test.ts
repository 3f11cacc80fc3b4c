import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { slug } from '../../contract/primitives.ts';
import { ENROLLED_ARM } from '../../decisioning/bandits/allocation.ts';
import {
  type Delivery,
  MAX_DELIVERY_EVENTS,
  MAX_REPORT_CELLS,
  type ShardReport,
  type StatisticsEvent,
} from './protocol.ts';
import type { CampaignShard } from './shard.ts';
import { inShard } from './testing/counted.ts';
import { delivery, event, newAddress, observe, source } from './testing/fixtures.ts';

let shards = 0;

/** A shard with storage of its own, whose alarm never runs because it is not called from outside. */
function newShard() {
  shards += 1;
  const stub = source.CAMPAIGN_SHARD.getByName(`shard-${shards}`);
  const run = <T>(step: (shard: CampaignShard) => T): Promise<T> => inShard(stub, step);
  return { run, evict: () => evictDurableObject(stub) };
}

const cellsOf = (report: ShardReport | null) => report?.cells;

describe('a delivery', () => {
  test('is counted once, however often it comes, also after the object was evicted', async () => {
    const { run, evict } = newShard();
    const twice = delivery(newAddress(), 'ann', [event(3), event(7, { conversions: 1 })]);
    expect(await run((shard) => shard.apply(twice))).toEqual({ outcome: 'applied', ackedSeq: 7 });
    expect(await run((shard) => shard.apply(twice))).toEqual({ outcome: 'applied', ackedSeq: 7 });
    await evict();
    expect(await run((shard) => shard.apply(twice))).toEqual({ outcome: 'applied', ackedSeq: 7 });
    expect(cellsOf(await run((shard) => shard.nextReport()))).toEqual(observe(twice.events));
  });

  test('that overlaps an earlier one adds only what is new, and an old one that arrives last adds nothing', async () => {
    const { run } = newShard();
    const address = newAddress();
    const all = [event(1), event(2), event(5, { conversions: 1, revenueMinor: 995 }), event(6)];
    const early = delivery(address, 'ann', all.slice(0, 2));
    await run((shard) => shard.apply(early));
    await run((shard) => shard.apply(delivery(address, 'ann', all)));
    expect(await run((shard) => shard.apply(early))).toEqual({ outcome: 'applied', ackedSeq: 6 });
    expect(cellsOf(await run((shard) => shard.nextReport()))).toEqual(observe(all));
  });

  test('of another customer, or of another incarnation, has positions of its own', async () => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [event(9)])));
    await run((shard) => shard.apply(delivery(address, 'bob', [event(1)])));
    await run((shard) => shard.apply({ ...delivery(address, 'ann', [event(1)]), source: 'ann:2' }));
    expect(cellsOf(await run((shard) => shard.nextReport()))).toEqual(observe([event(1), event(2), event(3)]));
  });

  test('of customers enrolled before an arm was drawn is counted under a name that no arm can have', async () => {
    const { run } = newShard();
    const events = [event(1, { customers: 1 }, { arm: ENROLLED_ARM }), event(2, { trials: 1 })];
    await run((shard) => shard.apply(delivery(newAddress(), 'ann', events)));
    expect(cellsOf(await run((shard) => shard.nextReport()))).toEqual(observe(events));
    expect(slug.safeParse(ENROLLED_ARM).success).toBe(false);
  });

  test('of more money than an integer holds is counted up to there, within one delivery and over several', async () => {
    const { run } = newShard();
    const address = newAddress();
    const most = Number.MAX_SAFE_INTEGER;
    const revenue = async () => cellsOf(await run((shard) => shard.nextReport()))?.[0]?.statistics;
    await run((shard) =>
      shard.apply(delivery(address, 'ann', [event(1, { revenueMinor: 6e15 }), event(2, { revenueMinor: 6e15 })])),
    );
    expect((await revenue())?.revenueMinor).toBe(most);
    await run((shard) => shard.apply(delivery(address, 'ann', [event(3, { revenueMinor: 6e15, trials: 1 })])));
    expect(await revenue()).toMatchObject({ revenueMinor: most, trials: 1 });
    for (const seq of [4, 5, 6, 7])
      await run((shard) => shard.apply(delivery(address, 'ann', [event(seq, { revenueMinor: -6e15 })])));
    expect((await revenue())?.revenueMinor).toBe(-most);
  });

  test('without events answers how far the source is counted', async () => {
    const { run } = newShard();
    const address = newAddress();
    expect(await run((shard) => shard.apply(delivery(address, 'ann', [])))).toEqual({
      outcome: 'applied',
      ackedSeq: 0,
    });
    await run((shard) => shard.apply(delivery(address, 'ann', [event(4)])));
    expect(await run((shard) => shard.apply(delivery(address, 'ann', [])))).toEqual({
      outcome: 'applied',
      ackedSeq: 4,
    });
  });
});

describe('a delivery that breaks the protocol is refused whole', () => {
  const good = event(1);
  const cases: readonly (readonly [string, (valid: Delivery) => Delivery])[] = [
    ['a fraction', (d) => ({ ...d, events: [good, event(2, { trials: 0.5 })] })],
    ['a sum that is no number', (d) => ({ ...d, events: [good, event(2, { trials: Number.NaN })] })],
    ['a count that falls', (d) => ({ ...d, events: [good, event(2, { trials: -1 })] })],
    ['an unknown field', (d) => ({ ...d, events: [good, event(2, { clicks: 1 } as StatisticsEvent['change'])] })],
    ['positions that do not increase', (d) => ({ ...d, events: [good, event(1)] })],
    ['an empty arm', (d) => ({ ...d, events: [good, event(2, {}, { arm: '' })] })],
    ['an hour before the epoch', (d) => ({ ...d, events: [good, event(2, {}, { hour: -1 })] })],
    [
      'more events than one delivery holds',
      (d) => ({ ...d, events: Array.from({ length: MAX_DELIVERY_EVENTS + 1 }, (_, i) => event(i + 1)) }),
    ],
    ['another campaign', (d) => ({ ...d, campaignId: 'other' })],
    ['another workspace', (d) => ({ ...d, workspaceId: 'other' })],
    ['another shard', (d) => ({ ...d, shard: 1 })],
    ['a value beyond 2^53', (d) => ({ ...d, events: [event(2, { revenueMinor: 2 ** 53 })] })],
  ];

  test.each(cases)('%s', async (_title, broken) => {
    const { run } = newShard();
    const valid = delivery(newAddress(), 'ann', [good]);
    await run((shard) => shard.apply(valid));
    const before = await run((shard) => shard.nextReport());
    const next = { ...valid, events: [event(2)] };
    await run((shard) => expect(() => shard.apply(broken(next))).toThrow());
    expect(await run((shard) => shard.nextReport())).toEqual(before);
    expect(await run((shard) => shard.apply({ ...valid, events: [] }))).toEqual({ outcome: 'applied', ackedSeq: 1 });
  });
});

describe('a report', () => {
  test('is repeated until it is acknowledged, and then holds only what changed since', async () => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [event(1), event(2, {}, { arm: 'b' })])));
    const first = await run((shard) => shard.nextReport());
    expect(await run((shard) => shard.nextReport())).toEqual(first);
    await run((shard) => shard.apply(delivery(address, 'ann', [event(3)])));
    await run((shard) => shard.acknowledge(first?.seq ?? -1));
    expect(cellsOf(await run((shard) => shard.nextReport()))).toEqual(observe([event(1), event(3)]));
  });

  test('is none after everything was acknowledged, also when an older acknowledgement comes late', async () => {
    const { run } = newShard();
    const address = newAddress();
    await run((shard) => shard.apply(delivery(address, 'ann', [event(1)])));
    await run((shard) => shard.apply(delivery(address, 'ann', [event(2)])));
    await run((shard) => shard.acknowledge(2));
    await run((shard) => shard.acknowledge(1));
    expect(await run((shard) => shard.nextReport())).toBeNull();
  });

  test('of many cells comes in pages that end between deliveries and together hold each cell once', async () => {
    const { run } = newShard();
    const address = newAddress();
    const events = Array.from({ length: 6 * MAX_DELIVERY_EVENTS }, (_, i) => event(i + 1, { trials: 1 }, { hour: i }));
    for (let from = 0; from < events.length; from += MAX_DELIVERY_EVENTS) {
      const page = events.slice(from, from + MAX_DELIVERY_EVENTS);
      await run((shard) => shard.apply(delivery(address, 'ann', page)));
    }
    const pages: ShardReport[] = [];
    for (let i = 0; i < 10; i += 1) {
      const report = await run((shard) => shard.nextReport());
      if (!report) break;
      pages.push(report);
      await run((shard) => shard.acknowledge(report.seq));
    }
    expect(pages.map((page) => page.seq)).toEqual([2, 4, 6]);
    expect(Math.max(...pages.map((page) => page.cells.length))).toBeLessThanOrEqual(MAX_REPORT_CELLS);
    const hours = pages.flatMap((page) => page.cells.map((cell) => cell.hour));
    expect(hours.sort((a, b) => a - b)).toEqual(events.map((_, i) => i));
  });
});
