import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { pushRequest } from '../../contract/publishing.ts';
import { inboxStatement, MAX_STATEMENT_BYTES } from '../inbox-sql.ts';
import { batchesOf } from './batches.ts';
import { checkDocuments } from './check.ts';
import { parseJsonc } from './jsonc.ts';

const OPTIONS = { publish: true, dryRun: false, note: "it's new" };

function goals(count: number, name = (i: number) => `Goal ${i}`) {
  const text = JSON.stringify(Array.from({ length: count }, (_, i) => ({ kind: 'goal', id: `g${i}`, name: name(i) })));
  return checkDocuments(parseJsonc('goals.json', text).documents).documents;
}

const inboxBatches = (documents: ReturnType<typeof goals>) =>
  batchesOf(documents, OPTIONS, MAX_STATEMENT_BYTES, (body) => Buffer.byteLength(inboxStatement('demo', body)));

describe('batchesOf', () => {
  test('one request when everything fits; it follows the contract', () => {
    const [batch, ...more] = batchesOf(goals(3), OPTIONS, 10_000);
    expect(more).toEqual([]);
    expect(pushRequest.parse(JSON.parse(batch!.body))).toMatchObject({ publish: true, note: "it's new" });
  });

  test('500 documents go in one request, 501 in two', () => {
    expect(batchesOf(goals(500), OPTIONS, 1_000_000)).toHaveLength(1);
    expect(batchesOf(goals(501), OPTIONS, 1_000_000)).toHaveLength(2);
  });

  test('only the last request publishes, none is too large, nothing is lost or moved', () => {
    const documents = goals(700, () => "'ü'".repeat(60));
    const batches = inboxBatches(documents);
    expect(batches.length).toBeGreaterThan(2);
    const bodies = batches.map(({ body }) => pushRequest.parse(JSON.parse(body)));
    expect(bodies.map(({ publish }) => publish)).toEqual([...bodies.slice(1).map(() => false), true]);
    expect(bodies.flatMap((body) => body.documents.map(({ id }) => id))).toEqual(documents.map(({ id }) => id));
    for (const { body } of batches) {
      expect(Buffer.byteLength(inboxStatement('demo', body))).toBeLessThanOrEqual(MAX_STATEMENT_BYTES);
    }
  });

  test('a document that is too large by itself is refused with its file and line', () => {
    expect(() =>
      batchesOf(
        goals(1, () => 'x'.repeat(190)),
        OPTIONS,
        100,
      ),
    ).toThrow('goals.json:1: goal "g0" is too large');
  });
});

describe('inboxStatement', () => {
  test.each(["it's", "'); DROP TABLE config_inbox; --", 'line\nbreak; and "quotes" \\', 'ü € 🏔', "''"])(
    'a database reads back %j exactly',
    (name) => {
      const database = new DatabaseSync(':memory:');
      database.exec(
        'CREATE TABLE config_inbox (id INTEGER PRIMARY KEY, workspace_id TEXT, received_at INTEGER, document TEXT)',
      );
      const [batch] = inboxBatches(goals(1, () => name));
      const before = Date.now();
      database.exec(inboxStatement("de'mo", batch!.body));
      const rows = database.prepare('SELECT * FROM config_inbox').all();
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ workspace_id: "de'mo", document: batch!.body });
      expect(Math.abs(Number(rows[0]!.received_at) - before)).toBeLessThan(5_000);
    },
  );

  test('a NUL character, which ends SQL text, is refused', () => {
    expect(() => inboxStatement('a\0b', '{}')).toThrow(RangeError);
  });
});
