/** What customers' objects tell of claims: seen in time, or lapsed. */
import { settledStep } from '../../decisioning/limits/ledger-claim.ts';
import { alertUncharged } from './alerts.ts';
import { type Book, LEASE_STAGES, type LeaseRow } from './book.ts';
import type { Settlement, SettleReply } from './protocol.ts';
import { readClaim, writeClaim } from './rows.ts';
import { REMEMBERED_MS } from './sweeping.ts';

/** Settles claims, each once. Runs inside the caller's transaction. */
export function settleClaims(book: Book, periodNow: string, settlements: readonly Settlement[]): SettleReply {
  let [settled, uncharged] = [0, 0];
  for (const settlement of settlements) {
    const state = settleClaim(book, periodNow, settlement);
    if (state !== undefined) settled += 1;
    if (state === 'uncharged') uncharged += 1;
  }
  return { settled, uncharged };
}

function settleClaim(book: Book, periodNow: string, settlement: Settlement) {
  const { leaseId, decisionId, kind } = settlement;
  const lease = book.lease(leaseId) ?? unknownLease(book, periodNow, leaseId);
  const known = readClaim(book.sql, leaseId, decisionId);
  // What was told first stands: a claim does not change its size.
  const units = known?.units ?? settlement.units;
  const { remaining } = book.period(lease.period);
  const step = settledStep(known?.state, kind, units, { held: lease.held, remaining });
  if (!step) return undefined;
  const left = rememberLonger(book, lease);
  if (step.from === 'leased' && step.to) book.release(left, step.to, units);
  else if (step.from && step.to) book.move(lease.period, step.from, step.to, units);
  writeClaim(book.sql, leaseId, decisionId, { units, state: step.state });
  if (step.state === 'uncharged') chargeNobody(book, lease.period, units);
  return step.state;
}

/** Counts units that were spent and that nothing was left for. */
function chargeNobody(book: Book, period: string, units: number): void {
  const row = book.period(period);
  book.setPeriod(period, { ...row, uncharged: row.uncharged + units });
  alertUncharged(book, period);
}

/** A lease that is settled late is remembered that much longer, so that a repeat is known for one. */
function rememberLonger(book: Book, lease: LeaseRow): LeaseRow {
  const dueAtMs = book.nowMs + REMEMBERED_MS;
  if (lease.stage !== LEASE_STAGES.closed || lease.dueAtMs >= dueAtMs - REMEMBERED_MS / 2) return lease;
  const later = { ...lease, dueAtMs };
  book.setLease(later);
  return later;
}

/** Stands for a lease that is forgotten, so that what is settled of it is settled once: it holds nothing, and is of today. */
function unknownLease(book: Book, period: string, leaseId: string): LeaseRow {
  const dueAtMs = book.nowMs + REMEMBERED_MS;
  const nothing = { holder: '', units: 0, held: 0, returned: 0, done: true, price: 0, extended: false } as const;
  const lease = { ...nothing, leaseId, period, useBeforeMs: 0, stage: LEASE_STAGES.closed, dueAtMs };
  book.setLease(lease);
  return lease;
}
