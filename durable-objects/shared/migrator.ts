/** Brings an object's SQLite schema up to date: an append-only list of steps, each applied once. */

/**
 * Applies the steps an object has not seen yet, in one transaction; call it from the constructor only.
 *
 * @param whole what all steps together lead to, at once: for kinds of which many objects are born, since altering a table costs more than making it
 */
export function migrate(storage: DurableObjectStorage, steps: readonly string[], whole?: string): void {
  const isNew = !isMigrated(storage);
  // A newer worker wrote here before a rollback: its extra columns are ignored, nothing is taken away. Mostly nothing is to be done, and a transaction
  // would cost an object that starts more than the look.
  const version = isNew ? 0 : versionIn(storage);
  if (version >= steps.length) return;
  storage.transactionSync(() => {
    if (isNew)
      storage.sql.exec('CREATE TABLE schema_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)');
    for (const step of version === 0 && whole !== undefined ? [whole] : steps.slice(version)) storage.sql.exec(step);
    storage.sql.exec(
      'INSERT INTO schema_version (id, version) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version',
      steps.length,
    );
  });
}

function versionIn({ sql }: DurableObjectStorage): number {
  return sql.exec<{ version: number }>('SELECT version FROM schema_version').toArray()[0]?.version ?? 0;
}

/** Whether an object has any tables of ours: making them is rows, which an object that nobody has written to need not have. */
export function isMigrated({ sql }: DurableObjectStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").toArray().length > 0;
}
