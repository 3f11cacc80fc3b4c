/** Alerts of a workspace: kept until newer ones need the room. */
import type { Alert, KeptAlert } from './protocol.ts';

/** More than anybody reads; the oldest make room. */
export const MAX_ALERTS_KEPT = 1_000;

/** Whether figures that are told are no older than those that are kept; taken for so where either bears no time. */
const NO_OLDER = `coalesce(json_extract(excluded.body, '$.figuresAtMs') >= json_extract(alerts.body, '$.figuresAtMs'), TRUE)`;

/**
 * Keeps an alert; one that was raised before keeps its moment, and who acknowledged it, and the latest figures. Runs inside the caller's
 * transaction.
 */
export function raiseAlert(sql: SqlStorage, alert: Alert): void {
  sql.exec(
    `INSERT INTO alerts VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE ${NO_OLDER}`,
    alert.id,
    alert.raisedAtMs,
    JSON.stringify(alert),
  );
  sql.exec(
    'DELETE FROM alerts WHERE id NOT IN (SELECT id FROM alerts ORDER BY raised_at_ms DESC, id LIMIT ?)',
    MAX_ALERTS_KEPT,
  );
  sql.exec('DELETE FROM acknowledged WHERE alert_id NOT IN (SELECT id FROM alerts)');
}

interface AlertRow {
  readonly body: string;
  readonly raisedAtMs: number;
  readonly atMs: number | null;
  readonly actor: string | null;
}

const COLUMNS = `SELECT body, raised_at_ms AS raisedAtMs, at_ms AS atMs, actor
  FROM alerts LEFT JOIN acknowledged ON alert_id = id`;

function keptAlert({ body, raisedAtMs, atMs, actor }: AlertRow): KeptAlert {
  const alert = JSON.parse(body) as Alert;
  // The figures are the latest, the moment is the first.
  return { ...alert, raisedAtMs, acknowledged: atMs === null || actor === null ? null : { atMs, actor } };
}

/** All that are kept, the latest first. */
export function readAlerts(sql: SqlStorage): readonly KeptAlert[] {
  return sql
    .exec(`${COLUMNS} ORDER BY raised_at_ms DESC, id`)
    .toArray()
    .map((row) => keptAlert(row as unknown as AlertRow));
}

/** Notes who has seen an alert, unless somebody had before. Null when there is none of that id. Runs inside the caller's transaction. */
export function acknowledgeAlert(sql: SqlStorage, id: string, actor: string, atMs: number): KeptAlert | null {
  sql.exec(
    'INSERT INTO acknowledged SELECT id, ?, ? FROM alerts WHERE id = ? ON CONFLICT (alert_id) DO NOTHING',
    atMs,
    actor,
    id,
  );
  const row = sql.exec(`${COLUMNS} WHERE id = ?`, id).toArray()[0];
  return row ? keptAlert(row as unknown as AlertRow) : null;
}
