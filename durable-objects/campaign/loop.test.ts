import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { revisionOf } from '../publisher/testing/fixtures.ts';
import { objectName } from '../shared/naming.ts';
import { MAX_DELIVERY_EVENTS } from './protocol.ts';
import { delivery, event, newAddress, observe, policyFor, source } from './testing/fixtures.ts';

/** What is promised from the acknowledgement of feedback to the published allocation, at most. */
const PROMISED_MS = 2_500;

/** The objects of one campaign and its workspace's publisher, named as the product names them. */
async function newCampaign() {
  const address = newAddress();
  const name = (kind: 'shard' | 'root' | 'publisher', ...id: string[]) =>
    objectName(source.NAMING_SECRET, address.workspaceId, kind, ...id);
  const publisher = source.PUBLISHER.getByName(await name('publisher'));
  const root = source.CAMPAIGN_ROOT.getByName(await name('root', address.campaignId));
  const shards = [
    source.CAMPAIGN_SHARD.getByName(await name('shard', address.campaignId, '0')),
    source.CAMPAIGN_SHARD.getByName(await name('shard', address.campaignId, '1')),
  ] as const;
  const publish = async (revision: number, policies: readonly CampaignPolicy[]) => {
    const { manifest, bodies } = await revisionOf(revision);
    await publisher.putSlices(address.workspaceId, bodies);
    await publisher.activate(address.workspaceId, manifest, policies);
  };
  const allocation = async () => (await publisher.state(0)).allocations[0];
  return { address, publisher, root, shards, publish, allocation, policy: policyFor(address.campaignId) };
}

const trialsOf = (posterior: { alpha: number; beta: number } | undefined) =>
  posterior ? posterior.alpha + posterior.beta - 2 : undefined;

describe('the way back', () => {
  test('brings feedback to the publisher by itself within the promised time', async () => {
    const { address, shards, publish, allocation, policy } = await newCampaign();
    await publish(1, [{ ...policy, leaves: ['rest'] }]);
    await vi.waitUntil(allocation, { timeout: PROMISED_MS, interval: 20 });
    await shards[0].apply(delivery(address, 'ann', [event(1), event(2)]));
    const learned = async () => trialsOf((await allocation())?.leaves.rest?.posteriors[0]) === 2;
    expect(await vi.waitUntil(learned, { timeout: PROMISED_MS, interval: 20 })).toBe(true);
  });

  test('is not blocked by more money than an integer holds', async () => {
    const { address, root, shards, publish, publisher, allocation, policy } = await newCampaign();
    await publish(1, [{ ...policy, leaves: ['rest'] }]);
    for (const [index, hour] of [500_000, 500_001].entries()) {
      const rich = event(index + 1, { trials: 1, conversions: 1, revenueMinor: 6e15 }, { hour });
      await shards[0].apply(delivery(address, 'ann', [rich]));
      await shards[0].apply(delivery(address, 'bob', [rich]));
    }
    await shards[0].apply(delivery(address, 'cid', [event(1, { trials: 1 }, { arm: 'b' })]));
    await evictDurableObject(publisher);
    await runDurableObjectAlarm(shards[0]);
    await runDurableObjectAlarm(root);
    const learned = async () =>
      (await allocation())?.leaves.rest?.posteriors.map((posterior) => trialsOf(posterior)).join();
    expect(await vi.waitUntil(async () => (await learned()) === '4,1', { timeout: PROMISED_MS })).toBe(true);
    const sums = (await root.view()).cells.map(({ statistics }) => [statistics.trials, statistics.revenueMinor]);
    const most = Number.MAX_SAFE_INTEGER;
    expect(sums).toEqual([
      [2, most],
      [2, most],
      [1, 0],
    ]);
  });

  test('merges two shards exactly, with the objects evicted between the steps', async () => {
    const { address, root, shards, publish, publisher, allocation, policy } = await newCampaign();
    await publish(1, [{ ...policy, leaves: ['rest'] }]);
    const ann = [event(1), event(2, { conversions: 1, revenueMinor: 995 })];
    const bob = [event(1), event(4, { trials: 1 }, { arm: 'b' })];
    await shards[0].apply(delivery(address, 'ann', ann, 0));
    await shards[1].apply(delivery(address, 'bob', bob, 1));
    for (const object of [...shards, publisher]) await evictDurableObject(object);
    for (const shard of shards) await runDurableObjectAlarm(shard);
    await evictDurableObject(root);
    await runDurableObjectAlarm(root);
    await vi.waitUntil(async () => trialsOf((await allocation())?.leaves.rest?.posteriors[1]) === 1, {
      timeout: PROMISED_MS,
    });
    const view = await root.view();
    expect(view.cells).toEqual(observe([...ann, ...bob.map((e) => ({ ...e, seq: e.seq + 10 }))]));
    expect(view.allocation).toEqual(await allocation());
    expect(view.policy?.campaignId).toBe(address.campaignId);
  });

  test('counts a backlog of many deliveries whole', async () => {
    const { address, root, shards, publish, policy } = await newCampaign();
    await publish(1, [policy]);
    const events = Array.from({ length: 5 * MAX_DELIVERY_EVENTS }, (_, i) => event(i + 1, { trials: 1 }, { hour: i }));
    for (let from = 0; from < events.length; from += MAX_DELIVERY_EVENTS) {
      await shards[0].apply(delivery(address, 'ann', events.slice(from, from + MAX_DELIVERY_EVENTS)));
    }
    await runDurableObjectAlarm(shards[0]);
    const counted = async () => (await root.view()).cells.reduce((sum, cell) => sum + cell.statistics.trials, 0);
    await vi.waitUntil(async () => (await counted()) >= events.length, { timeout: PROMISED_MS });
    expect(await counted()).toBe(events.length);
  });
});

