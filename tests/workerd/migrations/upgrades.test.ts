/** Objects that earlier versions wrote come up with today's code: every row is there, and today's code reads it. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { countedIn } from '../../../durable-objects/campaign/testing/counted.ts';
import { migrate } from '../../../durable-objects/shared/migrator.ts';
import type { StubSource } from '../../../durable-objects/shared/stub.ts';
import { allRows } from './all-rows.ts';
import {
  AT_MS,
  type KindName,
  lostRows,
  OLD_KINDS,
  type OldKind,
  type Rows,
  statementsOf,
  versionsBefore,
} from './old-rows.ts';

const source = env as unknown as StubSource;
let objects = 0;

/** An object of its own as that version left it, after today's code has started on it. */
async function upgraded<K extends KindName>(kind: K, version: number) {
  objects += 1;
  const stub = source[kind].getByName(`upgrade-${objects}`) as ReturnType<StubSource[K]['getByName']>;
  const old: OldKind = OLD_KINDS[kind];
  const before = await runInDurableObject(stub as never, async (_object, { storage }): Promise<Rows> => {
    await storage.deleteAll();
    storage.sql.exec('CREATE TABLE schema_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)');
    for (const step of old.schema.slice(0, version)) storage.sql.exec(step);
    storage.sql.exec('INSERT INTO schema_version VALUES (1, ?)', version);
    for (const statement of statementsOf(old, version)) storage.sql.exec(statement);
    return allRows(storage.sql);
  });
  await evictDurableObject(stub as never);
  const after = await runInDurableObject(stub as never, (_object, { storage }) => allRows(storage.sql));
  return { stub, before, after };
}

const kinds = Object.keys(OLD_KINDS) as KindName[];
const cases = kinds.flatMap((kind) => versionsBefore(OLD_KINDS[kind]).map((version) => ({ kind, version })));

describe('every earlier version', () => {
  test.each(cases)('$kind $version: all rows are there, and the schema is today’s', async ({ kind, version }) => {
    const { before, after } = await upgraded(kind, version);
    const filled = Object.entries(before).filter(([table, rows]) => table !== 'schema_version' && rows.length > 0);
    expect(filled.length).toBeGreaterThan(2);
    expect(lostRows(before, after)).toEqual([]);
    expect(after.schema_version).toEqual([{ id: 1, version: OLD_KINDS[kind].schema.length }]);
  });

  test('a row that changed or went is found', () => {
    const before = { cells: [{ a: 1, b: 2 }], gone: [{ a: 1 }] };
    expect(lostRows(before, { cells: [{ a: 1, b: 3 }] })).toHaveLength(2);
    expect(lostRows(before, { cells: [{ a: 1, b: 2, c: null }], gone: [{ a: 1 }] })).toEqual([]);
  });

  test('tables of every version hold rows, but those that only time fills', async () => {
    for (const kind of kinds) {
      const last = OLD_KINDS[kind].schema.length - 1;
      if (last < 1) continue;
      const { before } = await upgraded(kind, last);
      expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([]);
    }
  });
});

