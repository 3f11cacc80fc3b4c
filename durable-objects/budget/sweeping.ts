/** What time does to leases: gives back what is in doubt, gives up on claims that nobody settles, forgets what is over. */
import { alertUnsettled } from './alerts.ts';
import { type Book, LEASE_STAGES, type LeaseRow } from './book.ts';
import { forgetClaims, readNextDueMs, readPendingUnits } from './rows.ts';

/**
 * How long a closed lease and its claims are remembered, since the last settlement that came late: a settlement that was taken, but
 * whose sender did not hear of it, comes again within minutes, or when its customer's object is back from an outage. What comes again
 * later still takes free units or is uncharged: too little is spent then, never too much.
 */
export const REMEMBERED_MS = 259_200_000;
/** A claim that a customer's object has not settled this long after its lease was closed never will be: the object is lost. */
export const UNSETTLED_MS = 604_800_000;
/** An object that comes back hears for this long what waited for it before it gives anything back: three of the longest back-offs. */
export const WAKE_GRACE_MS = 180_000;
/** An alarm that rings later than this after its time tells of an outage. */
export const PUNCTUAL_MS = 30_000;
/** Leases looked at in one transaction: what calls must wait for takes some milliseconds. */
export const MAX_SWEPT_LEASES = 20;
/** Claims of one lease that are forgotten in one transaction; of a busy one there are some thousand. */
export const MAX_FORGOTTEN_CLAIMS = 1_000;

/**
 * Closes leases whose time has come, up to {@link MAX_SWEPT_LEASES}. Runs inside the caller's transaction, with every call: what comes
 * back is there when it should be, however late the alarm is.
 *
 * @param wokeAtMs since when this object is up
 */
export function closeDue(book: Book, wokeAtMs: number): void {
  for (const lease of book.dueLeases(LEASE_STAGES.open, MAX_SWEPT_LEASES)) close(book, lease, wokeAtMs);
}

/** Does all that is due, the longest due first, as far as one transaction should. */
export function sweep(book: Book, wokeAtMs: number): void {
  closeDue(book, wokeAtMs);
  for (const lease of book.dueLeases(LEASE_STAGES.closed, MAX_SWEPT_LEASES)) forgetOrWait(book, lease);
  for (const lease of book.dueLeases(LEASE_STAGES.unsettled, MAX_SWEPT_LEASES)) giveUp(book, lease);
}

/** When something is due next; null when nothing is. */
export function nextDueMs(book: Book): number | null {
  const stages = Object.values(LEASE_STAGES);
  const due = stages.map((stage) => readNextDueMs(book.sql, stage)).filter((atMs) => atMs !== null);
  return due.length === 0 ? null : Math.min(...due);
}

/** Gives back what is in doubt: whatever was claimed of it is settled by now, unless this object could not hear of it. */
function close(book: Book, lease: LeaseRow, wokeAtMs: number): void {
  const graceEndsMs = wokeAtMs + WAKE_GRACE_MS;
  const wasWaitedFor = lease.extended && book.nowMs - lease.dueAtMs <= PUNCTUAL_MS;
  if (lease.held > 0 && book.nowMs < graceEndsMs && !wasWaitedFor) {
    book.setLease({ ...lease, dueAtMs: graceEndsMs, extended: true });
    return;
  }
  const closed = { ...lease, stage: LEASE_STAGES.closed, dueAtMs: book.nowMs + REMEMBERED_MS };
  book.release(closed, 'remaining', lease.held);
}

function forgetOrWait(book: Book, lease: LeaseRow): void {
  if (readPendingUnits(book.sql, lease.leaseId) === 0) {
    forget(book, lease);
    return;
  }
  const dueAtMs = Math.max(book.nowMs, lease.dueAtMs - REMEMBERED_MS + UNSETTLED_MS);
  book.setLease({ ...lease, stage: LEASE_STAGES.unsettled, dueAtMs });
}

/** Gives back what nobody settled in a week, and remembers it: should it be posted after all, it is paid from what is free. */
function giveUp(book: Book, lease: LeaseRow): void {
  const units = readPendingUnits(book.sql, lease.leaseId);
  if (units === 0) {
    forget(book, lease);
    return;
  }
  book.sql.exec(`UPDATE claims SET state = 'released' WHERE lease_id = ? AND state = 'pending'`, lease.leaseId);
  book.move(lease.period, 'pending', 'remaining', units);
  book.setLease({ ...lease, dueAtMs: book.nowMs + REMEMBERED_MS });
  alertUnsettled(book, lease.period, units);
}

/** Forgets a lease with its last claims; one that has more is due again at once. */
function forget(book: Book, { leaseId }: LeaseRow): void {
  if (forgetClaims(book.sql, leaseId, MAX_FORGOTTEN_CLAIMS) === MAX_FORGOTTEN_CLAIMS) return;
  book.sql.exec('DELETE FROM leases WHERE lease_id = ?', leaseId);
}
