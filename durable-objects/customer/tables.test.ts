/** Tables that are made late: when something is to be stored there, and never because somebody looks. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { campaignOf, configurationOf } from '../../decisioning/testing/configuration.ts';
import { FIRST_TABLES, LATE_TABLES } from './schema.ts';
import { Tables } from './tables.ts';
import { customerOf, objectOf, settle, tablesOf, worldOf } from './testing/fixtures.ts';

const namesIn = (text: string): string[] => [...text.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name as string);
const FIRST = namesIn(FIRST_TABLES).toSorted();
const ALL = namesIn(FIRST_TABLES + LATE_TABLES).toSorted();
const NOW_MS = Date.now();
const NONE = { name: 'nobody-yet' };

describe('tables', () => {
  it('of somebody who saw one decision are the first ones, also after the object was put away and its alarm rang', async () => {
    const world = worldOf('late-tables', configurationOf([campaignOf('c')]));
    const ann = customerOf(world, 'ann');
    await ann.see((await ann.decide('1', NOW_MS)) as DecisionRecord, NOW_MS);
    await evictDurableObject(objectOf(ann));
    await settle(ann);
    expect(await ann.stub().dump()).toMatchObject({ outcome: 'dumped' });
    expect(Object.keys(await tablesOf(ann)).toSorted()).toEqual(FIRST.filter((name) => !/[_]/.test(name)));
  });

  it.each(namesIn(LATE_TABLES))('are all there once a statement names %s', async (name) => {
    await runInDurableObject(objectOf({ name: `late-${name}` }), async (_, { storage }) => {
      await storage.deleteAll();
      const tables = new Tables(storage);
      tables.make();
      expect(tables.hasLate).toBe(false);
      expect(tables.exec(`SELECT * FROM ${name}`).toArray()).toEqual([]);
      expect(tables.hasLate).toBe(true);
      expect(new Tables(storage).hasLate).toBe(true);
    });
  });

  it.each(namesIn(LATE_TABLES))('are not made to take something out of %s', async (name) => {
    await runInDurableObject(objectOf({ name: `taken-${name}` }), async (_, { storage }) => {
      await storage.deleteAll();
      const tables = new Tables(storage);
      tables.make();
      expect(tables.exec(`DELETE FROM ${name}`).toArray()).toEqual([]);
      expect(tables.hasLate).toBe(false);
      expect(() => tables.exec(`DELETE FROM ${name}_of_none`)).toThrow('no such table');
    });
  });

  it('made in a transaction that is taken back are made again', async () => {
    await runInDurableObject(objectOf(NONE), async (_, { storage }) => {
      await storage.deleteAll();
      const tables = new Tables(storage);
      tables.make();
      const broken = () =>
        tables.transactionSync(() => {
          tables.exec('INSERT INTO reported VALUES (1)');
          throw new Error('broken');
        });
      expect(broken).toThrow('broken');
      tables.exec('INSERT INTO reported VALUES (1)');
      expect(tables.exec('SELECT id FROM reported').toArray()).toEqual([{ id: 1 }]);
      const names = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
      expect(names.map(({ name }) => name).toSorted()).toEqual(expect.arrayContaining(ALL));
    });
  });
});
