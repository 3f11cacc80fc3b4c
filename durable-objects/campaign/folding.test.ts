/** Deliveries that are committed together, and what becomes of them: folded into tables, read anew, counted once. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../decisioning/random.ts';
import { rootStub, shardStub } from '../shared/stub.ts';
import { blockOf, SOURCES_KEPT_MS } from './blocks.ts';
import { MAX_DELIVERY_EVENTS, MAX_REPORT_CELLS, type ShardReport, type StatisticsEvent } from './protocol.ts';
import { CampaignShard } from './shard.ts';
import { countedIn } from './testing/counted.ts';
import { delivery, event, newAddress, observe, observeVectors, source } from './testing/fixtures.ts';

let shards = 0;
const NOW_MS = Date.now();
const at = (seq: number, agoMs = 0, more: Partial<StatisticsEvent> = {}): StatisticsEvent =>
  event(seq, { trials: 1 }, { atMs: NOW_MS - agoMs, ...more });

/** Runs steps over one object's storage, where a shard may be made as often as a test likes: each reads the tables anew. */
function newStorage() {
  shards += 1;
  const stub = source.CAMPAIGN_SHARD.getByName(`folding-${shards}`);
  return <T>(step: (storage: DurableObjectStorage) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(storage));
}

const count = (sql: SqlStorage, table: string): number =>
  sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n;

/** Rows that a step writes. */
function written(sql: SqlStorage, step: () => void): number {
  const exec = sql.exec.bind(sql);
  let rows = 0;
  Object.defineProperty(sql, 'exec', {
    configurable: true,
    value: (...args: Parameters<typeof exec>) => {
      const cursor = exec(...args);
      rows += cursor.rowsWritten;
      return cursor;
    },
  });
  step();
  Reflect.deleteProperty(sql, 'exec');
  return rows;
}

describe('one commit', () => {
  test('of 200 customers is one row, and a fold of many commits a row for each cell, index and ten seconds', async () => {
    await newStorage()((storage) => {
      const shard = new CampaignShard(storage, 2);
      const address = newAddress();
      const commit = (from: number) =>
        written(storage.sql, () => {
          for (let i = from; i < from + 200; i += 1) shard.stage(delivery(address, `customer-${i}`, [at(1)]));
          shard.commit();
        });
      expect(commit(0)).toBe(2);
      expect(commit(200)).toBe(1);
      // The shard's own row, a cell with its index, and a block.
      expect(commit(400)).toBe(4);
      expect(commit(600)).toBe(1);
      expect(count(storage.sql, 'sources')).toBe(0);
      expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(800);
    });
  });

  test('holds what a report holds: what is more is committed by itself', async () => {
    await newStorage()((storage) => {
      const shard = new CampaignShard(storage);
      const address = newAddress();
      const page = (from: number) =>
        Array.from({ length: MAX_DELIVERY_EVENTS }, (_, i) => at(from + i + 1, 0, { hour: from + i }));
      for (let i = 0; (i + 1) * MAX_DELIVERY_EVENTS <= MAX_REPORT_CELLS; i += 1) {
        expect(shard.hasRoomFor(delivery(address, 'ann', page(i * MAX_DELIVERY_EVENTS)))).toBe(true);
        shard.stage(delivery(address, 'ann', page(i * MAX_DELIVERY_EVENTS)));
      }
      expect(shard.hasRoomFor(delivery(address, 'ann', page(9_000)))).toBe(false);
      shard.apply(delivery(address, 'ann', page(9_000)));
      expect(shard.nextReport()?.cells).toHaveLength(400);
    });
  });

  test('that storage refuses takes what was staged with it and nothing else, and its deliveries are counted when they come again', async () => {
    await newStorage()((storage) => {
      const shard = new CampaignShard(storage);
      const address = newAddress();
      const [first, second] = [delivery(address, 'ann', [at(1)]), delivery(address, 'bob', [at(1), at(2)])];
      shard.apply(first);
      shard.stage(second);
      const broken = vi.spyOn(storage, 'transactionSync').mockImplementation(() => {
        throw new Error('disk is full');
      });
      expect(() => shard.commit()).toThrow('disk is full');
      broken.mockRestore();
      expect(shard.nextReport()?.cells).toEqual(observe([at(1)]));
      for (const again of [first, second, second]) shard.apply(again);
      expect(shard.nextReport()?.cells).toEqual(observe([at(1), at(2), at(3)]));
    });
  });

  test('is no part of a report before it is done', async () => {
    await newStorage()((storage) => {
      const shard = new CampaignShard(storage);
      shard.stage(delivery(newAddress(), 'ann', [at(1)]));
      expect(shard.nextReport()).toBeNull();
      shard.commit();
      expect(shard.nextReport()?.cells).toHaveLength(1);
    });
  });
});

