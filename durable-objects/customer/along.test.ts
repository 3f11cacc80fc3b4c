/** Reports of many customers at a time: told to their shard together, by whichever object does, and each of them counted once whatever becomes of that one. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it } from 'vitest';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { Bundle, Delivery } from '../campaign/protocol.ts';
import { objectName } from '../shared/naming.ts';
import type { StubSource } from '../shared/stub.ts';
import { Carrier } from './carrier.ts';
import { Courier } from './courier.ts';
import { emptyOutbox, type Outbox, putLast } from './outbox.ts';
import type { CustomerMeta } from './state.ts';
import { Tables } from './tables.ts';
import { type Customer, customerOf, HOUR_MS, objectOf, source, totalOf, worldOf } from './testing/fixtures.ts';

/** No alarm of these tests rings by itself. */
const NOW_MS = Date.now() + HOUR_MS;
/** The tests' own; the environment is everybody's. */
const SHARDS = source.CAMPAIGN_SHARD;
const CUSTOMERS = 12;
let worlds = 0;

/** Customers with a decision each. */
async function scene() {
  worlds += 1;
  const world = worldOf(`along-${worlds}`, configurationOf([campaignOf('c')]));
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => customerOf(world, `customer-${i}`));
  const records = await Promise.all(customers.map((customer) => customer.decide('1', NOW_MS)));
  const report = () => Promise.all(customers.map((customer, i) => customer.see(records[i]!, NOW_MS + 1)));
  return { world, customers, report };
}

/** Puts all objects of this isolate in front of other shards. */
async function withShards(customer: Customer, shards: unknown): Promise<void> {
  await runInDurableObject(objectOf(customer), (instance) => {
    ((instance as unknown as { env: StubSource }).env as { CAMPAIGN_SHARD: unknown }).CAMPAIGN_SHARD = shards;
  });
}

/** The tests' own shards, with what they are told; a bundle goes through `bundles` if there is one. */
function listening(bundles?: (bundle: Bundle) => Promise<unknown>) {
  const told: (readonly string[])[] = [];
  const shards = {
    getByName: (name: string) => ({
      apply: async (delivery: Delivery) => {
        told.push([delivery.source]);
        return SHARDS.getByName(name).apply(delivery);
      },
      applyAll: async (bundle: Bundle) => {
        told.push(bundle.parcels.map(({ source: from }) => from));
        return bundles ? bundles(bundle) : SHARDS.getByName(name).applyAll(bundle);
      },
    }),
  };
  return { shards, told };
}

const undelivered = async (customers: readonly Customer[]) =>
  (await Promise.all(customers.map((customer) => objectOf(customer).undelivered()))).reduce((sum, one) => sum + one, 0);

const ringAll = (customers: readonly Customer[]) =>
  Promise.all(customers.map((customer) => runDurableObjectAlarm(objectOf(customer))));

/** Exposures that were counted; everybody is in front of the tests' own shards again. */
async function counted({ world, customers }: Awaited<ReturnType<typeof scene>>): Promise<number> {
  await withShards(customers[0]!, SHARDS);
  return (await totalOf(world, 'c')).exposures;
}

afterEach(async () => {
  await withShards(customerOf(worldOf('along', configurationOf([campaignOf('c')])), 'ann'), SHARDS);
});

