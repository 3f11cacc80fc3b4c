/**
 * Which events were counted, packed by the time of their outbox rows. A fold appends what is new and moves little else, however long a time its events
 * are of: where they are dense, as they are while customers reach their shard, to the ten seconds of each; where they are sparse, as after hours without
 * a shard, to the ten minutes around, until enough has come together there for rows of its own.
 */
import { type CountedSources, TIMELESS } from './counted-sources.ts';
import { joined, type Moves, PackedRows } from './packed-rows.ts';

/**
 * Outbox time that is read at once for an event: at 1,000 customers a second 160 kB, which are read within a fraction of a millisecond when something comes
 * late. Shorter, and more rows are written; longer, and a late delivery reads more.
 */
export const BLOCK_MS = 10_000;
/** Blocks whose sparse sources share rows: ten minutes, of which a day has 135. A fold after a day without a shard writes so many rows, not 8,640. */
export const LATE_BLOCKS = 64;
/** Sources of a block, on average, from which on a fold gives each block rows of its own: a kilobyte, below which a row costs more than what it holds. */
export const MIN_BLOCK_SOURCES = 64;
/**
 * How long a repeat is recognised, from when the event was put into the customer's outbox. Outboxes are retried every few seconds for as long as their
 * shard is out of reach: three days are a weekend without anybody looking.
 */
export const SOURCES_KEPT_MS = 3 * 86_400_000;
/** Sources that are kept at most: 4 GB of the 10 that an object holds. Above 960 customers a second for three days, the oldest go earlier. */
export const MAX_SOURCES_KEPT = 250_000_000;
/**
 * What one fold moves of what was there before. It brings 800 kB of sources, and each is moved three times at most before it stays where it is: this is
 * three times what has to be moved in the long run, so that what falls due in many places at once is done soon, in transactions that stay short.
 */
export const MAX_MOVED_BYTES = 8_000_000;
/** Blocks that are held in memory: 10,000 sources each at 1,000 customers a second, some 13 MB in all. */
const MAX_HELD_BLOCKS = 16;
/** Of sparse sources so many times ten minutes: some 100 kB each. */
const MAX_HELD_LATE = 16;
/** Rows of either kind that are forgotten at once: more than come between two times that it is done, and still a short transaction. */
export const MAX_FORGOTTEN_ROWS = 500;

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

/** What stays remembered of all blocks: stored with the shard. */
export interface Kept {
  /** Sources in all rows. */
  readonly sources: number;
  /** The first block that is remembered; events of those before are refused. */
  readonly fromBlock: number;
}

/** Sources that are kept, those in use held in memory. The object that has them is the only one that writes them. */
export class SourceBlocks {
  readonly #blocks: PackedRows;
  readonly #late: PackedRows;

  constructor(sql: SqlStorage) {
    this.#blocks = new PackedRows(sql, 'blocks', 2, MAX_HELD_BLOCKS);
    this.#late = new PackedRows(sql, 'late', 3, MAX_HELD_LATE);
  }

