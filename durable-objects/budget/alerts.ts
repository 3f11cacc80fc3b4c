/** Alerts of a ledger: raised in the transaction that gives cause to them, kept until the publisher has taken them. */
import { CLOCKS_APART_MS } from '../../decisioning/limits/lease.ts';
import { committedOf } from '../../decisioning/limits/ledger.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { Alert } from '../publisher/protocol.ts';
import type { Book } from './book.ts';
import { readAccounts, readLedger } from './rows.ts';

/** Alerts handed over in one run of the alarm: a ledger has at most twelve a day. */
export const MAX_ALERTS_TOLD = 50;

function idOf({ ledger }: Book, period: string, what: string): string {
  return `budget ${ledger?.key} ${period} ${what}`;
}

function raise(book: Book, period: string, kind: Alert['kind'], what: string, detail: Alert['detail']): void {
  const { ledger } = book;
  if (!ledger) return;
  const id = idOf(book, period, what);
  const { nowMs } = book;
  const alert: Alert = {
    id,
    kind,
    subject: ledger.key,
    raisedAtMs: nowMs,
    figuresAtMs: nowMs,
    detail: { period, ...detail },
  };
  book.sql.exec(
    `INSERT INTO alerts (id, period, body) VALUES (?1, ?2, ?3)
     ON CONFLICT (id) DO UPDATE SET taken = 0, body = json_set(?3, '$.raisedAtMs', json_extract(body, '$.raisedAtMs'))`,
    id,
    period,
    JSON.stringify(alert),
  );
}

/** The highest threshold that is reached, as a share of what is configured; 0 below all of them. */
function levelOf(spec: LedgerSpec | null | undefined, posted: number): number {
  if (!spec || spec.total === 0) return 0;
  return spec.alertsAt.findLast((share) => posted >= share * spec.total) ?? 0;
}

/**
 * Tells that spending rose to a threshold, each once for a total: of several that are passed at once the highest alone. Judged by the configured total:
 * one that cannot be reached yet, because more is committed, is nobody's. Runs before anything of the step is stored; a total that changed
 * tells nothing while the same threshold is the highest as before.
 */
export function alertThresholds(book: Book, period: string): void {
  const { spec } = book.ledger ?? {};
  const row = book.period(period);
  const share = levelOf(spec, row.posted);
  if (!spec || share === 0) return;
  const { total } = spec;
  const what = `${share} of ${total}`;
  const id = idOf(book, period, what);
  if (book.raised.has(id)) return;
  book.raised.add(id);
  if (share <= levelOf(readLedger(book.sql)?.spec, readAccounts(book.sql, period)?.posted ?? 0)) return;
  if (book.sql.exec('SELECT 1 FROM alerts WHERE id = ?', id).toArray().length > 0) return;
  const remaining = Math.max(0, total - committedOf(row));
  raise(book, period, 'ledger_threshold', what, { share, posted: row.posted, total, remaining });
}

/**
 * The ledger's time is ahead of its host's clock by more than clocks are apart: some host's clock was wrong. Time stands still here until the
 * clock has caught up, and days begin and leases are closed that much late, or began too soon. Told once for each period.
 */
export function alertClockAhead(book: Book): void {
  if (book.aheadMs <= CLOCKS_APART_MS) return;
  const { id: period } = book.window();
  const id = idOf(book, period, 'clock');
  if (book.raised.has(id)) return;
  book.raised.add(id);
  if (book.sql.exec('SELECT 1 FROM alerts WHERE id = ?', id).toArray().length > 0) return;
  raise(book, period, 'clock_ahead', 'clock', { aheadMs: book.aheadMs, until: new Date(book.nowMs).toISOString() });
}

/** Units were spent that nothing was left for. */
export function alertUncharged(book: Book, period: string): void {
  const { uncharged, total } = book.period(period);
  raise(book, period, 'ledger_uncharged', 'uncharged', { uncharged, total });
}

/** More claims were given back that nobody had settled for days. */
export function alertUnsettled(book: Book, period: string, units: number): void {
  const what = 'unsettled';
  const told = book.sql
    .exec<{ units: number }>(
      `SELECT json_extract(body, '$.detail.unsettled') AS units FROM alerts WHERE id = ?`,
      idOf(book, period, what),
    )
    .toArray()[0];
  const detail = { unsettled: (told?.units ?? 0) + units, total: book.period(period).total };
  raise(book, period, 'ledger_uncharged', what, detail);
}

export function hasUntaken(sql: SqlStorage): boolean {
  return sql.exec('SELECT 1 FROM alerts WHERE taken = 0 LIMIT 1').toArray().length > 0;
}

/** Alerts that the publisher has not taken yet. */
export function untakenAlerts(sql: SqlStorage): readonly Alert[] {
  return sql
    .exec<{ body: string }>('SELECT body FROM alerts WHERE taken = 0 LIMIT ?', MAX_ALERTS_TOLD)
    .toArray()
    .map(({ body }) => JSON.parse(body) as Alert);
}

/** The publisher has taken an alert as it was told; one that has new figures since stays. */
export function markTaken(sql: SqlStorage, alert: Alert): void {
  sql.exec('UPDATE alerts SET taken = 1 WHERE id = ? AND body = ?', alert.id, JSON.stringify(alert));
}
