/** Rows of packed numbers, a few under each place: they are appended to, and small ones are put together before they are many. */

/** Rows of one place are numbered from its first. */
const ROWS_PER_PLACE = 1_000;
/** Entries in one row: 800 kB of the 2 MB that a row holds, at 16 bytes each. */
export const MAX_ROW_SOURCES = 50_000;
/** Entries from which on a row is left as it is: 16 kB, which a statement reads in a few microseconds. */
export const MIN_ROW_SOURCES = 1_024;
/** Rows of fewer than that under one place; with one more they become one. Each entry is moved once so, and a place is read with few rows. */
export const MAX_SMALL_ROWS = 16;
/** Questions after which a place's entries are put into a map, which takes as long as a hundred: old ones are asked for one source that comes again. */
const MAX_SCANS = 100;

const BYTES_PER_NUMBER = 8;

/** What may still be moved inside a transaction, so that it stays short whatever has come together: see `MAX_MOVED_BYTES`. */
export interface Moves {
  leftBytes: number;
}

/** A place in memory: its rows as they are, or by fingerprint once it is asked often. */
interface Held {
  readonly rows: Float64Array[];
  byFingerprint: Map<number, number> | undefined;
  scans: number;
}

/** A row on disk. */
interface Size {
  readonly id: number;
  readonly entries: number;
}

/**
 * Rows `(id, sources)` of a table. An entry is a fingerprint and how far it is counted, or these and the block that it is of; one that is there more than
 * once is counted as far as the farthest says. Everything is done inside the caller's transaction, who drops this object when that fails.
 */
export class PackedRows {
  readonly #sql: SqlStorage;
  readonly #table: 'blocks' | 'late';
  readonly #width: 2 | 3;
  readonly #maxHeld: number;
  readonly #held = new Map<number, Held>();

  /** @param width numbers of an entry @param maxHeld places in memory */
  constructor(sql: SqlStorage, table: 'blocks' | 'late', width: 2 | 3, maxHeld: number) {
    this.#sql = sql;
    this.#table = table;
    this.#width = width;
    this.#maxHeld = maxHeld;
  }

  isEmpty(place: number): boolean {
    return this.#open(place).rows.length === 0;
  }

