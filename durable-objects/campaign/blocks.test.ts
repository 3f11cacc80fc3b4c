import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_MS,
  blockOf,
  fingerprintOf,
  LATE_BLOCKS,
  MAX_MOVED_BYTES,
  MIN_BLOCK_SOURCES,
  SOURCES_KEPT_MS,
  SourceBlocks,
} from './blocks.ts';
import { CountedSources } from './counted-sources.ts';
import { MAX_ROW_SOURCES, MAX_SMALL_ROWS, MIN_ROW_SOURCES, PackedRows } from './packed-rows.ts';
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

const rowsIn = (sql: SqlStorage, table = 'blocks'): number =>
  sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n;

/** Sources of one block. */
function of(block: number, seqs: Readonly<Record<string, number>>): CountedSources {
  const counted = new CountedSources();
  for (const [name, seq] of Object.entries(seqs)) counted.note(name, { seq, blocks: [block] });
  return counted;
}

const customers = (from: number, until: number, seq: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: until - from }, (_, i) => [`customer-${from + i}:1`, seq]));

/** What a step writes: rows, and bytes of sources among them. */
function written(sql: SqlStorage, step: () => void): { readonly rows: number; readonly bytes: number } {
  const exec = sql.exec.bind(sql);
  let [rows, bytes] = [0, 0];
  Object.defineProperty(sql, 'exec', {
    configurable: true,
    value: (...args: Parameters<typeof exec>) => {
      const cursor = exec(...args);
      rows += cursor.rowsWritten;
      for (const bound of args) if (bound instanceof ArrayBuffer) bytes += bound.byteLength;
      return cursor;
    },
  });
  step();
  Reflect.deleteProperty(sql, 'exec');
  return { rows, bytes };
}

describe.each([
  ['few', {}],
  ['many', customers(0, MIN_BLOCK_SOURCES, 1)],
])('a block of %s sources', (_which, others) => {
  test('knows how far each of them is counted, from memory and from disk, and no other', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      const more = Object.keys(others).length;
      expect(blocks.countedSeq(NOW, 'ann:1')).toBe(0);
      expect(blocks.write(of(NOW, { ...others, 'ann:1': 7, 'bob:1': 2 ** 40 }))).toBe(more + 2);
      // Appended: one that comes again is an entry more, and counted as far as the farthest says.
      expect(blocks.write(of(NOW, { ...others, 'ann:1': 9, 'bob:1': 3, 'cid:1': 1 }))).toBe(more + 3);
      for (const each of [blocks, new SourceBlocks(sql)]) {
        for (let again = 0; again < 150; again += 1)
          expect(['ann:1', 'bob:1', 'cid:1', 'dan:1'].map((name) => each.countedSeq(NOW, name))).toEqual([
            9,
            2 ** 40,
            1,
            0,
          ]);
        expect([NOW - 1, NOW + 1].map((block) => each.countedSeq(block, 'ann:1'))).toEqual([0, 0]);
      }
      expect([rowsIn(sql), rowsIn(sql, 'late')]).toEqual(more > 0 ? [2, 0] : [0, 2]);
    });
  });
});

describe('a block', () => {
  test('of more sources than a row holds has rows enough', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      blocks.write(of(NOW, customers(0, 100, 1)));
      expect(blocks.write(of(NOW, customers(100, MAX_ROW_SOURCES + 110, 2)))).toBe(MAX_ROW_SOURCES + 10);
      expect(rowsIn(sql)).toBe(3);
      const anew = new SourceBlocks(sql);
      const names = Object.keys(customers(0, MAX_ROW_SOURCES + 110, 1));
      expect(names.every((name, i) => anew.countedSeq(NOW, name) === (i < 100 ? 1 : 2))).toBe(true);
    });
  });

  test('that is added to often has few rows', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      for (let i = 0; i < 100; i += 1) {
        blocks.write(of(NOW, customers(100 * i, 100 * (i + 1), 1)));
        if (i % 7 === 0) blocks.countedSeq(NOW, 'customer-0:1');
      }
      expect(rowsIn(sql)).toBeLessThanOrEqual(MAX_SMALL_ROWS + 10_000 / MIN_ROW_SOURCES);
      const names = Object.keys(customers(0, 10_000, 1));
      for (const each of [blocks, new SourceBlocks(sql)])
        expect(names.every((name) => each.countedSeq(NOW, name) === 1)).toBe(true);
    });
  });

  test('whose small rows had to wait until they are more than one row holds is put together all the same', async () => {
    await tables()((sql) => {
      const rows = new PackedRows(sql, 'blocks', 2, 1);
      let known = 0;
      const append = (entries: number, leftBytes: number) => {
        const first = known + 1;
        known += entries;
        const packed = Float64Array.from({ length: 2 * entries }, (_, i) => (i % 2 === 0 ? first + i / 2 : 7));
        rows.append(NOW, packed, { leftBytes });
      };
      append(MIN_ROW_SOURCES - 1, 0);
      append(MIN_ROW_SOURCES, 0);
      for (let all = 0; all <= MAX_ROW_SOURCES; all += MIN_ROW_SOURCES - 1) append(MIN_ROW_SOURCES - 1, 0);
      for (let i = 0; i < 3; i += 1) append(1, MAX_MOVED_BYTES);
      expect(rowsIn(sql)).toBeLessThanOrEqual(MAX_SMALL_ROWS + 4);
      expect(rows.count(NOW)).toBe(known);
      for (let one = 1; one <= known; one += 1) expect(rows.find(NOW, one)).toBe(7);
    });
  });

  test('is read from disk again after many others were', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      const all = Array.from({ length: 40 }, (_, i) => NOW + i * LATE_BLOCKS);
      for (const block of all) blocks.write(of(block, { 'ann:1': block, ...customers(0, block % 2 ? 100 : 1, 1) }));
      for (const block of all) expect(blocks.countedSeq(block, 'ann:1')).toBe(block);
    });
  });
});

