/** Evidence that is stored with its decision: delivered at least once, before anything newer, and kept when the decision goes. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { Delivery } from '../campaign/protocol.ts';
import type { StubSource } from '../shared/stub.ts';
import { DELIVERY_WAKE_MS, RETOLD_MS } from './limits.ts';
import type { Riding } from './outbox.ts';
import {
  type Customer,
  customerOf,
  HOUR_MS,
  objectOf,
  PURCHASE,
  settle,
  source,
  tablesOf,
  totalOf,
  worldOf,
} from './testing/fixtures.ts';
import { decisionsOf } from './testing/rows.ts';

/** No alarm of these tests rings by itself. */
const NOW_MS = Date.now() + HOUR_MS;
/** The tests' own; the environment is everybody's. */
const SHARDS = source.CAMPAIGN_SHARD;
let worlds = 0;

const objective = { goal: 'purchase', conversionWeight: 1, revenueWeight: 0, priority: 0 };

/** A customer with two decisions. */
async function scene(atMs = NOW_MS) {
  worlds += 1;
  const world = worldOf(`riding-${worlds}`, configurationOf([campaignOf('c', { objective })], { goals: [PURCHASE] }));
  const ann = customerOf(world, 'ann');
  const [first, second] = [await ann.decide('1', atMs), await ann.decide('2', atMs)];
  return { world, ann, first: first as DecisionRecord, second: second as DecisionRecord };
}

/** Puts the instance that runs in front of other shards, down or up; another instance has the tests' own. */
async function withShards(ann: Customer, isDown: boolean, log: Delivery[] = []): Promise<void> {
  const shards = {
    getByName: (name: string) => ({
      apply: async (delivery: Delivery) => {
        log.push(delivery);
        if (isDown) throw Object.assign(new Error('down'), { remote: true });
        return SHARDS.getByName(name).apply(delivery);
      },
    }),
  };
  await runInDurableObject(objectOf(ann), (instance) => {
    const holder = instance as unknown as { env: StubSource };
    (holder.env as { CAMPAIGN_SHARD: unknown }).CAMPAIGN_SHARD = shards;
  });
}

const ownShards = (ann: Customer) =>
  runInDurableObject(objectOf(ann), (instance) => {
    ((instance as unknown as { env: StubSource }).env as { CAMPAIGN_SHARD: unknown }).CAMPAIGN_SHARD = SHARDS;
  });

const ridingOf = async (ann: Customer): Promise<Riding[]> =>
  (await decisionsOf(ann)).flatMap(({ out }) => (out ? [out] : []));
const alarmOf = (ann: Customer) => runInDurableObject(objectOf(ann), (_, { storage }) => storage.getAlarm());
/** Until nothing is under way; the alarm has not rung. */
const quiet = (ann: Customer) => expect.poll(() => objectOf(ann).undelivered(), { timeout: 10_000 });