describe('a campaign that forgets', () => {
  test('publishes anew when an hour has passed and nothing happened, and not before', async () => {
    const { address, root, shards, publish, allocation, policy } = await newCampaign();
    await publish(1, [{ ...policy, leaves: ['rest'], learning: { halfLifeMs: 3_600_000 } }]);
    const hour = Math.floor(Date.now() / 3_600_000);
    await shards[0].apply(delivery(address, 'ann', [event(1, { trials: 100 }, { hour: hour - 3 })]));
    const learned = async () => ((await allocation())?.leaves.rest?.posteriors[0]?.beta ?? 0) > 2;
    await vi.waitUntil(learned, { timeout: PROMISED_MS, interval: 20 });
    // The publisher has it before the root knows that it has.
    const settled = () =>
      runInDurableObject(root, (_, { storage }) => {
        const { open } = storage.sql.exec<{ open: number }>('SELECT wanted_seq - settled_seq AS open FROM root').one();
        return open === 0;
      });
    await vi.waitUntil(settled, { timeout: PROMISED_MS, interval: 20 });
    const before = await allocation();
    const alarmAfter = async (backMs: number) => {
      await runInDurableObject(root, async (_, { storage }) => {
        storage.sql.exec('UPDATE root SET computed_at_ms = ?', Date.now() - backMs);
        await storage.setAlarm(Date.now() + 60_000);
      });
      await runDurableObjectAlarm(root);
      return (await allocation())?.version ?? 0;
    };
    expect(await alarmAfter(3_000_000)).toBe(before?.version);
    expect(await alarmAfter(3_700_000)).toBe((before?.version ?? 0) + 1);
    expect(await runInDurableObject(root, (_, { storage }) => storage.getAlarm())).toBeGreaterThan(
      Date.now() + 3_000_000,
    );
  });
});

