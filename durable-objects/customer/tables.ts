/**
 * A customer's tables, made in two parts: what a visitor leaves who comes once, and all the others when a statement first names one of them. Making a table
 * costs as much as writing three rows, and of most objects ten would stay empty for good.
 */
import { isMigrated, migrate } from '../shared/migrator.ts';
import { CUSTOMER_SCHEMA, FIRST_TABLES, LATE_TABLES } from './schema.ts';

/** Where statements go: storage itself, or {@link Tables} over it. */
export interface Sql extends Pick<SqlStorage, 'exec'> {
  /** Whether tables are there that are made late; storage itself is taken to have all. */
  readonly hasLate?: boolean;
}

/** What is made late, by name. */
const LATE_NAMES = [...LATE_TABLES.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name as string);
/** Statements that name one of them. */
const LATE = new RegExp(`\\b(?:${LATE_NAMES.join('|')})\\b`);
/** Whether a statement does, of those that were looked through: they are the code's own, some hundred, and an object runs few of them over and over. */
const looked = new Map<string, boolean>();

function isLate(text: string): boolean {
  let late = looked.get(text);
  if (late === undefined) {
    late = LATE.test(text);
    looked.set(text, late);
  }
  return late;
}
/** Statements that take something out of a late table. */
const TAKES = new RegExp(`^DELETE FROM (?:${LATE_NAMES.join('|')})\\b`);
/** In their place, where there is none: a statement that does nothing. */
const NOTHING = 'SELECT 1 WHERE 0';
const [ONE_OF_THEM] = LATE_NAMES;

/** A customer's storage: the late tables are there when a statement first names one of them. */
export class Tables implements Sql {
  readonly #storage: DurableObjectStorage;
  /** Storage is asked again for as long as it says no: that is when an object starts, and when the first statement names one of them. */
  #hasLate = false;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Whether there are any; those of an older version are brought up to date. Called from the constructor only. */
  look(): boolean {
    if (!isMigrated(this.#storage)) return false;
    migrate(this.#storage, CUSTOMER_SCHEMA);
    return true;
  }

  /** Makes the first ones, where there are none. */
  make(): void {
    migrate(this.#storage, CUSTOMER_SCHEMA, FIRST_TABLES);
  }

  get hasLate(): boolean {
    this.#hasLate ||=
      this.#storage.sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', ONE_OF_THEM).toArray().length > 0;
    return this.#hasLate;
  }

  exec<T extends Record<string, SqlStorageValue>>(
    text: string,
    ...bindings: readonly SqlStorageValue[]
  ): SqlStorageCursor<T> {
    if (!this.#hasLate && isLate(text) && !this.hasLate) {
      // Whoever is forgotten leaves tables that were never made: making ten of them is dearer than all that the visitor was.
      if (TAKES.test(text)) return this.#storage.sql.exec<T>(NOTHING);
      this.#makeLate();
    }
    return this.#storage.sql.exec<T>(text, ...bindings);
  }

  /** Statements of one transaction, whole or not at all. */
  transactionSync<T>(statements: () => T): T {
    try {
      return this.#storage.transactionSync(statements);
    } catch (error) {
      // Tables that it made are taken back with it.
      this.forget();
      throw error;
    }
  }

  /** Storage is asked anew: it was emptied. */
  forget(): void {
    this.#hasLate = false;
  }

  #makeLate(): void {
    this.#storage.transactionSync(() => this.#storage.sql.exec(LATE_TABLES));
    this.#hasLate = true;
  }
}
