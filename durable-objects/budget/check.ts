/** What a ledger is told is checked before anything of it is stored: what is booked wrong stays wrong. */
import {
  type LeaseCall,
  type LeaseReport,
  MAX_LEASE_REPORTS,
  MAX_REPORTED_CLAIMS,
  MAX_SETTLEMENTS,
  type Settlement,
} from './protocol.ts';

/** Ids of decisions have 44 characters, those of leases and isolates fewer: room for longer ones, and rows stay small. */
const MAX_NAME_LENGTH = 128;

function refuse(what: string): never {
  throw new RangeError(`ledger: ${what}`);
}

function checkName(value: string, what: string): void {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_LENGTH) refuse(`${what} is no name`);
}

function checkUnits(value: number, what: string, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) refuse(`${what} is no count of at least ${least}`);
}

function checkReport({ leaseId, returned, claims }: LeaseReport): void {
  checkName(leaseId, 'reports.leaseId');
  checkUnits(returned, 'reports.returned', 0);
  for (const { decisionId, units } of claims) {
    checkName(decisionId, 'reports.claims.decisionId');
    checkUnits(units, 'reports.claims.units', 1);
  }
}

/** @throws RangeError naming the field */
export function checkLeaseCall(call: LeaseCall): void {
  const { workspaceId, holder, leaseId, wanted, atLeast, preferred, reports, revision } = call;
  checkName(workspaceId, 'workspaceId');
  checkName(holder, 'holder');
  checkName(leaseId, 'leaseId');
  checkUnits(wanted, 'wanted', 0);
  checkUnits(atLeast, 'atLeast', 1);
  if (preferred !== undefined) checkUnits(preferred, 'preferred', atLeast);
  checkUnits(revision, 'revision', 0);
  if (reports.length > MAX_LEASE_REPORTS) refuse(`more than ${MAX_LEASE_REPORTS} reports`);
  const claims = reports.reduce((sum, report) => sum + report.claims.length, 0);
  if (claims > MAX_REPORTED_CLAIMS) refuse(`more than ${MAX_REPORTED_CLAIMS} claims`);
  for (const report of reports) checkReport(report);
}

/** @throws RangeError naming the field */
export function checkSettlements(settlements: readonly Settlement[]): void {
  if (settlements.length > MAX_SETTLEMENTS) refuse(`more than ${MAX_SETTLEMENTS} settlements`);
  for (const { decisionId, leaseId, units, kind } of settlements) {
    checkName(decisionId, 'decisionId');
    checkName(leaseId, 'leaseId');
    checkUnits(units, 'units', 1);
    if (kind !== 'post' && kind !== 'void') refuse('kind is neither post nor void');
  }
}

/** @throws RangeError when a call meant for another ledger reached this object */
export function checkSame(
  known: { readonly workspaceId: string; readonly key: string },
  told: { readonly workspaceId: string; readonly key: string },
): void {
  if (known.workspaceId !== told.workspaceId || known.key !== told.key) refuse('another ledger’s call');
}
