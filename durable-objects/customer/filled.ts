/** Which of a customer's tables have rows: most have none, and each that is asked for nothing costs an object that starts as much as one with rows. */
import type { Sql } from './tables.ts';

/** All but `meta` and `decisions`, which everybody has; `sqlite_sequence` is what the outbox knows of positions. */
const TABLES = [
  'address',
  'behaviour',
  'blanks',
  'enrolments',
  'legacies',
  'log_out',
  'outbox',
  'outcomes',
  'past_touches',
  'reported',
  'sampled',
  'settlements',
  'sqlite_sequence',
] as const;

export type AskedTable = (typeof TABLES)[number];

/** Of them those that an object has from its birth. */
const FIRST: readonly AskedTable[] = ['outbox', 'sampled', 'sqlite_sequence'];

/** One statement: preparing it takes longer than asking. */
const filledAmong = (tables: readonly AskedTable[]): string =>
  `SELECT ${tables.map((table) => `EXISTS (SELECT 1 FROM ${table}) AS ${table}`).join(', ')}`;
const FILLED = filledAmong(TABLES);
const FIRST_FILLED = filledAmong(FIRST);

/** By table, whether it has rows; undefined where that is not known. */
export type Filled = Readonly<Record<AskedTable, boolean | undefined>>;

/** Of storage that was just made. */
export const NOTHING_FILLED: Filled = filledAs(() => false);

/** Asks storage. */
export function filledIn(sql: Sql): Filled {
  // Of storage itself, which has no word on it, all tables are there.
  const row = sql.exec<Partial<Record<AskedTable, number>>>(sql.hasLate === false ? FIRST_FILLED : FILLED).one();
  return filledAs((table) => row[table] === 1);
}

/** Asks for one table alone. */
export function hasRows(sql: Sql, table: AskedTable): boolean {
  if (sql.hasLate === false && !FIRST.includes(table)) return false;
  return sql.exec(`SELECT 1 FROM ${table} LIMIT 1`).toArray().length > 0;
}

function filledAs(isFilled: (table: AskedTable) => boolean): Filled {
  return Object.fromEntries(TABLES.map((table) => [table, isFilled(table)])) as Filled;
}