describe('a repeat', () => {
  test.each([0, 1, 2, 3])(
    'is known while staged, committed and folded, and to an object that starts anew (%i commits later)',
    async (later) => {
      await newStorage()((storage) => {
        const address = newAddress();
        const shard = new CampaignShard(storage, 2);
        const told = delivery(address, 'ann', [at(1, 40_000), at(2, 20_000), at(4)]);
        shard.stage(told);
        shard.stage(told);
        shard.commit();
        for (let i = 0; i < later; i += 1) shard.apply(delivery(address, `bob-${i}`, [at(1)]));
        for (const each of [shard, new CampaignShard(storage, 2)]) {
          expect(each.apply(told)).toEqual({ outcome: 'applied', ackedSeq: 4 });
          expect(each.apply({ ...told, events: told.events.slice(1, 2) }).ackedSeq).toBeGreaterThanOrEqual(2);
        }
        expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(3 + later);
      });
    },
  );

  test('of a sender that tells no times is known after those that do, and the other way round while it is not folded', async () => {
    await newStorage()((storage) => {
      const address = newAddress();
      const shard = new CampaignShard(storage, 1);
      const [timed, timeless] = [
        [at(1), at(2)],
        [event(1), event(2)],
      ];
      shard.apply(delivery(address, 'ann', timeless));
      shard.apply(delivery(address, 'bob', timed));
      for (const name of ['cid', 'dan', 'eve']) shard.apply(delivery(address, name, [at(1)]));
      expect(count(storage.sql, 'sources')).toBe(1);
      for (const each of [shard, new CampaignShard(storage, 1)])
        for (const events of [timed, timeless]) each.apply(delivery(address, 'ann', events));
      const slow = new CampaignShard(storage);
      slow.apply(delivery(address, 'fay', timed));
      slow.apply(delivery(address, 'fay', timeless));
      expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(9);
    });
  });

  test('that comes after its time is forgotten is not counted, acknowledged, and told', async () => {
    await newStorage()((storage) => {
      const address = newAddress();
      const shard = new CampaignShard(storage, 1);
      for (const name of ['ann', 'bob', 'cid']) shard.apply(delivery(address, name, [at(1)]));
      const late = delivery(address, 'dan', [at(1, SOURCES_KEPT_MS + 20_000), at(2, SOURCES_KEPT_MS + 20_000), at(3)]);
      expect(shard.apply(late)).toEqual({ outcome: 'applied', ackedSeq: 3, tooOld: 2 });
      expect(new CampaignShard(storage).apply(late)).toMatchObject({ ackedSeq: 3, tooOld: 2 });
      expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(4);
      const { from } = storage.sql.exec<{ from: number }>('SELECT from_block AS "from" FROM shard').one();
      expect(from).toBeGreaterThanOrEqual(blockOf(NOW_MS - SOURCES_KEPT_MS));
    });
  });
});

describe('what an object that starts anew has to read', () => {
  test('is folded before it is more than 16 million characters, whichever object wrote them', async () => {
    await newStorage()((storage) => {
      const address = newAddress();
      let shard = new CampaignShard(storage);
      const epoch = () => storage.sql.exec<{ epoch: number }>('SELECT epoch FROM shard').one().epoch;
      const moments = Array.from({ length: 640 }, (_, i) => 9_000_000_000_000 + i);
      const commit = (seq: number) =>
        shard.apply(
          delivery(
            address,
            'ann',
            Array.from({ length: 50 }, (_, i) =>
              at(50 * seq + i + 1, 0, { arm: `a${i}`, sums: { 'linear:x': moments } }),
            ),
          ),
        );
      const bodies = () =>
        storage.sql.exec<{ n: number }>('SELECT coalesce(sum(length(body)), 0) AS n FROM commits').one().n;
      let seq = 0;
      for (; bodies() < 16_000_000; seq += 1) {
        if (seq === 20) shard = new CampaignShard(storage);
        commit(seq);
      }
      expect([epoch(), seq]).toEqual([0, 36]);
      commit(seq);
      expect(epoch()).toBe(1);
      expect(countedIn(storage.sql).vectors[0]?.sums[1]).toBe((seq + 1) * 9_000_000_000_001);
    });
  });
});

