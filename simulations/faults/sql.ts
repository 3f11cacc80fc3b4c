/** `ctx.storage.sql` over Node's SQLite: what the objects' code uses of it, one database in memory an object. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

type Row = Record<string, SqlStorageValue>;

/** Rows that are all read already. The real one reads on demand and breaks when the table changes; nothing here relies on that. */
class Cursor {
  readonly #rows: Row[];
  #at = 0;
  readonly rowsWritten: number;

  constructor(rows: Row[], rowsWritten: number) {
    this.#rows = rows;
    this.rowsWritten = rowsWritten;
  }

  get rowsRead(): number {
    return this.#rows.length;
  }

  next(): { done: boolean; value?: Row } {
    const value = this.#rows[this.#at];
    this.#at += 1;
    return value === undefined ? { done: true } : { done: false, value };
  }

  toArray(): Row[] {
    const rest = this.#rows.slice(this.#at);
    this.#at = this.#rows.length;
    return rest;
  }

  one(): Row {
    if (this.#rows.length !== 1)
      throw new Error(`expected exactly one result from SQL query, got ${this.#rows.length}`);
    return this.#rows[0] as Row;
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.toArray()[Symbol.iterator]();
  }
}

const READS = /^\s*(SELECT|PRAGMA|WITH)\b/i;
/** A statement that another follows. */
const SEVERAL = /;\s*\S/;

interface Prepared {
  readonly statement: StatementSync;
  readonly writes: boolean;
  readonly returns: boolean;
}

export class Database {
  readonly #db = new DatabaseSync(':memory:');
  readonly #prepared = new Map<string, Prepared>();
  #depth = 0;
  #open = false;
  /** How often everything was dropped. */
  clears = 0;

  /** Whether a transaction of the object's own is under way. */
  get isInTransaction(): boolean {
    return this.#depth > 0;
  }

  /** Changes since {@link commit} that a crash may take away. */
  get isOpen(): boolean {
    return this.#open;
  }

  exec(text: string, bindings: readonly unknown[]): Cursor {
    if (bindings.length === 0 && SEVERAL.test(text)) {
      this.#begin();
      this.#db.exec(text);
      return new Cursor([], 0);
    }
    const { statement, writes, returns } = this.#prepare(text);
    if (writes) this.#begin();
    const values = bindings.map(bound);
    if (writes && !returns) return new Cursor([], Number(statement.run(...values).changes));
    return new Cursor(statement.all(...values).map(rowOf), 0);
  }

  /** Whether there is a table of this name: some are made late. */
  has(table: string): boolean {
    return this.exec('SELECT 1 FROM sqlite_master WHERE name = ?', [table]).toArray().length > 0;
  }

  /** Runs a function whose changes all stand, or none. */
  transaction<T>(run: () => T): T {
    this.#begin();
    const savepoint = `s${this.#depth}`;
    this.#depth += 1;
    this.#tell(`SAVEPOINT ${savepoint}`);
    try {
      const result = run();
      this.#tell(`RELEASE ${savepoint}`);
      return result;
    } catch (error) {
      this.#tell(`ROLLBACK TO ${savepoint}`);
      this.#tell(`RELEASE ${savepoint}`);
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** What was changed is on disk now. */
  commit(): void {
    if (this.#open) this.#tell('COMMIT');
    this.#open = false;
  }

  /** What was changed since {@link commit} never reached the disk. */
  rollback(): void {
    if (this.#open) this.#tell('ROLLBACK');
    this.#open = false;
  }

  /** Drops all tables. */
  clear(): void {
    this.clears += 1;
    this.#begin();
    this.#prepared.clear();
    const names = this.#db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    for (const { name } of names) this.#db.exec(`DROP TABLE "${name}"`);
    const counted = this.#db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").all().length > 0;
    if (counted) this.#db.exec('DELETE FROM sqlite_sequence');
  }

  close(): void {
    this.#db.close();
  }

  #begin(): void {
    if (!this.#open) this.#tell('BEGIN');
    this.#open = true;
  }

  /** One of the few words that transactions are made of. */
  #tell(word: string): void {
    this.#prepare(word).statement.run();
  }

  #prepare(text: string): Prepared {
    let prepared = this.#prepared.get(text);
    if (!prepared) {
      const writes = !READS.test(text);
      const returns = !writes || /\bRETURNING\b/i.test(text);
      prepared = { statement: this.#db.prepare(text), writes, returns };
      this.#prepared.set(text, prepared);
    }
    return prepared;
  }
}

function bound(value: unknown): null | number | string | Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value === undefined || typeof value === 'boolean')
    throw new TypeError(`SQLite does not take ${String(value)} for a value`);
  return value as null | number | string | Uint8Array;
}

/** Bytes come as the platform gives them; everything else is as it was read. */
function rowOf(row: object): Row {
  const values = row as Record<string, unknown>;
  for (const column in values) {
    const bytes = values[column];
    if (bytes instanceof Uint8Array)
      values[column] = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }
  return values as Row;
}
