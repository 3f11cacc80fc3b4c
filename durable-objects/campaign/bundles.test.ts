/** Parcels of many customers in one call: counted as if each had come alone, and all of them kept before anybody is answered. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { CampaignShardObject } from './object.ts';
import {
  type Bundle,
  type CampaignAddress,
  MAX_BUNDLE_PARCELS,
  MAX_REPORT_CELLS,
  type StatisticsEvent,
} from './protocol.ts';
import { CampaignShard } from './shard.ts';
import { countedIn } from './testing/counted.ts';
import { event, newAddress, observe, source } from './testing/fixtures.ts';

let shards = 0;

function newShard() {
  shards += 1;
  const stub = source.CAMPAIGN_SHARD.getByName(`bundles-${shards}`);
  const counted = () => runInDurableObject(stub, (_, { storage }) => countedIn(storage.sql).cells);
  return { stub, counted };
}

const bundleOf = (address: CampaignAddress, events: Record<string, readonly StatisticsEvent[]>): Bundle => ({
  ...address,
  shard: 0,
  parcels: Object.entries(events).map(([name, its]) => ({ source: `${name}:1`, events: its })),
});

describe('a bundle', () => {
  test('is counted once, however often it comes, together or alone, also after the object was evicted', async () => {
    const { stub, counted } = newShard();
    const address = newAddress();
    const [ann, bob] = [[event(1), event(4, { conversions: 1 })], [event(2)]];
    const acked = [4, 2].map((ackedSeq) => ({ outcome: 'applied', ackedSeq }));
    const bundle = bundleOf(address, { ann, bob });
    expect(await stub.applyAll(bundle)).toEqual(acked);
    expect(await stub.applyAll(bundle)).toEqual(acked);
    await evictDurableObject(stub);
    expect(await stub.applyAll(bundle)).toEqual(acked);
    await stub.apply({ ...address, shard: 0, source: 'ann:1', events: ann });
    expect(await counted()).toEqual(observe([...ann, ...bob]));
  });

  test('holds what one customer sends amiss against nobody else', async () => {
    const { stub, counted } = newShard();
    const broken = [event(2), event(1)];
    const replies = await stub.applyAll(bundleOf(newAddress(), { ann: [event(1)], bob: broken, cid: [event(3)] }));
    expect(replies).toEqual([{ outcome: 'applied', ackedSeq: 1 }, null, { outcome: 'applied', ackedSeq: 3 }]);
    expect(await counted()).toEqual(observe([event(1), event(3)]));
  });

  test.each<[string, unknown]>([
    ['no events', { source: 'bob:1' }],
    ['an event that is none', { source: 'bob:1', events: [null] }],
    ['an event without a change', { source: 'bob:1', events: [{ ...event(1), change: undefined }] }],
    ['sums that are none', { source: 'bob:1', events: [{ ...event(1), sums: { x: null } }] }],
    ['nothing', null],
  ])('takes the others where a parcel has %s', async (_title, broken) => {
    const { stub, counted } = newShard();
    const bundle = bundleOf(newAddress(), { ann: [event(1)], cid: [event(3)] });
    const [first, last] = bundle.parcels;
    const parcels = [first, broken, last] as Bundle['parcels'];
    const acked = [1, null, 3].map((ackedSeq) => ackedSeq && { outcome: 'applied', ackedSeq });
    expect(await stub.applyAll({ ...bundle, parcels })).toEqual(acked);
    expect(await counted()).toEqual(observe([event(1), event(3)]));
  });

  test('that fails half-way leaves a shard that can report: what it staged is committed before it would be too much', async () => {
    const { stub } = newShard();
    const address = newAddress();
    const many = (who: string) =>
      Array.from({ length: (2 * MAX_REPORT_CELLS) / 5 }, (_, i) => event(i + 1, {}, { leaf: `${who}-${i}` }));
    const reported = await runInDurableObject(stub, async (shard: CampaignShardObject, { storage }) => {
      const { stage } = CampaignShard.prototype;
      const failing = vi.spyOn(CampaignShard.prototype, 'stage').mockImplementation(function (
        this: CampaignShard,
        told,
      ) {
        if (told.source === 'bad:1') throw new Error('disk is full');
        return stage.call(this, told);
      });
      for (const who of ['a', 'b'])
        await shard.applyAll(bundleOf(address, { [who]: many(who), bad: [event(1)] })).catch(String);
      failing.mockRestore();
      await shard.apply({ ...address, shard: 0, source: 'c:1', events: many('c') });
      return new CampaignShard(storage).nextReport()?.cells.length;
    });
    expect(reported).toBeGreaterThan(0);
  });

  test('that is another campaign’s is refused, all of it', async () => {
    const { stub, counted } = newShard();
    await stub.applyAll(bundleOf(newAddress(), { ann: [event(1)] }));
    expect(await stub.applyAll(bundleOf(newAddress(), { bob: [event(1)], cid: [event(1)] }))).toEqual([null, null]);
    expect(await counted()).toEqual(observe([event(1)]));
  });

  test(`holds ${MAX_BUNDLE_PARCELS} parcels at most`, async () => {
    const { stub } = newShard();
    const names = Array.from({ length: MAX_BUNDLE_PARCELS + 1 }, (_, i) => [`customer-${i}`, [event(1)]]);
    const refused = runInDurableObject(stub, (shard: CampaignShardObject) =>
      shard.applyAll(bundleOf(newAddress(), Object.fromEntries(names))).catch(String),
    );
    expect(await refused).toBe(`RangeError: parcels: more than ${MAX_BUNDLE_PARCELS}`);
  });

  /** More cells than one commit takes: the bundle is committed in parts. */
  const wide = (): Record<string, readonly StatisticsEvent[]> =>
    Object.fromEntries(
      Array.from({ length: (2 * MAX_REPORT_CELLS) / 100 + 1 }, (_, customer) => [
        `customer-${customer}`,
        Array.from({ length: 100 }, (_, i) => event(i + 1, { trials: 1 }, { leaf: `leaf-${customer}-${i}` })),
      ]),
    );

  test('that is more than one commit takes is several: each must fit into a report', async () => {
    const { stub, counted } = newShard();
    const events = wide();
    const replies = await stub.applyAll(bundleOf(newAddress(), events));
    expect(replies.every((reply) => reply?.ackedSeq === 100)).toBe(true);
    expect(await counted()).toEqual(observe(Object.values(events).flat()));
    const rows = runInDurableObject(stub, (_, { storage }) => storage.sql.exec('SELECT 1 FROM commits').toArray());
    expect(await rows).toHaveLength(3);
  });

  test('of which a part cannot be kept is not acknowledged, and counts once when it comes again', async () => {
    const { stub, counted } = newShard();
    const address = newAddress();
    const events = wide();
    // Just before, so that commits wait for their time, and somebody with them.
    await stub.applyAll(bundleOf(address, { first: [event(1)] }));
    const outcome = await runInDurableObject(stub, async (shard: CampaignShardObject, { storage }) => {
      const keep = storage.transactionSync.bind(storage);
      let commits = 0;
      Object.defineProperty(storage, 'transactionSync', {
        configurable: true,
        value: (run: () => unknown) => {
          commits += 1;
          if (commits === 1) throw new Error('disk is full');
          return keep(run);
        },
      });
      const told = ({ length }: readonly unknown[]) => `${length} acknowledged`;
      const waiting = shard.applyAll(bundleOf(address, { second: [event(1)] })).then(told, String);
      try {
        return [await shard.applyAll(bundleOf(address, events)).then(told, String), await waiting];
      } finally {
        Object.defineProperty(storage, 'transactionSync', { configurable: true, value: keep });
      }
    });
    expect(outcome).toEqual(['Error: disk is full', 'Error: disk is full']);
    await stub.applyAll(bundleOf(address, { ...events, second: [event(1)] }));
    expect(await counted()).toEqual(observe([event(1), event(1), ...Object.values(events).flat()]));
  });
});