  /** Up to where a source's events of that block are counted; 0 when none is. */
  countedSeq(block: number, source: string): number {
    const span = spanOf(block);
    const [isIn, isLate] = [!this.#blocks.isEmpty(block), !this.#late.isEmpty(span)];
    if (!isIn && !isLate) return 0;
    const fingerprint = fingerprintOf(source);
    return Math.max(
      isIn ? this.#blocks.find(block, fingerprint) : 0,
      isLate ? this.#late.find(span, fingerprint, block) : 0,
    );
  }

  /**
   * Notes how far sources are counted, inside the caller's transaction; the caller drops this object when that fails. What it writes is in proportion to what
   * is noted, but for {@link MAX_MOVED_BYTES}.
   *
   * @param counted without those that have no time
   * @returns how many entries came to those that are kept
   */
  write(counted: CountedSources): number {
    const moves: Moves = { leftBytes: MAX_MOVED_BYTES };
    let came = 0;
    for (const [span, blocks] of bySpan(counted)) {
      let entries = 0;
      for (const packed of blocks.values()) entries += packed.length / 2;
      came += entries;
      if (entries >= MIN_BLOCK_SOURCES * blocks.size) this.#append(blocks, moves);
      else if (moves.leftBytes > 0 && this.#late.count(span) + entries >= MIN_BLOCK_SOURCES * LATE_BLOCKS) {
        const settled = byBlock([...this.#late.take(span), wide(blocks)]);
        for (const packed of settled.values()) moves.leftBytes -= 8 * packed.length;
        this.#append(settled, moves);
      } else this.#late.append(span, wide(blocks), moves);
    }
    return came;
  }

  /**
   * Forgets what is older than {@link SOURCES_KEPT_MS}, and the oldest of too many; inside the caller's transaction. Older than now and than the newest
   * event: what is forgotten is refused for good, so neither a clock of ours that is days ahead for a moment nor one of a sender's may decide it alone.
   */
  forget({ sources, fromBlock }: Kept, nowMs: number, most = MAX_SOURCES_KEPT): Kept {
    let from = Math.max(fromBlock, Math.min(blockOf(nowMs), this.#newest()) - blockOf(SOURCES_KEPT_MS));
    let kept = sources;
    this.#blocks.forget((block, entries) => {
      if (block >= from && kept <= most) return false;
      from = Math.max(from, block + 1);
      kept -= entries;
      return true;
    }, MAX_FORGOTTEN_ROWS);
    this.#late.forget((span, entries) => {
      // Where there are too many, those of blocks go: these are a few thousand for ten minutes.
      if ((span + 1) * LATE_BLOCKS > from) return false;
      kept -= entries;
      return true;
    }, MAX_FORGOTTEN_ROWS);
    return { sources: kept, fromBlock: from };
  }

  #append(blocks: ReadonlyMap<number, readonly number[]>, moves: Moves): void {
    for (const [block, packed] of blocks) this.#blocks.append(block, Float64Array.from(packed), moves);
  }

  /** The youngest block of which anything is kept. */
  #newest(): number {
    let newest = this.#blocks.lastPlace() ?? 0;
    const span = this.#late.lastPlace();
    for (const row of span === undefined ? [] : this.#late.rowsOf(span))
      for (let at = 2; at < row.length; at += 3) newest = Math.max(newest, row[at] as number);
    return newest;
  }
}

function spanOf(block: number): number {
  return Math.floor(block / LATE_BLOCKS);
}

/** Entries of two numbers, by the block that they are of and the span that this is in. */
function bySpan(counted: CountedSources): ReadonlyMap<number, Map<number, number[]>> {
  const spans = new Map<number, Map<number, number[]>>();
  for (const [source, { seq, blocks }] of counted) {
    const fingerprint = fingerprintOf(source);
    for (const block of blocks) {
      if (block === TIMELESS) continue;
      const span = spanOf(block);
      const own = spans.get(span) ?? new Map<number, number[]>();
      if (own.size === 0) spans.set(span, own);
      const packed = own.get(block);
      if (packed) packed.push(fingerprint, seq);
      else own.set(block, [fingerprint, seq]);
    }
  }
  return spans;
}

/** Entries of three numbers: each with its block. */
function wide(blocks: ReadonlyMap<number, readonly number[]>): Float64Array {
  const all: number[] = [];
  for (const [block, packed] of blocks)
    for (let at = 0; at < packed.length; at += 2) all.push(packed[at] as number, packed[at + 1] as number, block);
  return Float64Array.from(all);
}

/** Entries of three numbers as entries of two, by the blocks that they name. */
function byBlock(rows: readonly Float64Array[]): ReadonlyMap<number, number[]> {
  const blocks = new Map<number, number[]>();
  const all = joined(rows);
  for (let at = 0; at < all.length; at += 3) {
    const [fingerprint, seq, block] = [all[at] as number, all[at + 1] as number, all[at + 2] as number];
    const packed = blocks.get(block);
    if (packed) packed.push(fingerprint, seq);
    else blocks.set(block, [fingerprint, seq]);
  }
  return blocks;
}
