/** What leases may do, checked against the ledger's rows after each call: what comes back was given back, and nothing runs ahead of a plan. */
import { LEASE_STAGES } from '../../durable-objects/budget/book.ts';
import type { LeaseCall } from '../../durable-objects/budget/protocol.ts';
import type { SimulatedObject } from './object.ts';

const DAY_MS = 86_400_000;
/** A slice is planned for so long ahead. */
const AHEAD_MS = 10_000;
/** Of a ledger's total: spending is promised to be no further ahead of its plan. */
const AHEAD_SHARE = 0.01;

interface LeaseRow {
  readonly units: number;
  readonly held: number;
  readonly stage: number;
  readonly period: string;
  readonly claims: number;
}

interface PlanRow {
  readonly committed: number;
  readonly spec: string;
}

export class LeaseTruth {
  /** lease → the most that its worker ever said to have given back. */
  readonly #returned = new Map<string, number>();
  readonly #granted = new Set<string>();

  /** What is wrong after a worker's call reached the disk; null when all is right. */
  wrongWith(object: SimulatedObject, call: LeaseCall, atMs: number): string | null {
    for (const { leaseId, returned } of call.reports) {
      this.#returned.set(leaseId, Math.max(returned, this.#returned.get(leaseId) ?? 0));
      const wrong = this.#wrongWithReturned(object, call.spec.key, leaseId);
      if (wrong) return wrong;
    }
    return call.wanted > 0 && call.spec.pacing.mode === 'even' ? this.#wrongWithPlan(object, call, atMs) : null;
  }

  #row(object: SimulatedObject, leaseId: string): LeaseRow | undefined {
    const text = `SELECT units, held, stage, period,
      (SELECT coalesce(sum(c.units), 0) FROM claims c WHERE c.lease_id = l.lease_id) AS claims FROM leases l WHERE lease_id = ?`;
    return object.database.exec(text, [leaseId]).toArray()[0] as unknown as LeaseRow | undefined;
  }

  /** Every unit of an open lease is returned, claimed or still held: what is in doubt counts as held. */
  #wrongWithReturned(object: SimulatedObject, ledger: string, leaseId: string): string | null {
    const row = this.#row(object, leaseId);
    if (!row || row.stage !== LEASE_STAGES.open) return null;
    const back = row.units - row.held - row.claims;
    const told = this.#returned.get(leaseId) ?? 0;
    return back > told ? `doubt: ${ledger} took back ${back} units of a lease of which ${told} were returned` : null;
  }

  /** An even plan of a day in UTC: what is committed once more was leased is planned by then, but for one percent. */
  #wrongWithPlan(object: SimulatedObject, { leaseId, spec }: LeaseCall, atMs: number): string | null {
    const lease = this.#row(object, leaseId);
    if (!lease || this.#granted.has(leaseId)) return null;
    this.#granted.add(leaseId);
    const text = 'SELECT posted + pending + leased AS committed, spec FROM accounts, ledger WHERE period = ?';
    const [row] = object.database.exec(text, [lease.period]).toArray() as unknown as PlanRow[];
    if (!row) return null;
    const { total } = JSON.parse(row.spec) as { readonly total: number };
    const dayMs = Date.parse(`${/\d{4}-\d\d-\d\d/.exec(lease.period)?.[0]}T00:00:00Z`);
    const laterMs = Math.max(atMs, object.host.now());
    const planned = total * Math.min(1, (laterMs + AHEAD_MS - dayMs) / DAY_MS) + total * AHEAD_SHARE;
    return row.committed > planned
      ? `plan: ${spec.key} has leased up to ${row.committed} of ${total} units, ${planned.toFixed(2)} were planned`
      : null;
  }
}
