/** Brings the local database up to date, keeping the same books as `wrangler d1 migrations apply --local`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unstable_splitSqlQuery as splitSql } from 'wrangler';
import type { D1 } from './runtime.ts';

const BOOKS = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies what is missing, each file in one transaction, in the order of their names. Returns how many that were. */
export async function applyMigrations(database: D1, folder: string): Promise<number> {
  await database.prepare(BOOKS).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(results.map(({ name }) => name));
  const missing = readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && !applied.has(name))
    .sort();
  for (const name of missing) {
    const statements = splitSql(readFileSync(join(folder, name), 'utf8')).map((sql) => database.prepare(sql));
    const record = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await database.batch([...statements, record]);
  }
  return missing.length;
}
