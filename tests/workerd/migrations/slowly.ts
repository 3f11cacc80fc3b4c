/** Migrations that take long enough to be killed in, and say when they begin and when they are over. */

import { BEGUN, ENDED } from './signals.ts';

export interface SlowEnv {
  /** Numbers counted in a migration, so that there is time to be killed in it; `0` or absent for none. */
  readonly SLOW?: string;
}

/** A statement that takes its time and changes nothing. */
export function slowly(numbers: number): string {
  return `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ${numbers}) SELECT count(*) FROM c;`;
}

/** The version that an object's storage is at; 0 before the first. */
export function storedVersion(sql: SqlStorage): number {
  const isThere = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").toArray().length > 0;
  return isThere ? sql.exec<{ version: number }>('SELECT version FROM schema_version').one().version : 0;
}

/**
 * Makes a transaction that raises the stored version slow: it counts after its last step and before it is committed. Returns what puts the
 * storage back.
 */
export function slowed({ storage }: DurableObjectState, env: SlowEnv): () => void {
  const numbers = Number(env.SLOW ?? 0);
  if (numbers === 0) return () => undefined;
  const original = storage.transactionSync;
  storage.transactionSync = <T>(run: () => T): T => {
    let raised = false;
    const result = original.call(storage, () => {
      const before = storedVersion(storage.sql);
      const returned = run();
      raised = storedVersion(storage.sql) > before;
      if (raised) {
        console.log(BEGUN);
        storage.sql.exec(slowly(numbers)).toArray();
      }
      return returned;
    }) as T;
    if (raised) console.log(ENDED);
    return result;
  };
  return () => {
    storage.transactionSync = original;
  };
}