describe('read through today’s code', () => {
  test.each(versionsBefore(OLD_KINDS.CUSTOMER))('a customer of version %i', async (version) => {
    const { stub } = await upgraded('CUSTOMER', version);
    expect(await stub.dump()).toMatchObject({
      outcome: 'dumped',
      dump: {
        profile: { traits: { city: 'Bern' }, consent: { channels: { email: true } } },
        decisions: [{ decisionId: 'd1' }],
        outcomes: [{ goal: 'click' }],
        behaviour: [{ name: 'viewed' }],
      },
    });
  });

  test.each(versionsBefore(OLD_KINDS.CAMPAIGN_SHARD))(
    'a shard of version %i knows its sources, and counts on',
    async (version) => {
      const { stub } = await upgraded('CAMPAIGN_SHARD', version);
      const event = (seq: number) => ({ seq, leaf: 'rest', arm: 'a', hour: 1, change: { trials: 1 } });
      const address = { workspaceId: 'w', campaignId: 'spring', shard: 0, source: 'ann:1' };
      expect(await stub.apply({ ...address, events: [event(12)] })).toEqual({ outcome: 'applied', ackedSeq: 12 });
      expect(await stub.apply({ ...address, events: [event(13)] })).toEqual({ outcome: 'applied', ackedSeq: 13 });
      const cells = await runInDurableObject(stub, (_object, { storage }) => countedIn(storage.sql).cells);
      expect(cells).toHaveLength(2);
      const timed = { ...event(12), atMs: AT_MS };
      await stub.apply({ ...address, source: 'bob:1', events: [timed] });
      // From version 3 on it was counted before.
      const after = await runInDurableObject(stub, (_object, { storage }) => countedIn(storage.sql).cells);
      const trials = after.reduce((sum, { statistics }) => sum + statistics.trials, 0);
      expect(trials).toBe(version < 3 ? 7 : 6);
    },
  );

  test.each(versionsBefore(OLD_KINDS.CAMPAIGN_ROOT))('a root of version %i', async (version) => {
    const { stub } = await upgraded('CAMPAIGN_ROOT', version);
    const view = await stub.view();
    expect(view.cells[0]?.statistics).toMatchObject({ trials: 5, conversions: 2, revenueMinor: 900 });
    expect(view.policy?.armIds).toEqual(['a', 'b']);
    const { hold, leftOut } = await stub.learning();
    expect([hold?.actor, leftOut.length]).toEqual(version < 4 ? [undefined, 0] : ['kim', 1]);
    expect(await stub.lifecycle()).toBeNull();
  });

  test.each(versionsBefore(OLD_KINDS.PUBLISHER))('a publisher of version %i', async (version) => {
    const { stub } = await upgraded('PUBLISHER', version);
    expect((await stub.state(0)).switches).toEqual({ killSwitch: true, pausedCampaigns: ['summer'] });
    expect(await stub.slices(['h1'])).toEqual([{ hash: 'h1', body: '{}' }]);
    expect((await stub.policy('spring'))?.armsKey).toBe('arms-1');
    expect((await stub.alerts()).map(({ id }) => id)).toEqual(version < 3 ? [] : ['x']);
  });

  test.each(versionsBefore(OLD_KINDS.BUDGET))('a ledger of version %i: every unit is where it was', async (version) => {
    const { stub } = await upgraded('BUDGET', version);
    const spec = JSON.parse(
      await runInDurableObject(
        stub,
        (_object, { storage }) => storage.sql.exec<{ spec: string }>('SELECT spec FROM ledger').one().spec,
      ),
    );
    const standing = await stub.standing({ workspaceId: 'w', revision: 3, spec });
    expect(standing).toMatchObject({ total: 1_000, posted: 40, pending: 10, leased: 50, remaining: 900, uncharged: 0 });
  });
});

describe('an object that a newer version wrote', () => {
  test.each(kinds)('%s: nothing of it is touched', async (kind) => {
    objects += 1;
    const stub = source[kind].getByName(`newer-${objects}`);
    const version = OLD_KINDS[kind].schema.length + 1;
    await runInDurableObject(stub as never, (_object, { storage }) => {
      migrate(storage, OLD_KINDS[kind].schema);
      storage.sql.exec('CREATE TABLE from_tomorrow (a INTEGER)');
      storage.sql.exec('INSERT INTO from_tomorrow VALUES (7)');
      storage.sql.exec('UPDATE schema_version SET version = ?', version);
    });
    await evictDurableObject(stub as never);
    const after = await runInDurableObject(stub as never, (_object, { storage }) => allRows(storage.sql));
    expect([after.from_tomorrow, after.schema_version]).toEqual([[{ a: 7 }], [{ id: 1, version }]]);
  });
});
