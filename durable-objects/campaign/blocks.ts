/** Which events were counted, packed by the time of their outbox rows: one row for ten seconds of customers, in place of one for each. */

/**
 * Outbox time that one row stands for: at 1,000 customers a second 160 kB, which are read within a fraction of a millisecond when something comes
 * late. Shorter, and more rows are written; longer, and a late delivery reads more.
 */
export const BLOCK_MS = 10_000;
/**
 * How long a repeat is recognised, from when the event was put into the customer's outbox. Outboxes are retried every few seconds for as long as their
 * shard is out of reach: three days are a weekend without anybody looking.
 */
export const SOURCES_KEPT_MS = 3 * 86_400_000;
/** Sources that are kept at most: 4 GB of the 10 that an object holds. Above 960 customers a second for three days, the oldest go earlier. */
export const MAX_SOURCES_KEPT = 250_000_000;
/** Sources in one row: 800 kB of the 2 MB that a row holds. */
export const MAX_ROW_SOURCES = 50_000;
/** Blocks that are held in memory: 10,000 sources each at 1,000 customers a second, some 13 MB in all. */
const MAX_HELD_BLOCKS = 16;
/** Rows that are forgotten at once: more than come between two times that it is done, however slowly, and still a short transaction. */
export const MAX_FORGOTTEN_ROWS = 500;

/** Rows of one block are numbered from its first. */
const ROWS_PER_BLOCK = 1_000;
const BYTES_PER_SOURCE = 16;

/** The block of an outbox row. */
export function blockOf(atMs: number): number {
  return Math.floor(atMs / BLOCK_MS);
}

/**
 * A source as a number of 53 bits. Two sources of one block that share it would be taken for one: among 10,000 that is one block in 180 million,
 * and costs one event. Names of sources are signatures, so that nobody can look for such a pair.
 */
export function fingerprintOf(source: string): number {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < source.length; i += 1) {
    const code = source.charCodeAt(i);
    low = Math.imul(low ^ code, 2_654_435_761);
    high = Math.imul(high ^ code, 1_597_334_677);
  }
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return 2 ** 32 * (high & 0x1fffff) + (low >>> 0);
}

/** Questions after which a block's sources are put into a map, which takes as long as a hundred: old blocks are asked for one source that comes again. */
const MAX_SCANS = 100;

/** A block in memory: fingerprints and positions in turns as its rows hold them, or by fingerprint once it is asked often. */
interface Block {
  readonly packed: Float64Array;
  byFingerprint: Map<number, number> | undefined;
  scans: number;
}

/** What stays remembered of all blocks: stored with the shard. */
export interface Kept {
  /** Sources in all rows. */
  readonly sources: number;
  /** The first block that is remembered; events of those before are refused. */
  readonly fromBlock: number;
}

/** The blocks on disk, those in use held in memory. The object that has them is the only one that writes them. */
export class SourceBlocks {
  readonly #sql: SqlStorage;
  readonly #held = new Map<number, Block>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Up to where a source's events of that block are counted; 0 when none is. */
  countedSeq(block: number, source: string): number {
    const own = this.#open(block);
    if (own.byFingerprint) return own.byFingerprint.get(fingerprintOf(source)) ?? 0;
    const { packed } = own;
    if (packed.length === 0) return 0;
    own.scans += 1;
    if (own.scans > MAX_SCANS) return mapOf(own).get(fingerprintOf(source)) ?? 0;
    const fingerprint = fingerprintOf(source);
    for (let at = 0; at < packed.length; at += 2) if (packed[at] === fingerprint) return packed[at + 1] as number;
    return 0;
  }

