/** What really became of every unit: claimed by decisions that were made, spent by those that were seen or sent in time. */
import { CLOCKS_APART_MS } from '../../decisioning/limits/lease.ts';
import type { StoredDecision } from '../../durable-objects/customer/protocol.ts';
import type { SimulatedObject } from './object.ts';

/** One period of one ledger, as its object has it. */
export interface AccountRow {
  readonly ledger: string;
  readonly period: string;
  readonly total: number;
  readonly posted: number;
  readonly pending: number;
  readonly leased: number;
  readonly remaining: number;
  readonly uncharged: number;
}

/** Accounts of a ledger's object by period; none before it was called. */
export function accountsOf(object: SimulatedObject): AccountRow[] {
  const rows = object.database
    .exec(
      'SELECT key AS ledger, period, total, posted, pending, leased, remaining, uncharged FROM accounts, ledger',
      [],
    )
    .toArray();
  return rows as unknown as AccountRow[];
}

/** A ledger remembers a lease for days after its end. */
const FORGOTTEN_MS = 2 * 86_400_000;

interface LeaseTruth {
  readonly units: number;
  readonly useBeforeMs: number;
  claimed: number;
}

export class Money {
  /** What was leased, and what decisions took of it. */
  readonly #leases = new Map<string, LeaseTruth>();
  /** ledger → units of decisions that were seen or sent in time. */
  readonly spent = new Map<string, number>();
  readonly #settled = new Set<string>();

  /** A lease was granted. */
  leased(object: SimulatedObject, leaseId: string): void {
    const [row] = object.database
      .exec('SELECT units, use_before_ms AS useBeforeMs FROM leases WHERE lease_id = ?', [leaseId])
      .toArray() as unknown as LeaseTruth[];
    const known = this.#leases.get(leaseId);
    // An isolate that never heard of a lease asks for it again, and after days the ledger has forgotten the first.
    if (row && (!known || row.useBeforeMs > known.useBeforeMs + FORGOTTEN_MS))
      this.#leases.set(leaseId, { ...row, claimed: 0 });
  }

  /** What is wrong with the claims of a decision that was made when the object's time was `nowMs`; null when they are right. */
  wrongWithClaims({ record, claims }: StoredDecision, nowMs: number): string | null {
    for (const { ledger, leaseId, units } of claims ?? []) {
      const lease = this.#leases.get(leaseId);
      if (!lease) return `lease: ${record.decisionId} claims ${units} of ${ledger} from a lease that was never granted`;
      lease.claimed += units;
      if (lease.claimed > lease.units)
        return `lease: ${record.decisionId} claims ${units} of ${ledger}: ${lease.claimed} of ${lease.units} units of a lease`;
      // The ledger's clock, the worker's and the customer's time: two steps, and none is longer than clocks are apart.
      if (nowMs >= lease.useBeforeMs + 2 * CLOCKS_APART_MS)
        return `lease: ${record.decisionId} claims of ${ledger} ${nowMs - lease.useBeforeMs} ms after its lease was over`;
    }
    return null;
  }

  /** A decision was seen or sent for the first time. */
  contacted({ record, claims }: StoredDecision, inTime: boolean): void {
    if (!inTime || this.#settled.has(record.decisionId)) return;
    this.#settled.add(record.decisionId);
    for (const { ledger, units } of claims ?? []) this.spent.set(ledger, (this.spent.get(ledger) ?? 0) + units);
  }

  /** The decision is gone; what it spent stays spent. */
  forgotten(decisionId: string): void {
    this.#settled.delete(decisionId);
  }

  /** What is wrong with a ledger's accounts; null when they are right. */
  wrongWith(object: SimulatedObject): string | null {
    const rows = accountsOf(object);
    let posted = 0;
    for (const row of rows) {
      const { ledger, total, pending, leased, remaining } = row;
      posted += row.posted;
      const parts = [row.posted, pending, leased, remaining];
      if (parts.some((units) => units < 0) || parts.reduce((sum, units) => sum + units, 0) !== total)
        return `ledger: ${ledger} holds ${parts.join(' + ')}, not ${total}`;
    }
    const ledger = rows[0]?.ledger;
    const spent = ledger === undefined ? 0 : (this.spent.get(ledger) ?? 0);
    return posted > spent ? `ledger: ${ledger} has posted ${posted} of ${spent} units that were spent` : null;
  }

  /** What is wrong once everything was delivered and all leases have closed. */
  wrongAtTheEnd(object: SimulatedObject): string | null {
    const rows = accountsOf(object);
    const sum = (field: 'posted' | 'pending' | 'leased' | 'uncharged') =>
      rows.reduce((total, row) => total + row[field], 0);
    const ledger = rows[0]?.ledger ?? '';
    if (sum('leased') > 0) return `ledger: ${sum('leased')} units of ${ledger} stay leased`;
    if (sum('pending') > 0) return `ledger: ${sum('pending')} units of ${ledger} stay pending`;
    const spent = this.spent.get(ledger) ?? 0;
    const told = sum('posted') + sum('uncharged');
    if (told !== spent) return `ledger: ${told} units of ${ledger} were posted, ${spent} were spent`;
    return sum('uncharged') > 0 ? `ledger: ${sum('uncharged')} units of ${ledger} were spent and not there` : null;
  }
}