describe('an object that starts anew after any number of commits', () => {
  test.each([1, 2, 3])(
    'has counted what a perfect observer has, and its root hears all of it (seed %i)',
    async (seed) => {
      const random = seededRandom(seed.toString(16).padStart(32, '0'));
      const below = (n: number) => Math.floor(random.next() * n);
      await newStorage()((storage) => {
        const address = newAddress();
        const happened: StatisticsEvent[] = [];
        const root = new Map<string, { seq: number; value: unknown }>();
        const seqs = new Map<string, number>();
        let shard = new CampaignShard(storage, 4);
        const hear = (report: ShardReport) => {
          for (const [kind, all] of [
            ['cell', report.cells],
            ['vector', report.vectors ?? []],
          ] as const)
            for (const value of all) {
              const { leaf, arm, hour } = value;
              const key = JSON.stringify([kind, leaf, arm, hour, 'name' in value && [value.name, value.sums.length]]);
              if ((root.get(key)?.seq ?? 0) < report.seq) root.set(key, { seq: report.seq, value });
            }
        };
        for (let step = 0; step < 300; step += 1) {
          const name = `customer-${below(8)}`;
          const seq = (seqs.get(name) ?? 0) + 1;
          const one = at(seq, 60_000 - step * 200, {
            arm: ['a', 'b'][below(2)]!,
            hour: 500_000 + below(3),
            ...(below(2) === 0 && { sums: { 'goal:click': [1, below(9), 4] } }),
          });
          happened.push(one);
          seqs.set(name, seq);
          shard.stage(delivery(address, name, [one]));
          const before = below(3) > 0 ? [one] : happened.slice(-1);
          shard.stage(delivery(address, name, before));
          if (below(2) === 0) shard.commit();
          const report = below(3) === 0 ? shard.nextReport() : null;
          if (report) hear(report);
          if (report && below(2) === 0) shard.acknowledge(report.seq);
          if (below(10) === 0) {
            shard.commit();
            shard = new CampaignShard(storage, 4);
          }
        }
        shard.commit();
        for (let report = shard.nextReport(); report; report = shard.nextReport()) {
          hear(report);
          shard.acknowledge(report.seq);
        }
        const { cells, vectors } = countedIn(storage.sql);
        expect(cells).toEqual(observe(happened));
        expect(vectors).toEqual(observeVectors(happened));
        const heard = new Set([...root.values()].map(({ value }) => JSON.stringify(value)));
        for (const each of [...cells, ...vectors]) expect(heard).toContain(JSON.stringify(each));
        expect(root.size).toBe(cells.length + vectors.length);
      });
    },
  );
});

describe('deliveries to the object', () => {
  test('at the same time are answered once all are on disk, by far fewer commits', async () => {
    shards += 1;
    const stub = source.CAMPAIGN_SHARD.getByName(`folding-${shards}`);
    const address = newAddress();
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, i) => stub.apply(delivery(address, `customer-${i}`, [at(i + 1)]))),
    );
    expect(replies.map(({ ackedSeq }) => ackedSeq)).toEqual(replies.map((_, i) => i + 1));
    await evictDurableObject(stub);
    await runInDurableObject(stub, (_object, { storage }) => {
      expect(count(storage.sql, 'commits')).toBeLessThan(10);
      expect(countedIn(storage.sql).cells[0]?.statistics.trials).toBe(60);
    });
  });

  test('that wait for their commit when the alarm rings are committed and told to the root by it', async () => {
    const address = newAddress();
    const stub = await shardStub(source, address.workspaceId, address.campaignId, 0);
    await stub.apply(delivery(address, 'ann', [at(1)]));
    const waiting = stub.apply(delivery(address, 'bob', [at(1)]));
    // It has arrived once what was sent behind it has.
    await runInDurableObject(stub, () => undefined);
    await runDurableObjectAlarm(stub);
    const root = await rootStub(source, address.workspaceId, address.campaignId);
    expect((await root.view()).cells[0]?.statistics.trials).toBe(2);
    expect(await waiting).toEqual({ outcome: 'applied', ackedSeq: 1 });
  });
});
