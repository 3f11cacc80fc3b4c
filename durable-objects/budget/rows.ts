/** Rows of a ledger's tables, read and written. */

import { SETTLE_WITHIN_MS } from '../../decisioning/limits/lease.ts';
import type { ClaimState } from '../../decisioning/limits/ledger-claim.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import type { PriceState } from '../../decisioning/limits/price.ts';
import type { LeaseRow, LedgerRow, LiveLease, PeriodRow } from './book.ts';

type Row<T> = { [K in keyof T]: SqlStorageValue };

/** Who the ledger is; undefined before its first call. */
export function readLedger(sql: SqlStorage): LedgerRow | undefined {
  const row = sql
    .exec<{ workspaceId: string; key: string; revision: number; spec: string | null }>(
      'SELECT workspace_id AS workspaceId, key, revision, spec FROM ledger',
    )
    .toArray()[0];
  return row && { ...row, spec: row.spec === null ? null : (JSON.parse(row.spec) as LedgerSpec) };
}

export function writeLedger(sql: SqlStorage, { workspaceId, key, revision, spec }: LedgerRow): void {
  sql.exec(
    `INSERT INTO ledger (id, workspace_id, key, revision, spec) VALUES (1, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, spec = excluded.spec`,
    workspaceId,
    key,
    revision,
    spec && JSON.stringify(spec),
  );
}

/** The latest moment at which anything moved; 0 before. */
export function readLatestMs(sql: SqlStorage): number {
  return sql.exec<{ atMs: number | null }>('SELECT max(at_ms) AS atMs FROM accounts').one().atMs ?? 0;
}

export function readAccounts(sql: SqlStorage, period: string): PeriodRow | undefined {
  const row = sql
    .exec<Omit<Row<PeriodRow>, 'pace'> & { pace: string | null }>(
      'SELECT total, posted, pending, leased, remaining, uncharged, pace FROM accounts WHERE period = ?',
      period,
    )
    .toArray()[0];
  return row && ({ ...row, pace: row.pace === null ? null : (JSON.parse(row.pace) as PriceState) } as PeriodRow);
}

/** What the price went by last, in whichever period. */
export function readLatestPace(sql: SqlStorage): PriceState | null {
  const row = sql.exec<{ pace: string | null }>('SELECT pace FROM accounts ORDER BY at_ms DESC LIMIT 1').toArray()[0];
  return row?.pace ? (JSON.parse(row.pace) as PriceState) : null;
}

/** Forgets periods of which nothing is open, all but the newest. */
export function forgetPeriods(sql: SqlStorage, kept: number): void {
  sql.exec(
    `DELETE FROM accounts WHERE pending = 0 AND leased = 0
       AND period NOT IN (SELECT period FROM accounts ORDER BY at_ms DESC LIMIT ?)`,
    kept,
  );
  sql.exec('DELETE FROM alerts WHERE taken = 1 AND period NOT IN (SELECT period FROM accounts)');
}

export function writeAccounts(sql: SqlStorage, period: string, row: PeriodRow, nowMs: number): void {
  sql.exec(
    `INSERT INTO accounts (period, total, posted, pending, leased, remaining, uncharged, at_ms, pace)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (period) DO UPDATE SET total = excluded.total, posted = excluded.posted, pending = excluded.pending,
       leased = excluded.leased, remaining = excluded.remaining, uncharged = excluded.uncharged, at_ms = excluded.at_ms,
       pace = excluded.pace`,
    period,
    row.total,
    row.posted,
    row.pending,
    row.leased,
    row.remaining,
    row.uncharged,
    nowMs,
    row.pace && JSON.stringify(row.pace),
  );
}

const LEASE_COLUMNS = `lease_id AS leaseId, period, holder, units, held, returned, done, price, use_before_ms AS useBeforeMs, stage,
  due_at_ms AS dueAtMs, extended`;

type StoredLease = Omit<LeaseRow, 'done' | 'extended'> & { done: number; extended: number };

function leaseOf(row: Row<StoredLease>): LeaseRow {
  const stored = row as unknown as StoredLease;
  return { ...stored, done: stored.done === 1, extended: stored.extended === 1 };
}

export function readLease(sql: SqlStorage, leaseId: string): LeaseRow | undefined {
  const row = sql
    .exec<Row<StoredLease>>(`SELECT ${LEASE_COLUMNS} FROM leases WHERE lease_id = ?`, leaseId)
    .toArray()[0];
  return row && leaseOf(row);
}

