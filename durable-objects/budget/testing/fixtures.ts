/** Ledgers for tests: with storage of their own, at any time, looked at after every step. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { LEASE_LIFE_MS, SETTLE_WITHIN_MS } from '../../../decisioning/limits/lease.ts';
import { type Accounts, checked } from '../../../decisioning/limits/ledger.ts';
import type { LedgerSpec } from '../../../decisioning/limits/ledger-spec.ts';
import type { StubSource } from '../../shared/stub.ts';
import { Ledger } from '../ledger.ts';
import type { LeaseCall, LeaseReply, LeaseReport, LedgerAddress, LedgerStanding, Settlement } from '../protocol.ts';

/** The bindings of the tests' runtime. */
export const source = env as unknown as StubSource;

/** A Sunday noon in winter. */
export const T0 = Date.parse('2026-11-22T12:00:00Z');
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** When a lease that was taken at `T0` is closed: claims on the test's ledgers live for two minutes. */
export const CLOSES_MS = T0 + LEASE_LIFE_MS + 2 * MINUTE_MS + SETTLE_WITHIN_MS;

let ledgers = 0;

/** A pool of 1,000 units that lasts for ever and is not paced. */
export function specOf(changes: Partial<LedgerSpec> = {}): LedgerSpec {
  return {
    key: 'pool:spring',
    total: 1_000,
    period: 'once',
    timeZone: 'UTC',
    startsAtMs: null,
    endsAtMs: null,
    pacing: { mode: 'none' },
    alertsAt: [],
    claimLifeMs: 2 * MINUTE_MS,
    ...changes,
  };
}

/** An address in a workspace of its own: tests of a file share their objects' storage. */
export function newAddress(changes: Partial<LedgerSpec> = {}): LedgerAddress {
  ledgers += 1;
  return { workspaceId: `workspace-${ledgers}`, spec: specOf(changes), revision: 1 };
}

/** Sums over the rows of an object, to be compared with its accounts. */
export function audit(sql: SqlStorage): void {
  type PeriodSums = Accounts & { period: string; held: number; claimed: number; paid: number };
  const rows = sql.exec<PeriodSums & Record<string, SqlStorageValue>>(
    `SELECT period, total, posted, pending, leased, remaining,
       (SELECT coalesce(sum(held), 0) FROM leases WHERE leases.period = accounts.period) AS held,
       (SELECT coalesce(sum(claims.units), 0) FROM claims JOIN leases USING (lease_id)
         WHERE leases.period = accounts.period AND state = 'pending') AS claimed,
       (SELECT coalesce(sum(claims.units), 0) FROM claims JOIN leases USING (lease_id)
         WHERE leases.period = accounts.period AND state = 'posted') AS paid
     FROM accounts`,
  );
  for (const row of rows) {
    checked(row);
    if (row.leased !== row.held) throw new Error(`leased ${row.leased}, but leases hold ${row.held}`);
    if (row.pending !== row.claimed) throw new Error(`pending ${row.pending}, but claims are ${row.claimed}`);
    // Claims are forgotten some days after they were settled: what was paid stays.
    if (row.posted < row.paid) throw new Error(`posted ${row.posted}, but claims are ${row.paid}`);
  }
}

export type Wanted = Partial<Pick<LeaseCall, 'holder' | 'leaseId' | 'wanted' | 'atLeast' | 'preferred' | 'reports'>>;

/**
 * A ledger whose clock the test sets. Its object is never called from outside, so that its alarm never runs: `tick` does its work. Every
 * step is followed by an audit of all rows.
 */
export function newLedger(changes: Partial<LedgerSpec> = {}, startMs = T0) {
  let address = newAddress(changes);
  const stub = source.BUDGET.getByName(`ledger-${address.workspaceId}`);
  const { workspaceId } = address;
  const { key } = address.spec;
  let wokeAtMs = startMs - DAY_MS;
  let ledger: { of: SqlStorage; is: Ledger } | undefined;
  let leases = 0;
  const run = <T>(step: (ledger: Ledger, sql: SqlStorage) => T): Promise<T> =>
    runInDurableObject(stub, (_object, { storage }) => {
      if (ledger?.of !== storage.sql) ledger = { of: storage.sql, is: new Ledger(storage, wokeAtMs) };
      const result = step(ledger.is, storage.sql);
      audit(storage.sql);
      return result;
    });
  const clock = { nowMs: startMs };
  return {
    clock,
    run,
    /** The storage itself, for a test that makes ledgers of its own over it. */
    storage: (step: (storage: DurableObjectStorage) => void): Promise<void> =>
      runInDurableObject(stub, (_object, { storage }) => step(storage)),
    address: () => address,
    /** Publishes another configuration. */
    configure: (more: Partial<LedgerSpec>, revision = address.revision + 1) => {
      address = { ...address, spec: { ...address.spec, ...more }, revision };
    },
    call: (wanted: Wanted = {}): LeaseCall => {
      leases += 1;
      return { ...address, holder: 'one', leaseId: `lease-${leases}`, wanted: 10, atLeast: 1, reports: [], ...wanted };
    },
    lease: (call: LeaseCall): Promise<LeaseReply> => run((ledger) => ledger.lease(call, clock.nowMs)),
    settle: (...settlements: Settlement[]) =>
      run((ledger) => ledger.settle(workspaceId, key, settlements, clock.nowMs)),
    standing: (): Promise<LedgerStanding> => run((ledger) => ledger.standing(address, clock.nowMs)),
    tick: () => run((ledger) => ledger.tick(clock.nowMs)),
    nextDueMs: () => run((ledger) => ledger.nextDueMs()),
    alerts: () => run((ledger) => ledger.alerts().alerts),
    /** The object is gone from memory, and comes back at `atMs`. */
    evict: async (atMs = wokeAtMs) => {
      wokeAtMs = atMs;
      await evictDurableObject(stub);
    },
  };
}

/** Units of a lease that was granted; 0 of one that was refused. */
export function unitsOf(reply: LeaseReply): number {
  return reply.outcome === 'leased' ? reply.lease.units : 0;
}

/** A report that a lease is over. */
export function report(leaseId: string, changes: Partial<LeaseReport> = {}): LeaseReport {
  return { leaseId, returned: 0, claims: [], done: true, ...changes };
}

/** A claim that was seen in time. */
export function post(leaseId: string, decisionId: string, units: number): Settlement {
  return { leaseId, decisionId, units, kind: 'post' };
}

/** A claim that lapsed. */
export function lapse(leaseId: string, decisionId: string, units: number): Settlement {
  return { leaseId, decisionId, units, kind: 'void' };
}