  /** Up to where a fingerprint is counted; 0 when it is not there. With `block` only entries of that block are looked at. */
  find(place: number, fingerprint: number, block?: number): number {
    const held = this.#open(place);
    if (block === undefined) {
      held.scans += 1;
      if (held.byFingerprint || held.scans > MAX_SCANS) return mapOf(held).get(fingerprint) ?? 0;
    }
    let seq = 0;
    for (const row of held.rows)
      for (let at = 0; at < row.length; at += this.#width)
        if (row[at] === fingerprint && (block === undefined || row[at + 2] === block))
          seq = Math.max(seq, row[at + 1] as number);
    return seq;
  }

  /** Entries on disk under a place. */
  count(place: number): number {
    return this.#sizes(place).reduce((sum, { entries }) => sum + entries, 0);
  }

  /** Everything that is under a place; it is empty afterwards. */
  take(place: number): readonly Float64Array[] {
    const { rows } = this.#open(place);
    this.#sql.exec(`DELETE FROM ${this.#table} WHERE id >= ? AND id < ?`, ...idsOf(place));
    this.#held.delete(place);
    return rows;
  }

  /** Adds entries as a row, or puts them together with other small ones where these have become many. */
  append(place: number, packed: Float64Array, moves: Moves): void {
    const sizes = this.#sizes(place);
    const nextId = sizes.length > 0 ? (sizes.at(-1) as Size).id + 1 : idsOf(place)[0];
    // More rows than numbers for them: nobody sends so many within ten seconds, and if they do, all become one.
    const isFull = nextId + Math.ceil(packed.length / this.#width / MAX_ROW_SOURCES) > idsOf(place)[1];
    // Where moving had to wait, more have come than one row holds, and a second one could take the number of one that is left as it is.
    const few = sizes.filter(({ entries }) => entries < MIN_ROW_SOURCES).slice(0, 2 * MAX_SMALL_ROWS);
    const small = isFull ? sizes : few;
    const held = this.#held.get(place);
    const isDue = small.length >= MAX_SMALL_ROWS && packed.length < MIN_ROW_SOURCES * this.#width;
    if (!isFull && !(isDue && moves.leftBytes > 0)) {
      this.#insert(nextId, packed);
      held?.rows.push(packed);
      if (held?.byFingerprint) enter(held.byFingerprint, packed);
      return;
    }
    const together = joined([...small.map(({ id }) => this.#row(id)), packed]);
    for (const { id } of small) this.#sql.exec(`DELETE FROM ${this.#table} WHERE id = ?`, id);
    this.#insert((small[0] as Size).id, together);
    moves.leftBytes -= together.byteLength;
    this.#held.delete(place);
  }

  /** The place of the youngest row. */
  lastPlace(): number | undefined {
    const row = this.#sql.exec<{ id: number }>(`SELECT id FROM ${this.#table} ORDER BY id DESC LIMIT 1`).toArray()[0];
    return row && placeOf(row.id);
  }

  /** All rows of a place, without holding them. */
  rowsOf(place: number): readonly Float64Array[] {
    return this.#held.get(place)?.rows ?? this.#read(place);
  }

  /** Forgets rows, the oldest first, for as long as `isGone` says so of one, and at most so many; no place is forgotten in part but by that. */
  forget(isGone: (place: number, entries: number) => boolean, most: number): void {
    let lastId: number | undefined;
    const text = `SELECT id, length(sources) AS bytes FROM ${this.#table} ORDER BY id LIMIT ?`;
    for (const { id, bytes } of this.#sql.exec<{ id: number; bytes: number }>(text, most).toArray()) {
      if (!isGone(placeOf(id), bytes / BYTES_PER_NUMBER / this.#width)) break;
      lastId = id;
    }
    if (lastId === undefined) return;
    this.#sql.exec(`DELETE FROM ${this.#table} WHERE id <= ?`, lastId);
    for (const place of [...this.#held.keys()]) if (place <= placeOf(lastId)) this.#held.delete(place);
  }

  #insert(firstId: number, packed: Float64Array): void {
    const step = MAX_ROW_SOURCES * this.#width;
    for (let from = 0; from < packed.length; from += step)
      this.#sql.exec(
        `INSERT INTO ${this.#table} (id, sources) VALUES (?, ?)`,
        firstId + from / step,
        packed.slice(from, from + step).buffer,
      );
  }

  #sizes(place: number): readonly Size[] {
    const text = `SELECT id, length(sources) AS bytes FROM ${this.#table} WHERE id >= ? AND id < ? ORDER BY id`;
    const rows = this.#sql.exec<{ id: number; bytes: number }>(text, ...idsOf(place)).toArray();
    return rows.map(({ id, bytes }) => ({ id, entries: bytes / BYTES_PER_NUMBER / this.#width }));
  }

  #row(id: number): Float64Array {
    const text = `SELECT sources FROM ${this.#table} WHERE id = ?`;
    return new Float64Array(this.#sql.exec<{ sources: ArrayBuffer }>(text, id).one().sources);
  }

  #read(place: number): Float64Array[] {
    const text = `SELECT sources FROM ${this.#table} WHERE id >= ? AND id < ? ORDER BY id`;
    const rows = this.#sql.exec<{ sources: ArrayBuffer }>(text, ...idsOf(place)).toArray();
    return rows.map(({ sources }) => new Float64Array(sources));
  }

  #open(place: number): Held {
    const held = this.#held.get(place);
    if (held) return held;
    const opened: Held = { rows: this.#read(place), byFingerprint: undefined, scans: 0 };
    // The one that was opened first goes: what comes late comes of all times, what is new of the last.
    if (this.#held.size >= this.#maxHeld) this.#held.delete(this.#held.keys().next().value as number);
    this.#held.set(place, opened);
    return opened;
  }
}

/** The first number of a place's rows, and the first that is the next one's. */
function idsOf(place: number): [from: number, until: number] {
  return [place * ROWS_PER_PLACE, (place + 1) * ROWS_PER_PLACE];
}

function placeOf(id: number): number {
  return Math.floor(id / ROWS_PER_PLACE);
}

function mapOf(held: Held): Map<number, number> {
  if (held.byFingerprint) return held.byFingerprint;
  const byFingerprint = new Map<number, number>();
  for (const row of held.rows) enter(byFingerprint, row);
  held.byFingerprint = byFingerprint;
  return byFingerprint;
}

/** Only of entries that are two numbers: of the others each is asked for with its block. */
function enter(byFingerprint: Map<number, number>, packed: Float64Array): void {
  for (let at = 0; at < packed.length; at += 2) {
    const [fingerprint, seq] = [packed[at] as number, packed[at + 1] as number];
    byFingerprint.set(fingerprint, Math.max(byFingerprint.get(fingerprint) ?? 0, seq));
  }
}

/** Rows as one. */
export function joined(rows: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}
