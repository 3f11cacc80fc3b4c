/** The way to the shards when something on it is down: nothing is lost, nothing is held up that need not be, the page knows. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import type { Delivery } from '../campaign/protocol.ts';
import { objectName } from '../shared/naming.ts';
import { publisherStub, type StubSource } from '../shared/stub.ts';
import { Courier } from './courier.ts';
import { DELIVERY_WAKE_MS } from './limits.ts';
import type { Outbox, StoredEvent } from './outbox.ts';
import { loadOutbox } from './outbox-load.ts';
import type { CustomerMeta } from './state.ts';
import { Tables } from './tables.ts';
import { customerOf, objectOf, START_MS, settle, source, tablesOf, totalOf, worldOf } from './testing/fixtures.ts';

let worlds = 0;

/** A customer with evidence of two campaigns waiting: nothing was delivered yet. */
async function scene() {
  worlds += 1;
  const campaigns = [campaignOf('c'), campaignOf('d', { placements: ['side'] })];
  const world = worldOf(`outbox-${worlds}`, configurationOf(campaigns));
  const ann = customerOf(world, 'ann');
  return { world, ann };
}

/** An environment whose shards are down, or those of one campaign; everything else is the tests' own. */
function broken(workspaceId: string, isDown: (delivery: Delivery) => boolean, log: Delivery[] = []): StubSource {
  const shards = {
    getByName: (name: string) => ({
      apply: async (delivery: Delivery) => {
        log.push(delivery);
        // A shard that refused would refuse again: no retries to wait for.
        if (isDown(delivery)) throw Object.assign(new Error('down'), { remote: true });
        return source.CAMPAIGN_SHARD.getByName(name).apply(delivery);
      },
    }),
  };
  return { ...source, workspaceId, CAMPAIGN_SHARD: shards } as unknown as StubSource;
}

/** The courier that the customer's object would have in another environment, over the object's own storage. */
async function courierRun<T>(
  { name }: { readonly name: string },
  env: StubSource,
  run: (courier: Courier, meta: CustomerMeta) => Promise<T>,
): Promise<T> {
  return runInDurableObject(objectOf({ name }), (_, { storage }) => {
    const { workspace_id, incarnation } = storage.sql
      .exec<{ workspace_id: string; incarnation: string }>('SELECT workspace_id, incarnation FROM meta')
      .one();
    const meta = { workspaceId: workspace_id, name, incarnation } as CustomerMeta;
    const tables = new Tables(storage);
    const outbox = loadOutbox(tables, new Map());
    return run(new Courier(tables, env, () => outbox), meta);
  });
}

/** Rows as `exposures` of both campaigns put them there; the object's own courier never sees them. */
async function enqueue({ name }: { readonly name: string }, rows: number): Promise<void> {
  await runInDurableObject(objectOf({ name }), (_, { storage }) => {
    for (let row = 0; row < rows; row += 1) {
      for (const campaign of ['c', 'd']) {
        storage.sql.exec(
          `INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, at_ms) VALUES (?, 0, 'rest', 'a', 1, ?, ?)`,
          campaign,
          JSON.stringify({ exposures: 1 }),
          START_MS + row,
        );
      }
    }
  });
}

const undelivered = async (workspaceId: string) =>
  (await (await publisherStub(source, workspaceId)).health()).oldestUndeliveredAtMs;

const eventOf = (campaignId: string, seq: number): StoredEvent => ({
  ...{ campaignId, seq, shard: 0, leaf: 'rest', arm: 'a', hour: 1, atMs: START_MS },
  change: { exposures: 1 },
});

