/** Holding a campaign's learning: evidence goes on being counted, and the last good allocation stays until a person releases it. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { Anomaly } from '../../decisioning/evaluation/anomalies.ts';
import type { Hold, Release } from './learning-view.ts';
import { leaveOut } from './left-out.ts';

const HOUR_MS = 3_600_000;

type HoldRow = {
  sinceMs: number;
  cause: Hold['cause'];
  actor: string | null;
  anomalies: string;
  good: string | null;
};

function readRow(sql: SqlStorage): HoldRow | undefined {
  return sql.exec<HoldRow>('SELECT since_ms AS sinceMs, cause, actor, anomalies, good FROM hold').toArray()[0];
}

/** The hold; null when learning goes on. */
export function readHold(sql: SqlStorage): Hold | null {
  const row = readRow(sql);
  if (!row) return null;
  const { sinceMs, cause, actor, anomalies } = row;
  return { sinceMs, cause, ...(actor !== null && { actor }), anomalies: JSON.parse(anomalies) as readonly Anomaly[] };
}

/**
 * Begins a hold; one that stands already stays as it is. Runs inside the caller's transaction.
 *
 * @param good the allocation to go back to; null leaves what is published
 */
export function beginHold(sql: SqlStorage, { sinceMs, cause, actor, anomalies }: Hold, good: string | null): void {
  sql.exec(
    'INSERT OR IGNORE INTO hold (id, since_ms, cause, actor, anomalies, good) VALUES (1, ?, ?, ?, ?, ?)',
    sinceMs,
    cause,
    actor ?? null,
    JSON.stringify(anomalies),
    good,
  );
}

/** The allocation that a hold goes back to, until it is published; null when there is nothing to do. */
export function wantedByHold(sql: SqlStorage): Allocation | null {
  const good = readRow(sql)?.good ?? null;
  return good === null ? null : (JSON.parse(good) as Allocation);
}

/** What the hold goes back to is published, or cannot be. */
export function settleHold(sql: SqlStorage): void {
  sql.exec('UPDATE hold SET good = NULL');
}

/**
 * Ends a hold. Runs inside the caller's transaction.
 *
 * With `before` the hours since the hold began (or since the moment that is named) are learned from no more; with `all` everything counts, and what
 * the watch took for usual is forgotten: it learns anew what is.
 *
 * @returns why not, when it cannot be released so
 */
export function endHold(
  sql: SqlStorage,
  { keep, sinceMs }: Release,
  nowMs: number,
): 'not_held' | 'too_many_left_out' | undefined {
  const hold = readHold(sql);
  if (!hold) return 'not_held';
  if (keep === 'before') {
    const nowHour = Math.floor(nowMs / HOUR_MS);
    const fromHour = Math.min(nowHour, Math.floor((sinceMs ?? hold.sinceMs) / HOUR_MS));
    if (!leaveOut(sql, { fromHour, untilHour: nowHour + 1 })) return 'too_many_left_out';
    // The watch learns from them no more either, and they hold nothing again.
    sql.exec('UPDATE watched_hours SET odd = 1 WHERE hour >= ?', fromHour);
  } else if (hold.cause === 'anomaly') {
    sql.exec('DELETE FROM watched_hours WHERE hour < ?', Math.floor(hold.sinceMs / HOUR_MS));
    sql.exec('UPDATE watched_hours SET odd = 0');
  } else sql.exec('UPDATE watched_hours SET odd = 0 WHERE hour >= ?', Math.floor(hold.sinceMs / HOUR_MS));
  sql.exec('DELETE FROM hold');
  return undefined;
}