describe('reports of many customers', () => {
  it('are told to their shard in a few calls, each once, and nobody’s alarm has to ring', async () => {
    const its = await scene();
    const { customers, report } = its;
    const { shards, told } = listening();
    await withShards(customers[0]!, shards);
    await report();
    await expect.poll(() => undelivered(customers), { timeout: 10_000 }).toBe(0);
    expect(told.length).toBeLessThan(CUSTOMERS);
    expect(new Set(told.flat()).size).toBe(CUSTOMERS);
    expect(await counted(its)).toBe(CUSTOMERS);
  });

  it.each([
    ['is refused', () => Promise.reject(Object.assign(new Error('down'), { remote: true }))],
    ['is never answered', () => new Promise(() => undefined)],
  ])('count once by their own alarms where the call that carries them %s', async (_, bundles) => {
    const its = await scene();
    const { customers, report } = its;
    const { shards, told } = listening(bundles);
    await withShards(customers[0]!, shards);
    await report();
    await expect.poll(() => told.some(({ length }) => length > 1), { timeout: 10_000 }).toBe(true);
    expect(await undelivered(customers)).toBeGreaterThan(0);
    expect(await ringAll(customers)).not.toContain(false);
    expect(await undelivered(customers)).toBe(0);
    expect(await counted(its)).toBe(CUSTOMERS);
  });

  it('count once, and so does what comes after them, where a later bundle overtakes theirs', async () => {
    const its = await scene();
    const { customers, report } = its;
    const next = await Promise.all(customers.map((customer) => customer.decide('2', NOW_MS)));
    let [bundles, answered, isOpen] = [0, 0, false];
    const { shards } = listening(async (bundle) => {
      const { workspaceId, campaignId, shard } = bundle;
      bundles += 1;
      // No promise of another object's may be waited for.
      if (bundles === 1) while (!isOpen) await scheduler.wait(10);
      const name = objectName(source.NAMING_SECRET, workspaceId, 'shard', campaignId, String(shard));
      const replies = await SHARDS.getByName(name).applyAll(bundle);
      answered += 1;
      return replies;
    });
    await withShards(customers[0]!, shards);
    await report();
    await expect.poll(() => bundles, { timeout: 10_000 }).toBe(1);
    await Promise.all(customers.map((customer, i) => customer.see(next[i]!, NOW_MS + 2)));
    await expect.poll(() => undelivered(customers), { timeout: 10_000 }).toBe(0);
    const before = await counted(its);
    isOpen = true;
    await expect.poll(() => answered === bundles, { timeout: 10_000 }).toBe(true);
    await ringAll(customers);
    expect([before, await counted(its)]).toEqual([2 * CUSTOMERS, 2 * CUSTOMERS]);
  });

  it('count once where the bundle arrived and its answer did not', async () => {
    const its = await scene();
    const { customers, report } = its;
    const { shards, told } = listening(async (bundle) => {
      const { workspaceId, campaignId, shard } = bundle;
      const name = objectName(source.NAMING_SECRET, workspaceId, 'shard', campaignId, String(shard));
      await SHARDS.getByName(name).applyAll(bundle);
      throw Object.assign(new Error('lost'), { remote: true });
    });
    await withShards(customers[0]!, shards);
    await report();
    await expect.poll(() => told.flat().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(CUSTOMERS);
    await ringAll(customers);
    await expect.poll(() => undelivered(customers), { timeout: 10_000 }).toBe(0);
    expect(await counted(its)).toBe(CUSTOMERS);
  });
});

/** Delivers an outbox along with others'. */
type Act = (outbox: Outbox, sync: () => Promise<void>) => Promise<boolean>;

interface Scene {
  readonly told: readonly string[];
  /** Ends the oldest wait of a round. */
  readonly elapse: () => Promise<void>;
}

const neverAsked = () => Promise.reject(new Error('who carries waits for nobody'));

describe('what an object leaves with another', () => {
  const outboxOf = (home: string | null): Outbox => {
    const outbox = emptyOutbox();
    outbox.lastSeq = 1;
    const event = { campaignId: 'c', shard: 0, seq: 1, leaf: 'rest', arm: 'a', hour: 1, atMs: 1, change: {} };
    putLast(outbox, { event, home, isOld: false });
    return outbox;
  };

  /** Couriers of two objects in front of a shard that answers, and of whom it was told; calls wait for each other until `elapse`. */
  function couriers(act: (ann: Act, bob: Act, scene: Scene) => Promise<void>): Promise<void> {
    const told: string[] = [];
    const ack = { outcome: 'applied', ackedSeq: 1 } as const;
    const stub = {
      apply: async ({ source: from }: Delivery) => {
        told.push(from);
        return ack;
      },
      applyAll: async ({ parcels }: Bundle) => {
        told.push(...parcels.map(({ source: from }) => from));
        return parcels.map(() => ack);
      },
    };
    const env = { ...source, SHIELD: 'off', CAMPAIGN_SHARD: { getByName: () => stub } } as unknown as StubSource;
    const waits: (() => void)[] = [];
    const wait = () => new Promise<void>((end) => waits.push(end));
    const carrier = new Carrier(env, { now: () => NOW_MS, wait });
    const elapse = async () => {
      waits.shift()?.();
      await scheduler.wait(0);
    };
    return runInDurableObject(objectOf({ name: 'along' }), (_, { storage }) => {
      const tables = new Tables(storage);
      if (!tables.look()) tables.make();
      const actOf = (name: string): Act => {
        const meta = { workspaceId: 'w', name, incarnation: '1' } as CustomerMeta;
        return (outbox, sync) => new Courier(tables, env, () => outbox, undefined, carrier).deliverAlong(meta, sync);
      };
      return act(actOf('ann'), actOf('bob'), { told, elapse });
    });
  }

  it('is on disk before: the other’s call would not wait for it', () =>
    couriers(async (ann, bob, { told, elapse }) => {
      const [first, second] = [outboxOf('d'), outboxOf('d')];
      const round = ann(first, neverAsked);
      const { promise: written, resolve: write } = Promise.withResolvers<void>();
      const left = bob(second, () => written);
      await elapse();
      expect(told).toEqual(['ann:1']);
      write();
      await round;
      await scheduler.wait(0);
      // The round of before is over: theirs has begun.
      expect(told).toEqual(['ann:1', 'bob:1']);
      await elapse();
      await left;
      expect([first.waiting, second.waiting]).toEqual([[], []]);
    }));

  it('goes with the call that comes next, and is let go of once that is answered', () =>
    couriers(async (ann, bob, { told, elapse }) => {
      const second = outboxOf('d');
      void ann(outboxOf('d'), neverAsked);
      await bob(second, async () => undefined);
      expect([told, second.waiting.length]).toEqual([['ann:1'], 1]);
      await elapse();
      expect([told, second.waiting]).toEqual([['ann:1', 'bob:1'], []]);
    }));

  it('is nothing that has a row of its own: its object tells it, and removes the row', () =>
    couriers(async (ann, bob, { told }) => {
      const second = outboxOf(null);
      void ann(outboxOf('d'), neverAsked);
      await bob(second, neverAsked);
      expect([told, second.waiting]).toEqual([['ann:1', 'bob:1'], []]);
    }));
});