describe('memory', () => {
  it('reads the oldest rows of each destination, and all that is older than what a version before let ride', async () => {
    const { ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 450);
    const newest = eventOf('c', 1_000);
    const loaded = await runInDurableObject(objectOf(ann), (_, { storage }) => [
      loadOutbox(new Tables(storage), new Map()),
      loadOutbox(new Tables(storage), new Map([['old', { seq: 1_000, ackedSeq: 0, events: [newest] }]])),
    ]);
    const countOf = ({ waiting }: Outbox) =>
      ['c', 'd'].map((id) => waiting.filter(({ event }) => event.campaignId === id).length);
    expect(loaded.map(countOf)).toEqual([
      [200, 200],
      [451, 200],
    ]);
    expect(loaded.map(({ lastSeq }) => lastSeq)).toEqual([900, 1_000]);
  });

  it('that is full loses nothing: what comes then has a row, goes in order, and counts once', async () => {
    const { world, ann } = await scene();
    const record = (await ann.decide('1', START_MS)) as DecisionRecord;
    await enqueue(ann, 450);
    await evictDurableObject(objectOf(ann));
    const log: Delivery[] = [];
    const shards = source.CAMPAIGN_SHARD;
    // The environment is everybody's: put back whatever happens.
    const withShards = (to: unknown) =>
      runInDurableObject(objectOf(ann), (instance) => {
        (instance as unknown as { env: { CAMPAIGN_SHARD: unknown } }).env.CAMPAIGN_SHARD = to;
      });
    try {
      await withShards(broken(world.workspaceId, () => true, log).CAMPAIGN_SHARD);
      await ann.see(record, START_MS + 1);
      await expect.poll(() => log.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
      expect((await tablesOf(ann)).outbox).toHaveLength(901);
    } finally {
      await withShards(shards);
    }
    await settle(ann);
    expect((await tablesOf(ann)).outbox).toEqual([]);
    expect([(await totalOf(world, 'c')).exposures, (await totalOf(world, 'd')).exposures]).toEqual([451, 450]);
  });
});

describe('the courier', () => {
  it('delivers in order, at most 200 rows at a time, and removes what was acknowledged', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 450);
    const log: Delivery[] = [];
    await courierRun(
      ann,
      broken(world.workspaceId, () => false, log),
      (courier, meta) => courier.deliver(meta),
    );
    const toC = log.filter(({ campaignId }) => campaignId === 'c').map(({ events }) => events);
    expect(toC.map(({ length }) => length)).toEqual([200, 200, 50]);
    const seqs = toC.flat().map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect((await tablesOf(ann)).outbox).toEqual([]);
    expect((await totalOf(world, 'c')).exposures).toBe(450);
  });

  it('one shard that is down holds up its own rows only', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 3);
    const env = broken(world.workspaceId, ({ campaignId }) => campaignId === 'c');
    await courierRun(ann, env, (courier, meta) => courier.deliver(meta));
    const { outbox } = await tablesOf(ann);
    expect(outbox!.map(({ campaign_id }) => campaign_id)).toEqual(['c', 'c', 'c']);
    expect((await totalOf(world, 'd')).exposures).toBe(3);
  });

  it('carries a row once when several runs start at the same time', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 5);
    const log: Delivery[] = [];
    await courierRun(
      ann,
      broken(world.workspaceId, () => false, log),
      (courier, meta) => Promise.all([courier.deliver(meta), courier.deliver(meta), courier.deliver(meta)]),
    );
    expect(log).toHaveLength(2);
    // Two instances may run side by side while an object moves: the shard counts once.
    await enqueue(ann, 5);
    const env = broken(world.workspaceId, () => false);
    await Promise.all([1, 2].map(() => courierRun(ann, env, (courier, meta) => courier.deliver(meta))));
    expect((await totalOf(world, 'c')).exposures).toBe(10);
  });

  it('a reply that was lost is delivered again and counts once', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 4);
    const lossy = broken(world.workspaceId, () => false);
    const shards = lossy.CAMPAIGN_SHARD as unknown as {
      getByName(name: string): { apply(d: Delivery): Promise<unknown> };
    };
    const env = {
      ...lossy,
      CAMPAIGN_SHARD: {
        getByName: (name: string) => ({
          apply: async (delivery: Delivery) => {
            await shards.getByName(name).apply(delivery);
            throw Object.assign(new Error('lost'), { remote: true });
          },
        }),
      },
    } as unknown as StubSource;
    await courierRun(ann, env, (courier, meta) => courier.deliver(meta));
    expect((await tablesOf(ann)).outbox).toHaveLength(8);
    await courierRun(
      ann,
      broken(world.workspaceId, () => false),
      (courier, meta) => courier.deliver(meta),
    );
    expect((await totalOf(world, 'c')).exposures).toBe(4);
    expect((await tablesOf(ann)).outbox).toEqual([]);
  });
});

