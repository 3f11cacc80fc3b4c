/** Alerts of a workspace: kept until newer ones need the room. */
import type { Alert } from './protocol.ts';

/** More than anybody reads; the oldest make room. */
export const MAX_ALERTS_KEPT = 1_000;

/** Keeps an alert; one that was raised before keeps its moment. Runs inside the caller's transaction. */
export function raiseAlert(sql: SqlStorage, alert: Alert): void {
  sql.exec(
    'INSERT INTO alerts VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    alert.id,
    alert.raisedAtMs,
    JSON.stringify(alert),
  );
  sql.exec(
    'DELETE FROM alerts WHERE id NOT IN (SELECT id FROM alerts ORDER BY raised_at_ms DESC, id LIMIT ?)',
    MAX_ALERTS_KEPT,
  );
}

/** All that are kept, the latest first. */
export function readAlerts(sql: SqlStorage): readonly Alert[] {
  return sql
    .exec<{ body: string }>('SELECT body FROM alerts ORDER BY raised_at_ms DESC, id')
    .toArray()
    .map(({ body }) => JSON.parse(body) as Alert);
}
