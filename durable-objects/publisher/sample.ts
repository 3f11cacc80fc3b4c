/** The sample of a workspace's customers: the names that rank lowest, at most a thousand of them. */
import { RANKS, rankOf } from '../../decisioning/audience/sample.ts';
import type { CustomerSample } from './protocol.ts';

/** Customers in a full sample: their number is then told to 6 %, and a question finds enough who answer. */
export const MAX_SAMPLE = 1_000;

/** Names of objects have 22 characters. */
const MAX_NAME_LENGTH = 64;

/** Ranks below this are in the sample; it only ever falls, so that whoever is not in it never has to ask again. */
function thresholdOf(sql: SqlStorage): number {
  return sql.exec<{ below: number }>('SELECT below FROM sample_threshold').toArray()[0]?.below ?? RANKS;
}

/**
 * Takes a customer into the sample if they rank low enough; the highest makes room. Telling twice changes nothing.
 *
 * @returns ranks below this are in the sample
 * @throws RangeError when the name is none
 */
export function joinSample(sql: SqlStorage, name: string, limit = MAX_SAMPLE): number {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) throw new RangeError('publisher: no customer');
  const rank = rankOf(name);
  const below = thresholdOf(sql);
  if (rank >= below) return below;
  sql.exec('INSERT OR IGNORE INTO sample (name, rank) VALUES (?, ?)', name, rank);
  const { held } = sql.exec<{ held: number }>('SELECT count(*) AS held FROM sample').one();
  if (held <= limit) return below;
  const highest = sql.exec<{ rank: number }>('SELECT max(rank) AS rank FROM sample').one().rank;
  sql.exec('INSERT OR REPLACE INTO sample_threshold (id, below) VALUES (1, ?)', highest);
  sql.exec('DELETE FROM sample WHERE rank >= ?', highest);
  return highest;
}

/** Takes customers out, as if they had never been there; those who are not in it change nothing. */
export function leaveSample(sql: SqlStorage, names: readonly string[]): void {
  for (const name of names) sql.exec('DELETE FROM sample WHERE name = ?', name);
}

/** Those who rank lowest, at most `limit`: themselves a random sample, and the same ones from one question to the next. */
export function readSample(sql: SqlStorage, limit: number): CustomerSample {
  const { held } = sql.exec<{ held: number }>('SELECT count(*) AS held FROM sample').one();
  const rows = sql.exec<{ name: string }>('SELECT name FROM sample ORDER BY rank, name LIMIT ?', limit).toArray();
  return { names: rows.map(({ name }) => name), held, below: thresholdOf(sql) };
}