describe('sources of a whole day that come at once', () => {
  const FOLDS = 30;
  const PER_FOLD = 20_000;
  const DAY_BLOCKS = 86_400_000 / BLOCK_MS;
  // Spread evenly: what is moved falls due everywhere at the same time.
  const blockOfCustomer = (i: number): number => NOW - ((i * 7_919) % DAY_BLOCKS);
  const nameOf = (i: number): string => `customer-${i}:1`;

  test('cost each fold what is new and little more, whatever is there, and each is known afterwards', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      let all = 0;
      for (let fold = 0; fold < FOLDS; fold += 1) {
        const counted = new CountedSources();
        for (let i = fold * PER_FOLD; i < (fold + 1) * PER_FOLD; i += 1)
          counted.note(nameOf(i), { seq: i + 1, blocks: [blockOfCustomer(i)] });
        const { rows, bytes } = written(sql, () => blocks.write(counted));
        expect(bytes).toBeLessThan(24 * PER_FOLD + MAX_MOVED_BYTES + 1_000_000);
        expect(rows).toBeLessThan(PER_FOLD / 2);
        all += bytes;
      }
      // Written with others of ten minutes, put together with more of them, written by ten seconds, and put together again.
      expect(all / (FOLDS * PER_FOLD)).toBeLessThanOrEqual(24 + 24 + 16 + 16);
      for (const each of [blocks, new SourceBlocks(sql)])
        for (let i = 0; i < FOLDS * PER_FOLD; i += 997) {
          expect(each.countedSeq(blockOfCustomer(i), nameOf(i))).toBe(i + 1);
          expect(each.countedSeq(blockOfCustomer(i), `${nameOf(i)}1`)).toBe(0);
        }
      // None is kept twice.
      const kept = blocks.forget({ sources: FOLDS * PER_FOLD, fromBlock: 0 }, NOW_MS);
      type Sums = { blocks: number; late: number };
      const text =
        'SELECT (SELECT total(length(sources)) FROM blocks) AS blocks, (SELECT total(length(sources)) FROM late) AS late';
      const bytes = sql.exec<Sums>(text).one();
      expect(bytes.blocks / 16 + bytes.late / 24).toBe(kept.sources);
      expect(bytes.blocks).toBeGreaterThan(bytes.late);
    });
  });
});

describe('what is forgotten', () => {
  test.each([
    ['few', 1, 'late'],
    ['many', MIN_BLOCK_SOURCES, 'blocks'],
  ])(
    `is what is older than ${SOURCES_KEPT_MS / 86_400_000} days, and no block that is not all of it: of %s sources`,
    async (_which, sources, table) => {
      await tables()((sql) => {
        const blocks = new SourceBlocks(sql);
        const oldest = blockOf(NOW_MS - SOURCES_KEPT_MS);
        // Few are forgotten by spans: this is the first block of one.
        expect(oldest % LATE_BLOCKS).toBe(0);
        for (const block of [oldest - 2, oldest - 1, oldest, NOW]) blocks.write(of(block, customers(0, sources, 3)));
        const kept = blocks.forget({ sources: 4 * sources, fromBlock: 0 }, NOW_MS);
        expect(kept).toEqual({ sources: 2 * sources, fromBlock: oldest });
        const counted = [oldest - 1, oldest, NOW].map((block) => blocks.countedSeq(block, 'customer-0:1'));
        expect(counted).toEqual([0, 3, 3]);
        expect(rowsIn(sql, table)).toBe(2);
        // A clock that is put back brings nothing back.
        expect(blocks.forget(kept, NOW_MS - BLOCK_MS * 50)).toEqual(kept);
      });
    },
  );

  test.each([
    ['this object’s', NOW, NOW_MS + 10 * SOURCES_KEPT_MS],
    ['a sender’s', NOW + blockOf(10 * SOURCES_KEPT_MS), NOW_MS],
  ])('is no more where %s clock is weeks ahead', async (_whose, newest, nowMs) => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      const oldest = blockOf(NOW_MS - SOURCES_KEPT_MS);
      for (const block of [oldest - 1, oldest, newest]) blocks.write(of(block, { 'ann:1': 3 }));
      expect(blocks.forget({ sources: 3, fromBlock: 0 }, nowMs)).toEqual({ sources: 2, fromBlock: oldest });
    });
  });

  test('are the oldest blocks where more sources are kept than may be', async () => {
    await tables()((sql) => {
      const blocks = new SourceBlocks(sql);
      for (let i = 0; i < 4; i += 1) blocks.write(of(NOW - 3 + i, customers(0, MIN_BLOCK_SOURCES, 1)));
      const sources = 4 * MIN_BLOCK_SOURCES;
      const kept = { sources: sources / 2, fromBlock: NOW - 1 };
      expect(blocks.forget({ sources, fromBlock: 0 }, NOW_MS, 2.5 * MIN_BLOCK_SOURCES)).toEqual(kept);
      expect(rowsIn(sql)).toBe(2);
    });
  });
});

test('100,000 names of customers have 100,000 fingerprints', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `${i.toString(36).padStart(22, 'x')}:${i % 7}`);
  expect(new Set(names.map(fingerprintOf)).size).toBe(names.length);
  expect(names.every((name) => Number.isSafeInteger(fingerprintOf(name)))).toBe(true);
});
