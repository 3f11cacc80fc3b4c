/** What of a customer waits in storage for others, besides statistics: looked up at once, and known in memory from then on. A decision asks all of it. */
import { type AskedTable, type Filled, filledIn, hasRows, NOTHING_FILLED } from './filled.ts';
import type { Sql } from './tables.ts';

/** What the publisher knows: nothing was ever told, it was told to take the customer, or it has confirmed that it heard. */
export type SampleMark = 'none' | 'told' | 'heard';

export class Waits {
  readonly #sql: Sql;
  /** Undefined until storage is asked, as a table of it that is in doubt; what is known to have come since is noted in it. */
  #filled: Filled | undefined;
  #sampled: SampleMark | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Whether a table has rows, as of when storage was asked or of what was noted since. */
  has(table: AskedTable): boolean {
    this.#filled ??= filledIn(this.#sql);
    const known = this.#filled[table];
    if (known !== undefined) return known;
    const filled = hasRows(this.#sql, table);
    this.note(table, filled);
    return filled;
  }

  /** Whether ledgers have to hear of settlements. */
  get settlements(): boolean {
    return this.has('settlements');
  }

  /** Whether there are lines for the decision log. */
  get lines(): boolean {
    return this.has('log_out');
  }

  /** Whether the health page shows a backlog. */
  get reported(): boolean {
    return this.has('reported');
  }

  get sampled(): SampleMark {
    if (this.#sampled !== undefined) return this.#sampled;
    this.#filled ??= filledIn(this.#sql);
    this.#sampled = this.#filled.sampled === false ? 'none' : markIn(this.#sql);
    return this.#sampled;
  }

  /** Rows of a table came or went: it is asked for anew, and the others are not. */
  doubt(table: AskedTable): void {
    if (table === 'sampled') this.#sampled = undefined;
    if (this.#filled) this.#filled = { ...this.#filled, [table]: undefined };
  }

  /** A table has rows from now on, or has none any more. */
  note(table: AskedTable, filled: boolean): void {
    this.#filled = { ...(this.#filled ?? filledIn(this.#sql)), [table]: filled };
  }

  /** Storage has been made, and is empty. */
  areNone(): void {
    this.#filled = NOTHING_FILLED;
    this.#sampled = 'none';
  }

  /** Storage is asked anew: it was emptied, or something may have come there otherwise. */
  forget(): void {
    this.#filled = undefined;
    this.#sampled = undefined;
  }
}

function markIn(sql: Sql): SampleMark {
  const row = sql.exec<{ heard: number }>('SELECT heard FROM sampled').toArray()[0];
  if (!row) return 'none';
  return row.heard === 1 ? 'heard' : 'told';
}