describe('a backlog', () => {
  /** A shard that knows itself as another campaign's refuses every delivery: unreachable for good, until it is put right. */
  async function occupy(workspaceId: string): Promise<() => Promise<unknown>> {
    const name = await objectName(source.NAMING_SECRET, workspaceId, 'shard', 'c', '0');
    const change = (sql: string) =>
      runInDurableObject(source.CAMPAIGN_SHARD.getByName(name), (_, { storage }) => storage.sql.exec(sql).toArray());
    await change("INSERT INTO shard (id, workspace_id, campaign_id, shard) VALUES (1, 'another', 'campaign', 0)");
    return () => change('DELETE FROM shard');
  }

  it('stays with its alarm, shows on the health page, and goes from there though the object was evicted meanwhile', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 2);
    const release = await occupy(world.workspaceId);
    const env = broken(world.workspaceId, ({ campaignId }) => campaignId === 'c');
    await courierRun(ann, env, async (courier, meta) => {
      await courier.deliver(meta);
      expect(courier.waiting).toBe(true);
      await courier.reportBacklog(meta);
      expect(courier.reported).toBe(true);
    });
    expect(await undelivered(world.workspaceId)).toBe(START_MS);
    await evictDurableObject(objectOf(ann));
    await release();
    await runInDurableObject(objectOf(ann), (_, { storage }) => storage.setAlarm(Date.now() + 60_000));
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    expect((await tablesOf(ann)).outbox).toEqual([]);
    expect(await undelivered(world.workspaceId)).toBeNull();
    expect((await tablesOf(ann)).reported).toEqual([]);
  });

  it('that could not be taken off the page is taken off by the next alarm', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 1);
    const deaf = { getByName: () => ({ reportBacklog: async () => Promise.reject(new Error('down')) }) };
    const up = broken(world.workspaceId, () => true);
    await courierRun(ann, up, (courier, meta) => courier.reportBacklog(meta));
    const mute = { ...broken(world.workspaceId, () => false), PUBLISHER: deaf } as unknown as StubSource;
    await courierRun(ann, mute, async (courier, meta) => {
      await courier.deliver(meta);
      expect([courier.waiting, courier.reported]).toEqual([false, true]);
    });
    expect(await undelivered(world.workspaceId)).toBe(START_MS);
    await runInDurableObject(objectOf(ann), (_, { storage }) => storage.setAlarm(Date.now() + 60_000));
    await runDurableObjectAlarm(objectOf(ann));
    expect(await undelivered(world.workspaceId)).toBeNull();
  });

  it('keeps its alarm: the object tries again ten seconds after an attempt that failed', async () => {
    const { world, ann } = await scene();
    await ann.decide('1', START_MS);
    await enqueue(ann, 1);
    const nowMs = Date.now();
    const alarmMs = await runInDurableObject(objectOf(ann), async (instance, { storage }) => {
      const bindings = (instance as unknown as { env: { CAMPAIGN_SHARD: unknown } }).env;
      const shards = bindings.CAMPAIGN_SHARD;
      bindings.CAMPAIGN_SHARD = broken(world.workspaceId, () => true).CAMPAIGN_SHARD;
      try {
        await (instance as unknown as { alarm(): Promise<void> }).alarm();
      } finally {
        bindings.CAMPAIGN_SHARD = shards;
      }
      return storage.getAlarm();
    });
    expect(alarmMs).toBeGreaterThanOrEqual(nowMs + 10_000);
    expect(alarmMs).toBeLessThan(nowMs + 20_000);
    expect(await undelivered(world.workspaceId)).toBe(START_MS);
    expect((await tablesOf(ann)).outbox).toHaveLength(2);
    expect(await runDurableObjectAlarm(objectOf(ann))).toBe(true);
    expect((await tablesOf(ann)).outbox).toEqual([]);
    expect(await undelivered(world.workspaceId)).toBeNull();
    expect((await totalOf(world, 'c')).exposures).toBe(1);
  });

  it('an alarm stands for every row from the moment it was written', async () => {
    const { ann } = await scene();
    const nowMs = Date.now();
    const record = (await ann.decide('1', nowMs))!;
    await ann.see(record, nowMs);
    const alarmMs = await runInDurableObject(objectOf(ann), (_, { storage }) => storage.getAlarm());
    expect(alarmMs).not.toBeNull();
    expect(alarmMs!).toBeLessThanOrEqual(nowMs + DELIVERY_WAKE_MS);
    await settle(ann);
  });
});