describe('evidence', () => {
  it('is stored with its decision, told once, and has no row of its own', async () => {
    const { world, ann, first } = await scene();
    await ann.see(first, NOW_MS + 1);
    await quiet(ann).toBe(0);
    expect((await tablesOf(ann)).outbox).toEqual([]);
    expect(await ridingOf(ann)).toMatchObject([{ seq: 1, ackedSeq: 0, events: [{ seq: 1, campaignId: 'c' }] }]);
    await ann.reach(first, NOW_MS + 2);
    expect(await ridingOf(ann)).toMatchObject([{ seq: 2, ackedSeq: 1, events: [{ seq: 2 }] }]);
    await settle(ann);
    expect(await totalOf(world, 'c')).toMatchObject({ exposures: 1 });
  });

  it('that an instance may have delivered is told again by the alarm, and counts once', async () => {
    const { world, ann, first } = await scene();
    await ann.see(first, NOW_MS + 1);
    await quiet(ann).toBe(0);
    await evictDurableObject(objectOf(ann));
    expect(await objectOf(ann).undelivered()).toBe(1);
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    expect(await objectOf(ann).undelivered()).toBe(0);
    expect((await totalOf(world, 'c')).exposures).toBe(1);
  });

  it('that could not be delivered has an alarm within seconds, and outlives its instance', async () => {
    const { world, ann, first } = await scene();
    await withShards(ann, true);
    await ann.see(first, NOW_MS + 1);
    await expect.poll(() => alarmOf(ann), { timeout: 10_000 }).toBe(NOW_MS + 1 + DELIVERY_WAKE_MS);
    expect(await objectOf(ann).undelivered()).toBe(1);
    await ownShards(ann);
    await evictDurableObject(objectOf(ann));
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    expect((await totalOf(world, 'c')).exposures).toBe(1);
  });

  it('goes before anything newer, or its shard would pass over it', async () => {
    const { world, ann, first, second } = await scene();
    await withShards(ann, true);
    await ann.see(first, NOW_MS + 1);
    await expect.poll(() => alarmOf(ann), { timeout: 10_000 }).toBe(NOW_MS + 1 + DELIVERY_WAKE_MS);
    await ownShards(ann);
    await evictDurableObject(objectOf(ann));
    await ann.see(second, NOW_MS + 2);
    await quiet(ann).toBe(0);
    expect((await totalOf(world, 'c')).exposures).toBe(2);
  });

  it.each([
    [RETOLD_MS - 1, [1, 2]],
    [RETOLD_MS, [2]],
  ])('of an instance before is told with what comes %d ms later: %j', async (laterMs, seqs) => {
    const { ann, first } = await scene();
    await ann.see(first, NOW_MS);
    await quiet(ann).toBe(0);
    await evictDurableObject(objectOf(ann));
    const log: Delivery[] = [];
    await withShards(ann, false, log);
    const record = (await ann.decide('3', NOW_MS + laterMs)) as DecisionRecord;
    expect(log).toEqual([]);
    await ann.see(record, NOW_MS + laterMs);
    await quiet(ann).toBe(0);
    await ownShards(ann);
    expect(log.map(({ events }) => events.map(({ seq }) => seq))).toEqual([seqs]);
  });

  it('that an alarm could not deliver either is told however much later something comes', async () => {
    const { world, ann, first } = await scene();
    await withShards(ann, true);
    await ann.see(first, NOW_MS);
    await expect.poll(() => alarmOf(ann), { timeout: 10_000 }).toBe(NOW_MS + DELIVERY_WAKE_MS);
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    await ownShards(ann);
    await evictDurableObject(objectOf(ann));
    const record = (await ann.decide('3', NOW_MS + RETOLD_MS)) as DecisionRecord;
    await ann.see(record, NOW_MS + RETOLD_MS);
    await quiet(ann).toBe(0);
    expect((await totalOf(world, 'c')).exposures).toBe(2);
    await settle(ann);
  });

  it.each([
    ['an erasure', (ann: Customer) => ann.stub().erase(ann.facts(NOW_MS + RETOLD_MS))],
    ['an alarm', (ann: Customer) => runInDurableObject(objectOf(ann), (object) => object.alarm())],
  ])('that was delivered a day ago is told no more by %s', async (_, follows) => {
    const { ann, first } = await scene(NOW_MS - RETOLD_MS - HOUR_MS);
    await ann.see(first, NOW_MS - RETOLD_MS - HOUR_MS);
    await quiet(ann).toBe(0);
    await evictDurableObject(objectOf(ann));
    const log: Delivery[] = [];
    await withShards(ann, false, log);
    await follows(ann);
    await quiet(ann).toBe(0);
    await ownShards(ann);
    expect(log).toEqual([]);
    expect((await tablesOf(ann)).outbox).toEqual([]);
  });

  it('of a device of the version before, which brings its rows as they are, is the device’s to tell', async () => {
    const { world, ann, first } = await scene();
    await ann.see(first, NOW_MS);
    await quiet(ann).toBe(0);
    const { legacy } = await ann.stub().forward(ann.facts(NOW_MS), 'bob');
    const rows = await decisionsOf(ann);
    expect(rows.some(({ out }) => out)).toBe(true);
    const bob = customerOf(world, 'bob');
    await bob.stub().takeLegacy(bob.facts(NOW_MS), { ...legacy!, decisions: rows });
    await evictDurableObject(objectOf(bob));
    expect(await objectOf(bob).undelivered()).toBe(0);
    expect(await ridingOf(bob)).toEqual([]);
    await settle(ann);
  });

  it('outlives the erasure of its decision, and no position is given twice', async () => {
    const { world, ann, first } = await scene();
    await withShards(ann, true);
    await ann.see(first, NOW_MS + 1);
    await ann.stub().erase(ann.facts(NOW_MS + 2));
    expect((await tablesOf(ann)).outbox).toMatchObject([{ seq: 1, campaign_id: 'c' }]);
    await ownShards(ann);
    await settle(ann);
    expect((await tablesOf(ann)).outbox).toEqual([]);
    await evictDurableObject(objectOf(ann));
    const again = (await ann.decide('4', NOW_MS + 3)) as DecisionRecord;
    await ann.see(again, NOW_MS + 4);
    expect(await ridingOf(ann)).toMatchObject([{ seq: 2 }]);
    await settle(ann);
    expect((await totalOf(world, 'c')).exposures).toBe(2);
  });
});

describe('a goal with a token', () => {
  it('is stored with its decision, counted after eviction, and told twice is known', async () => {
    const { ann, first } = await scene();
    await ann.reach(first, NOW_MS + 1, { orderId: 'o1', valueMinor: 5 });
    expect((await tablesOf(ann)).outcomes ?? []).toEqual([]);
    await evictDurableObject(objectOf(ann));
    expect(await ann.stub().dump()).toMatchObject({ dump: { outcomes: [{ goal: 'purchase', valueMinor: 5 }] } });
    expect(await ann.tell(NOW_MS + 2, { orderId: 'o1' })).toBe('duplicate');
    await settle(ann);
  });
});