/** Leases in a stage that are due before or at a moment, the longest due first. */
export function readDueLeases(sql: SqlStorage, stage: number, atMs: number, limit: number): LeaseRow[] {
  return sql
    .exec<Row<StoredLease>>(
      `SELECT ${LEASE_COLUMNS} FROM leases WHERE stage = ? AND due_at_ms <= ? ORDER BY due_at_ms LIMIT ?`,
      stage,
      atMs,
      limit,
    )
    .toArray()
    .map(leaseOf);
}

/** Leases that may be in use: open, not done, something held, and to be used before a later moment. */
export function readLiveLeases(sql: SqlStorage, atMs: number): LiveLease[] {
  return sql
    .exec<Row<LiveLease>>(
      `SELECT lease_id AS leaseId, holder, use_before_ms AS useBeforeMs FROM leases
       WHERE stage = 0 AND due_at_ms > ?1 + ?2 AND use_before_ms > ?1 AND done = 0 AND held > 0`,
      atMs,
      SETTLE_WITHIN_MS,
    )
    .toArray() as unknown as LiveLease[];
}

/** Closes the leases that are open so much later. */
export function postponeClosing(sql: SqlStorage, byMs: number): void {
  sql.exec('UPDATE leases SET due_at_ms = due_at_ms + ? WHERE stage = 0', byMs);
}

/** When the next lease of a stage is due; null when there is none. */
export function readNextDueMs(sql: SqlStorage, stage: number): number | null {
  return sql
    .exec<{ dueAtMs: number | null }>('SELECT min(due_at_ms) AS dueAtMs FROM leases WHERE stage = ?', stage)
    .one().dueAtMs;
}

/** Writes a lease that changed; what stands in the index is written only when it does: that is a row more. */
export function writeLease(sql: SqlStorage, lease: LeaseRow, stored: LeaseRow | undefined): void {
  const { leaseId, held, returned, stage, dueAtMs } = lease;
  const [done, extended] = [lease.done ? 1 : 0, lease.extended ? 1 : 0];
  if (!stored) insertLease(sql, lease);
  else if (stage === stored.stage && dueAtMs === stored.dueAtMs) {
    const set = 'UPDATE leases SET held = ?, returned = ?, done = ?, extended = ? WHERE lease_id = ?';
    sql.exec(set, held, returned, done, extended, leaseId);
  } else {
    const set = `UPDATE leases SET held = ?, returned = ?, done = ?, extended = ?, stage = ?, due_at_ms = ?
      WHERE lease_id = ?`;
    sql.exec(set, held, returned, done, extended, stage, dueAtMs, leaseId);
  }
}

function insertLease(sql: SqlStorage, lease: LeaseRow): void {
  sql.exec(
    `INSERT INTO leases (lease_id, period, holder, units, held, returned, done, price, use_before_ms, stage, due_at_ms, extended)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    lease.leaseId,
    lease.period,
    lease.holder,
    lease.units,
    lease.held,
    lease.returned,
    lease.done ? 1 : 0,
    lease.price,
    lease.useBeforeMs,
    lease.stage,
    lease.dueAtMs,
    lease.extended ? 1 : 0,
  );
}

/** A claim as it is kept. */
export interface ClaimRow {
  readonly units: number;
  readonly state: ClaimState;
}

export function readClaim(sql: SqlStorage, leaseId: string, decisionId: string): ClaimRow | undefined {
  return sql
    .exec<{ units: number; state: ClaimState }>(
      'SELECT units, state FROM claims WHERE lease_id = ? AND decision_id = ?',
      leaseId,
      decisionId,
    )
    .toArray()[0];
}

export function writeClaim(sql: SqlStorage, leaseId: string, decisionId: string, { units, state }: ClaimRow): void {
  sql.exec(
    `INSERT INTO claims (lease_id, decision_id, units, state) VALUES (?, ?, ?, ?)
     ON CONFLICT (lease_id, decision_id) DO UPDATE SET state = excluded.state`,
    leaseId,
    decisionId,
    units,
    state,
  );
}

/** What of a lease is claimed and not settled. */
export function readPendingUnits(sql: SqlStorage, leaseId: string): number {
  return (
    sql
      .exec<{ units: number | null }>(
        `SELECT sum(units) AS units FROM claims WHERE lease_id = ? AND state = 'pending'`,
        leaseId,
      )
      .one().units ?? 0
  );
}

/** Forgets up to so many claims of a lease; returns how many. */
export function forgetClaims(sql: SqlStorage, leaseId: string, limit: number): number {
  return sql
    .exec(
      `DELETE FROM claims WHERE lease_id = ?1
       AND decision_id IN (SELECT decision_id FROM claims WHERE lease_id = ?1 LIMIT ?2) RETURNING 1`,
      leaseId,
      limit,
    )
    .toArray().length;
}
