import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { BLOCK_MS, blockOf, fingerprintOf, MAX_ROW_SOURCES, SOURCES_KEPT_MS, SourceBlocks } from './blocks.ts';
import { source } from './testing/fixtures.ts';

let objects = 0;
const NOW_MS = 1_790_000_000_000;
const NOW = blockOf(NOW_MS);

/** Runs a step over the tables of an object of its own. */
function tables() {
  objects += 1;
  const stub = source.CAMPAIGN_SHARD.getByName(`blocks-${objects}`);
  return <T>(step: (sql: SqlStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => step(storage.sql));
}

const rowsIn = (sql: SqlStorage): number => sql.exec<{ n: number }>('SELECT count(*) AS n FROM blocks').one().n;

describe('a block', () => {
  test('knows how far each of its sources is counted, from memory and from disk, and no other', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      expect(
        blocks.write(
          NOW,
          new Map([
            ['ann:1', 7],
            ['bob:1', 2 ** 40],
          ]),
        ),
      ).toBe(2);
      expect(
        blocks.write(
          NOW,
          new Map([
            ['ann:1', 9],
            ['cid:1', 1],
          ]),
        ),
      ).toBe(1);
      for (const each of [blocks, new SourceBlocks(sql)]) {
        expect(['ann:1', 'bob:1', 'cid:1', 'dan:1'].map((name) => each.countedSeq(NOW, name))).toEqual([
          9,
          2 ** 40,
          1,
          0,
        ]);
        expect(each.countedSeq(NOW + 1, 'ann:1')).toBe(0);
      }
      expect(rowsIn(sql)).toBe(1);
    });
  });

  test('answers the same however often it is asked', async () => {
    await tables()((sql) => {
      const names = Array.from({ length: 200 }, (_, i) => `customer-${i}:1`);
      new SourceBlocks(sql).write(NOW, new Map(names.map((name, i) => [name, i + 1])));
      const blocks = new SourceBlocks(sql);
      const asked = names.map((name) => [blocks.countedSeq(NOW, name), blocks.countedSeq(NOW, `${name}1`)]);
      expect(asked).toEqual(names.map((_, i) => [i + 1, 0]));
    });
  });

  test('of more sources than a row holds has rows enough', async () => {
    await tables()((sql) => {
      const names = Array.from({ length: MAX_ROW_SOURCES + 10 }, (_, i) => `customer-${i}:1`);
      const blocks = new SourceBlocks(sql);
      blocks.write(NOW, new Map(names.slice(0, 100).map((name) => [name, 1])));
      expect(blocks.write(NOW, new Map(names.slice(100).map((name) => [name, 2])))).toBe(MAX_ROW_SOURCES - 90);
      expect(rowsIn(sql)).toBe(2);
      const anew = new SourceBlocks(sql);
      expect(names.every((name, i) => anew.countedSeq(NOW, name) === (i < 100 ? 1 : 2))).toBe(true);
    });
  });

  test('is read from disk again after many others were', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      for (let block = NOW; block < NOW + 40; block += 1) blocks.write(block, new Map([['ann:1', block]]));
      for (let block = NOW; block < NOW + 40; block += 1) expect(blocks.countedSeq(block, 'ann:1')).toBe(block);
    });
  });
});

describe('what is forgotten', () => {
  test(`is what is older than ${SOURCES_KEPT_MS / 86_400_000} days, and no block that is not all of it`, async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      const oldest = blockOf(NOW_MS - SOURCES_KEPT_MS);
      for (const block of [oldest - 2, oldest - 1, oldest, NOW]) blocks.write(block, new Map([['ann:1', 3]]));
      const kept = blocks.forget({ sources: 4, fromBlock: 0 }, NOW_MS);
      expect(kept).toEqual({ sources: 2, fromBlock: oldest });
      expect([oldest - 1, oldest, NOW].map((block) => blocks.countedSeq(block, 'ann:1'))).toEqual([0, 3, 3]);
      expect(rowsIn(sql)).toBe(2);
      // A clock that is put back brings nothing back.
      expect(blocks.forget(kept, NOW_MS - BLOCK_MS * 50)).toEqual(kept);
    });
  });

  test.each([
    ['this object’s', NOW, NOW_MS + 10 * SOURCES_KEPT_MS],
    ['a sender’s', NOW + blockOf(10 * SOURCES_KEPT_MS), NOW_MS],
  ])('is no more where %s clock is weeks ahead', async (_whose, newest, nowMs) => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      const oldest = blockOf(NOW_MS - SOURCES_KEPT_MS);
      for (const block of [oldest - 1, oldest, newest]) blocks.write(block, new Map([['ann:1', 3]]));
      expect(blocks.forget({ sources: 3, fromBlock: 0 }, nowMs)).toEqual({ sources: 2, fromBlock: oldest });
    });
  });

  test('are the oldest blocks where more sources are kept than may be', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      for (let i = 0; i < 4; i += 1)
        blocks.write(
          NOW - 3 + i,
          new Map([
            ['ann:1', 1],
            ['bob:1', 1],
          ]),
        );
      expect(blocks.forget({ sources: 8, fromBlock: 0 }, NOW_MS, 5)).toEqual({ sources: 4, fromBlock: NOW - 1 });
      expect(rowsIn(sql)).toBe(2);
    });
  });
});

test('100,000 names of customers have 100,000 fingerprints', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `${i.toString(36).padStart(22, 'x')}:${i % 7}`);
  expect(new Set(names.map(fingerprintOf)).size).toBe(names.length);
  expect(names.every((name) => Number.isSafeInteger(fingerprintOf(name)))).toBe(true);
});
