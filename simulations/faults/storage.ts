/** `ctx.storage` of one instance: gone with it. */
import { Gone, type Host } from './host.ts';
import type { SimulatedObject } from './object.ts';

/** Never answers: the code that waits for it is dead. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** What an instance sees of its object's disk and alarm; every await is a place where it may die. */
export function storageOf(object: SimulatedObject, host: Host): DurableObjectStorage {
  const alive = (): void => {
    if (!host.alive) throw new Gone(`${host.name} is gone`);
  };
  const awaited = async <T>(act: () => T): Promise<T> => {
    alive();
    const result = act();
    // Only once it runs: what a constructor awaits is over before anything can reach it.
    if (object.isHost(host) && object.mayDie('await')) return never();
    return result;
  };
  const { database } = object;
  const storage = {
    sql: {
      exec: (text: string, ...bindings: unknown[]) => {
        alive();
        const before = database.isOpen;
        const cursor = database.exec(text, bindings);
        if (!before && database.isOpen) object.writing();
        // A statement outside of a transaction is one by itself.
        if (cursor.rowsWritten > 0 && !database.isInTransaction) object.changed();
        return cursor;
      },
      get databaseSize(): number {
        return 0;
      },
    },
    transactionSync: <T>(run: () => T): T => {
      alive();
      if (!database.isOpen) object.writing();
      const result = database.transaction(run);
      object.changed();
      return result;
    },
    getAlarm: () => awaited(() => object.getAlarm()),
    setAlarm: (at: number | Date) => awaited(() => object.setAlarm(Number(at))),
    deleteAlarm: () => awaited(() => object.setAlarm(null)),
    deleteAll: () =>
      awaited(() => {
        object.writing();
        database.clear();
        object.setAlarm(null);
      }),
    sync: () => awaited(() => object.commit()),
  };
  return storage as unknown as DurableObjectStorage;
}
