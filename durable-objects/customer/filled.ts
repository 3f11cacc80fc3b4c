/** Which of a customer's tables have rows: most have none, and each that is asked for nothing costs an object that starts as much as one with rows. */

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

/** One statement: preparing it takes longer than asking. */
const FILLED = `SELECT ${TABLES.map((table) => `EXISTS (SELECT 1 FROM ${table}) AS ${table}`).join(', ')}`;

/** By table, whether it has rows; undefined where that is not known. */
export type Filled = Readonly<Record<AskedTable, boolean | undefined>>;

/** Of storage that was just made. */
export const NOTHING_FILLED: Filled = filledAs(() => false);

/** Asks storage. */
export function filledIn(sql: SqlStorage): Filled {
  const row = sql.exec<Record<AskedTable, number>>(FILLED).one();
  return filledAs((table) => row[table] === 1);
}

/** Asks for one table alone. */
export function hasRows(sql: SqlStorage, table: AskedTable): boolean {
  return sql.exec(`SELECT 1 FROM ${table} LIMIT 1`).toArray().length > 0;
}

function filledAs(isFilled: (table: AskedTable) => boolean): Filled {
  return Object.fromEntries(TABLES.map((table) => [table, isFilled(table)])) as Filled;
}
