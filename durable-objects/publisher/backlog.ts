/** Customers whose outbox is stuck, so that the health page can tell how far learning is behind. */

/** The page names only the oldest; a thousand keep it right while they drain one by one. */
export const MAX_BACKLOG = 1_000;

/** Names of objects have 22 characters. */
const MAX_CUSTOMER_LENGTH = 64;

/**
 * Notes how old a customer's oldest undelivered row is, or (null) that there is none. When the table is full the oldest stay.
 *
 * @throws RangeError when the name is none or the time no count of milliseconds
 */
export function noteBacklog(sql: SqlStorage, customer: string, oldestAtMs: number | null, limit = MAX_BACKLOG): void {
  if (customer.length === 0 || customer.length > MAX_CUSTOMER_LENGTH) throw new RangeError('publisher: no customer');
  sql.exec('DELETE FROM backlog WHERE customer = ?', customer);
  if (oldestAtMs === null) return;
  if (!Number.isSafeInteger(oldestAtMs)) throw new RangeError('publisher: no time');
  sql.exec('INSERT INTO backlog (customer, oldest_at_ms) VALUES (?, ?)', customer, oldestAtMs);
  const { rows } = sql.exec<{ rows: number }>('SELECT count(*) AS rows FROM backlog').one();
  if (rows <= limit) return;
  sql.exec(
    'DELETE FROM backlog WHERE customer = (SELECT customer FROM backlog ORDER BY oldest_at_ms DESC, customer DESC LIMIT 1)',
  );
}

/** The oldest of all, in ms since the epoch; null when nothing is stuck. */
export function oldestBacklog(sql: SqlStorage): number | null {
  return sql.exec<{ oldest: number | null }>('SELECT min(oldest_at_ms) AS oldest FROM backlog').one().oldest;
}