describe('a publish', () => {
  test('is followed by the root without any feedback, with versions that only grow', async () => {
    const { publish, allocation, policy } = await newCampaign();
    await publish(1, [policy]);
    const first = await vi.waitUntil(allocation, { timeout: PROMISED_MS, interval: 20 });
    const recut = { ...policy, armIds: ['b', 'c'], armsKey: 'arms-2' };
    await publish(2, [recut]);
    const recutOne = async () => {
      const current = await allocation();
      return current?.armsKey === 'arms-2' ? current : undefined;
    };
    const second = await vi.waitUntil(recutOne, { timeout: PROMISED_MS, interval: 20 });
    expect(second.armIds).toEqual(['b', 'c']);
    expect(second.version).toBeGreaterThan(first.version);
  });

  test('that takes a campaign away ends its allocations; one that brings it back finds its evidence again', async () => {
    const { address, root, shards, publish, publisher, allocation, policy } = await newCampaign();
    const published = { ...policy, leaves: ['rest'] };
    await publish(1, [published]);
    const before = await vi.waitUntil(allocation, { timeout: PROMISED_MS, interval: 20 });
    await publish(2, []);
    await shards[0].apply(delivery(address, 'ann', [event(1)]));
    await runDurableObjectAlarm(shards[0]);
    await runDurableObjectAlarm(root);
    await vi.waitUntil(async () => (await root.view()).policy === null, { timeout: PROMISED_MS });
    expect((await publisher.state(0)).allocations).toEqual([]);
    await publish(3, [published]);
    const after = await vi.waitUntil(allocation, { timeout: PROMISED_MS, interval: 20 });
    expect(trialsOf(after.leaves.rest?.posteriors[0])).toBe(1);
    expect(after.version).toBeGreaterThan(before.version);
  });
});

describe('the order of publishes', () => {
  /** Two policies with the same arms and leaves: what is published tells by its probabilities which of them the root follows. */
  const splitOf = (policy: CampaignPolicy, a: number): CampaignPolicy => ({
    ...policy,
    leaves: ['rest'],
    strategy: { policy: 'fixed_split', weights: { a, b: 1 - a } },
    minExploration: 0,
  });

  async function inOrder() {
    const world = await newCampaign();
    const [older, newer] = [splitOf(world.policy, 0.25), splitOf(world.policy, 0.75)];
    const shareOfA = async () => (await world.allocation())?.leaves.rest?.probabilities[0];
    const untilIs = (share: number) => vi.waitUntil(async () => (await shareOfA()) === share, { timeout: PROMISED_MS });
    const seqNow = async () => (await world.publisher.policyAsOf(older.campaignId)).seq;
    /** Counts one more trial, and waits for the allocation that answers for it. */
    const learnOf = async (seq: number) => {
      await world.shards[0].apply(delivery(world.address, 'ann', [event(seq)]));
      const counted = async () => trialsOf((await world.allocation())?.leaves.rest?.posteriors[0]) === seq;
      await vi.waitUntil(counted, { timeout: 2 * PROMISED_MS });
    };
    return { ...world, older, newer, shareOfA, untilIs, seqNow, learnOf };
  }

  test('a tell that was overtaken on its way does not take the campaign back, a rollback does', async () => {
    const { address, root, publish, older, newer, shareOfA, untilIs, seqNow, learnOf } = await inOrder();
    await publish(1, [older]);
    const late = await seqNow();
    await untilIs(0.25);
    await publish(2, [newer]);
    await untilIs(0.75);
    expect((await root.reconfigure(address, older, late)).policySeq).toBeGreaterThan(late ?? 0);
    await learnOf(1);
    expect(await shareOfA()).toBe(0.75);
    await publish(3, [older]);
    await untilIs(0.25);
  });

  test('a publisher that is restored to an earlier moment is heard again, though nothing is published', async () => {
    const { publisher, publish, older, newer, untilIs, learnOf } = await inOrder();
    await publish(1, [older]);
    await untilIs(0.25);
    for (let revision = 2; revision < 9; revision += 1) await publish(revision, [revision % 2 ? older : newer]);
    await untilIs(0.75);
    const recut = { ...older, armsKey: 'arms-0' };
    await runInDurableObject(publisher, (_object, { storage }) => {
      storage.sql.exec('UPDATE publisher SET seq = 1, revision = 1');
      storage.sql.exec('UPDATE policies SET body = ?', JSON.stringify(recut));
      storage.sql.exec('DELETE FROM allocations');
    });
    // Nobody tells the root: it hears of it with its next offer.
    await learnOf(1);
    await untilIs(0.25);
  });
});
