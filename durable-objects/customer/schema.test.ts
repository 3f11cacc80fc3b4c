/** An object that is born has the tables that all steps of the schema lead to. */
import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { migrate } from '../shared/migrator.ts';
import { CUSTOMER_SCHEMA, FIRST_TABLES, LATE_TABLES } from './schema.ts';
import { objectOf } from './testing/fixtures.ts';

/** Every table as it was written down, without blanks between words. */
function tablesIn(sql: SqlStorage): Record<string, string> {
  const rows = sql
    .exec<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '[_s]*_*'",
    )
    .toArray();
  return Object.fromEntries(
    rows.map((row) => [row.name, row.sql.replaceAll(/\s+/g, ' ').replaceAll(/ ?([(),]) ?/g, '$1')]),
  );
}

it('step by step and at once, the tables are the same', async () => {
  const made = (name: string, whole?: string) =>
    runInDurableObject(objectOf({ name }), async (_, { storage }) => {
      await storage.deleteAll();
      migrate(storage, CUSTOMER_SCHEMA, whole);
      return tablesIn(storage.sql);
    });
  const atOnce = await made('schema-at-once', FIRST_TABLES + LATE_TABLES);
  expect(Object.keys(atOnce).length).toBeGreaterThan(12);
  expect(atOnce).toEqual(await made('schema-by-steps'));
});