  /**
   * Notes how far sources are counted, inside the caller's transaction; the caller drops this object when that fails.
   *
   * @returns how many sources came to those that are kept
   */
  write(block: number, counted: ReadonlyMap<string, number>): number {
    const sources = mapOf(this.#open(block));
    const before = sources.size;
    for (const [source, seq] of counted) {
      const fingerprint = fingerprintOf(source);
      sources.set(fingerprint, Math.max(sources.get(fingerprint) ?? 0, seq));
    }
    const packed = new Float64Array(2 * sources.size);
    let at = 0;
    for (const [fingerprint, seq] of sources) {
      packed[at] = fingerprint;
      packed[at + 1] = seq;
      at += 2;
    }
    for (let row = 0; row * MAX_ROW_SOURCES < sources.size; row += 1)
      this.#sql.exec(
        'INSERT INTO blocks (id, sources) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sources = excluded.sources',
        block * ROWS_PER_BLOCK + row,
        packed.slice(2 * row * MAX_ROW_SOURCES, 2 * (row + 1) * MAX_ROW_SOURCES).buffer,
      );
    return sources.size - before;
  }

  /**
   * Forgets what is older than {@link SOURCES_KEPT_MS}, and the oldest of too many; inside the caller's transaction. Older than now and than the newest
   * event: what is forgotten is refused for good, so neither a clock of ours that is days ahead for a moment nor one of a sender's may decide it alone.
   */
  forget({ sources, fromBlock }: Kept, nowMs: number, most = MAX_SOURCES_KEPT): Kept {
    let from = Math.max(fromBlock, Math.min(blockOf(nowMs), this.#newest()) - blockOf(SOURCES_KEPT_MS));
    let kept = sources;
    let lastId: number | undefined;
    type Row = { id: number; bytes: number };
    const rows = this.#sql.exec<Row>(
      'SELECT id, length(sources) AS bytes FROM blocks ORDER BY id LIMIT ?',
      MAX_FORGOTTEN_ROWS,
    );
    for (const { id, bytes } of rows.toArray()) {
      const block = Math.floor(id / ROWS_PER_BLOCK);
      if (block >= from && kept <= most) break;
      from = Math.max(from, block + 1);
      kept -= bytes / BYTES_PER_SOURCE;
      lastId = id;
    }
    if (lastId !== undefined) this.#sql.exec('DELETE FROM blocks WHERE id <= ?', lastId);
    for (const block of [...this.#held.keys()]) if (block < from) this.#held.delete(block);
    return { sources: kept, fromBlock: from };
  }

  #newest(): number {
    const row = this.#sql.exec<{ id: number }>('SELECT id FROM blocks ORDER BY id DESC LIMIT 1').toArray()[0];
    return row ? Math.floor(row.id / ROWS_PER_BLOCK) : 0;
  }

  #open(block: number): Block {
    const held = this.#held.get(block);
    if (held) return held;
    type Row = { sources: ArrayBuffer };
    const first = block * ROWS_PER_BLOCK;
    const text = 'SELECT sources FROM blocks WHERE id >= ? AND id < ? ORDER BY id';
    const rows = this.#sql
      .exec<Row>(text, first, first + ROWS_PER_BLOCK)
      .toArray()
      .map(({ sources }) => new Float64Array(sources));
    const opened: Block = { packed: joined(rows), byFingerprint: undefined, scans: 0 };
    // The one that was opened first goes: what comes late comes of all times, what is new of the last.
    if (this.#held.size >= MAX_HELD_BLOCKS) this.#held.delete(this.#held.keys().next().value as number);
    this.#held.set(block, opened);
    return opened;
  }
}

function mapOf(block: Block): Map<number, number> {
  if (block.byFingerprint) return block.byFingerprint;
  const { packed } = block;
  const sources = new Map<number, number>();
  for (let at = 0; at < packed.length; at += 2) sources.set(packed[at] as number, packed[at + 1] as number);
  block.byFingerprint = sources;
  return sources;
}

/** Mostly there is one row, or none. */
function joined(rows: readonly Float64Array[]): Float64Array {
  if (rows.length === 1) return rows[0] as Float64Array;
  const all = new Float64Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}
