/** Rows that one object writes, as the platform's `rowsWritten` reports them: statement by statement, and one for each alarm that is set. */
import { runInDurableObject } from 'cloudflare:test';

/** What is written to, in a word or three: `CREATE TABLE meta`, `INSERT INTO decisions`, `alarm`. */
const WRITES = /^\s*(CREATE TABLE|INSERT|UPDATE|DELETE)\b(?: OR \w+)?(?: INTO| FROM)? (\w+)/;

/** Of several statements that are told together the platform reports the last one's rows alone; those of the code have no bindings, and no semicolon within. */
const statementsOf = (text: string, bindings: readonly unknown[]): string[] =>
  bindings.length > 0 ? [text] : text.split(';').filter((statement) => statement.trim() !== '');

/** Calls `note` with every write from now on, for as long as the object is in memory. */
async function watch(stub: DurableObjectStub, note: (what: string, rows: number) => void): Promise<void> {
  await runInDurableObject(stub, (_object, { storage }) => {
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    const counted = (text: string, ...bindings: SqlStorageValue[]) => {
      const [first = text, ...others] = statementsOf(text, bindings);
      const run = (statement: string) => {
        const cursor = exec(statement, ...bindings);
        const [, verb, table] = WRITES.exec(statement) ?? [];
        if (cursor.rowsWritten > 0) note(`${verb} ${table}`, cursor.rowsWritten);
        return cursor;
      };
      return others.reduce((_, statement) => run(statement), run(first));
    };
    Object.defineProperty(sql, 'exec', { configurable: true, value: counted });
    const setAlarm = storage.setAlarm.bind(storage);
    const noted = (atMs: number) => {
      // Setting one is billed as a row.
      note('alarm', 1);
      return setAlarm(atMs);
    };
    Object.defineProperty(storage, 'setAlarm', { configurable: true, value: noted });
  });
}

/** @returns what tells the rows that an object writes during a step */
export async function counting(stub: DurableObjectStub): Promise<(step: () => Promise<unknown>) => Promise<number>> {
  let rows = 0;
  await watch(stub, (_, more) => {
    rows += more;
  });
  return async (step) => {
    const before = rows;
    await step();
    return rows - before;
  };
}

/** Rows by what was written. */
export type Tally = Readonly<Record<string, number>>;

/** @returns what tells, by what was written, the rows that an object wrote since it was last asked */
export async function tallying(stub: DurableObjectStub): Promise<() => Tally> {
  let tally: Record<string, number> = {};
  await watch(stub, (what, rows) => {
    tally[what] = (tally[what] ?? 0) + rows;
  });
  return () => {
    const told = tally;
    tally = {};
    return told;
  };
}

/** All rows of a tally, or those of what begins with a word. */
export const rowsOf = (tally: Tally, word = ''): number =>
  Object.entries(tally).reduce((sum, [what, rows]) => sum + (what.startsWith(word) ? rows : 0), 0);
