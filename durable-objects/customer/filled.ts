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

/** By table, whether it has rows. */
export type Filled = Readonly<Partial<Record<AskedTable, boolean>>>;

/** Asks storage. */
export function filledIn(sql: SqlStorage): Filled {
  const row = sql.exec<Record<AskedTable, number>>(FILLED).one();
  return Object.fromEntries(TABLES.map((table) => [table, row[table] === 1]));
}
