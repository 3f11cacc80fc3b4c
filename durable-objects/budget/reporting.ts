/** What workers tell of their leases. */
import { reportedStep } from '../../decisioning/limits/ledger-claim.ts';
import type { Book } from './book.ts';
import type { LeaseReport } from './protocol.ts';
import { readClaim, writeClaim } from './rows.ts';

/**
 * Takes what is new in reports. Those of leases that are forgotten are passed over: every claim of theirs was settled, or given up.
 * Runs inside the caller's transaction.
 */
export function takeReports(book: Book, reports: readonly LeaseReport[]): void {
  for (const report of reports) takeReport(book, report);
}

function takeReport(book: Book, { leaseId, returned, claims, done }: LeaseReport): void {
  // Claims first: what is claimed is not given back, whatever a worker makes of it.
  for (const { decisionId, units } of claims) takeClaim(book, leaseId, decisionId, units);
  const lease = book.lease(leaseId);
  if (!lease) return;
  // Never more than nobody has told of: a lease that was closed has given it all back.
  const back = Math.min(Math.max(0, returned - lease.returned), lease.held);
  if (back === 0 && lease.done === (lease.done || done)) return;
  const told = { ...lease, returned: Math.max(returned, lease.returned), done: lease.done || done };
  book.release(told, 'remaining', back);
}

function takeClaim(book: Book, leaseId: string, decisionId: string, units: number): void {
  const lease = book.lease(leaseId);
  if (!lease) return;
  const known = readClaim(book.sql, leaseId, decisionId);
  const { remaining } = book.period(lease.period);
  const step = reportedStep(known?.state, units, { held: lease.held, remaining });
  if (!step?.from || !step.to) return;
  if (step.from === 'leased') book.release(lease, step.to, units);
  else book.move(lease.period, step.from, step.to, units);
  writeClaim(book.sql, leaseId, decisionId, { units, state: step.state });
}
