/** The rows that a call works on: read once, changed in memory, written back in the caller's transaction. */
import { LEASE_LIFE_MS } from '../../decisioning/limits/lease.ts';
import { type Account, type Accounts, fitTotal, openAccounts, transfer } from '../../decisioning/limits/ledger.ts';
import type { PriceState } from '../../decisioning/limits/price.ts';
import { type LedgerWindow, windowAt } from '../../decisioning/limits/windows.ts';
import type { AdoptedSpec } from './adopting.ts';
import {
  readAccounts,
  readDueLeases,
  readLatestMs,
  readLatestPace,
  readLease,
  readLedger,
  readLiveLeases,
  writeAccounts,
  writeLease,
  writeLedger,
} from './rows.ts';

/** Isolates that were refused and are remembered: one is enough to be fair to. */
const MAX_WAITING = 64;

/** Who the ledger is and how it is configured; `spec` is null until a lease was asked for. */
export interface LedgerRow {
  readonly workspaceId: string;
  readonly key: string;
  readonly revision: number;
  readonly spec: AdoptedSpec | null;
}

/** One period's accounts, and what is known beside them. */
export interface PeriodRow extends Accounts {
  /** Posts that nothing was left for. */
  readonly uncharged: number;
  /** What the price goes on from; null before anything was leased. */
  readonly pace: PriceState | null;
}

/** Open: units may be in doubt. Closed: they went back; claims may still be settled. Unsettled: claims are days late. */
export const LEASE_STAGES = { open: 0, closed: 1, unsettled: 2 } as const;
export type LeaseStage = (typeof LEASE_STAGES)[keyof typeof LEASE_STAGES];

/** A slice that was handed out, as it stands. */
export interface LeaseRow {
  readonly leaseId: string;
  readonly period: string;
  readonly holder: string;
  readonly units: number;
  /** Units that nobody has told of: unused, claimed or in doubt. */
  readonly held: number;
  /** Units that the worker said it gives back, so far. */
  readonly returned: number;
  readonly done: boolean;
  readonly price: number;
  readonly useBeforeMs: number;
  readonly stage: LeaseStage;
  /** When time does the next thing to it. */
  readonly dueAtMs: number;
  /** Its closing was put off because the object had just come back. */
  readonly extended: boolean;
}

/** What tells who holds a lease, and until when. */
export type LiveLease = Pick<LeaseRow, 'leaseId' | 'holder' | 'useBeforeMs'>;

/** What is remembered between calls, and dropped when one of them fails: it is read again then. */
export class Book {
  readonly sql: SqlStorage;
  /** Never goes back, whatever the host's clock does. */
  nowMs: number;
  /** How far that is ahead of the host's clock: once one was wrong, all wait until it is right again. */
  aheadMs = 0;
  #ledger: LedgerRow | undefined;
  readonly #periods = new Map<string, PeriodRow>();
  /** Leases that were looked at in this call: as they stand, and as they are stored. */
  readonly #leases = new Map<string, { row: LeaseRow; readonly stored: LeaseRow | undefined }>();
  readonly #dirtyPeriods = new Set<string>();
  #ledgerChanged = false;
  #window: LedgerWindow | undefined;
  /** Leases that are in use as far as is known: lease id → who and until when. */
  readonly #live: Map<string, LiveLease>;
  /** Who was refused a lease lately, and until when that counts. */
  readonly #waiting = new Map<string, number>();
  /** Ids of alerts that were raised since the book was opened. */
  readonly raised = new Set<string>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.#ledger = readLedger(sql);
    this.nowMs = readLatestMs(sql);
    this.#live = new Map(readLiveLeases(sql, this.nowMs).map((lease) => [lease.leaseId, lease]));
  }

  /** Begins a call. */
  at(clockMs: number): void {
    this.nowMs = Math.max(this.nowMs, clockMs);
    this.aheadMs = this.nowMs - clockMs;
  }

  get ledger(): LedgerRow | undefined {
    return this.#ledger;
  }

  setLedger(ledger: LedgerRow): void {
    this.#ledger = ledger;
    this.#window = undefined;
    this.#ledgerChanged = true;
  }

  /** The window that now lies in; before anybody told what the ledger is, all of time. */
  window(): LedgerWindow {
    const { spec } = this.#ledger ?? {};
    if (!spec) return { id: 'once', fromMs: null, toMs: null };
    const { fromMs, toMs } = this.#window ?? { fromMs: Infinity, toMs: null };
    const isIn = this.nowMs >= (fromMs ?? -Infinity) && this.nowMs < (toMs ?? Infinity);
    if (!this.#window || !isIn) this.#window = windowAt(spec, this.nowMs, spec.carried);
    return this.#window;
  }

  /** Workers that hold a lease, and the one that is named. */
  holders(asking?: string): number {
    const holders = new Set(asking === undefined ? [] : [asking]);
    for (const { leaseId, holder, useBeforeMs } of this.#live.values()) {
      if (useBeforeMs > this.nowMs) holders.add(holder);
      else this.#live.delete(leaseId);
    }
    return holders.size;
  }

  /** Somebody asked for a lease and got none. */
  turnedAway(holder: string): void {
    if (this.#waiting.size >= MAX_WAITING) this.#waiting.clear();
    this.#waiting.set(holder, this.nowMs + LEASE_LIFE_MS);
  }

  /** Whether anybody else holds a lease, or was refused one lately. */
  hasOthers(holder: string): boolean {
    for (const [other, untilMs] of this.#waiting) if (untilMs <= this.nowMs) this.#waiting.delete(other);
    return this.holders(holder) > 1 || [...this.#waiting.keys()].some((other) => other !== holder);
  }

  /** Accounts of a period; those of one that begins are opened with the configured total. */
  period(id: string): PeriodRow {
    const known = this.#periods.get(id) ?? readAccounts(this.sql, id);
    const row = known ?? {
      ...openAccounts(this.#ledger?.spec?.total ?? 0),
      uncharged: 0,
      pace: readLatestPace(this.sql),
    };
    this.#periods.set(id, row);
    return row;
  }

  setPeriod(id: string, row: PeriodRow): void {
    this.#periods.set(id, row);
    this.#dirtyPeriods.add(id);
  }

  /** Remembers the price; it is written with the next change, and one that is lost with the memory is found again in a minute. */
  notePace(id: string, pace: PriceState): void {
    this.#periods.set(id, { ...this.period(id), pace });
  }

  /** Moves units within a period. */
  move(periodId: string, from: Account, to: Account, units: number): void {
    if (units === 0) return;
    const row = this.period(periodId);
    this.setPeriod(periodId, { ...row, ...transfer(row, from, to, units) });
  }

  lease(leaseId: string): LeaseRow | undefined {
    const known = this.#leases.get(leaseId);
    if (known) return known.row;
    const stored = readLease(this.sql, leaseId);
    if (stored) this.#leases.set(leaseId, { row: stored, stored });
    return stored;
  }

  /** Leases of a stage that are due now, the longest due first. */
  dueLeases(stage: LeaseStage, limit: number): readonly LeaseRow[] {
    const due = readDueLeases(this.sql, stage, this.nowMs, limit);
    for (const stored of due) this.#leases.set(stored.leaseId, { row: stored, stored });
    return due;
  }

  setLease(lease: LeaseRow): void {
    this.#leases.set(lease.leaseId, { row: lease, stored: this.#leases.get(lease.leaseId)?.stored });
    const isLive = lease.stage === LEASE_STAGES.open && !lease.done && lease.held > 0;
    if (isLive) this.#live.set(lease.leaseId, lease);
    else this.#live.delete(lease.leaseId);
  }

  /** Takes units that were held by a lease to another account. */
  release(lease: LeaseRow, to: Account, units: number): LeaseRow {
    this.move(lease.period, 'leased', to, units);
    const left = { ...lease, held: lease.held - units };
    this.setLease(left);
    return left;
  }

  /** Makes the accounts of a period follow the configured total, as far as what is committed allows. */
  fit(periodId: string): void {
    const { spec } = this.#ledger ?? {};
    if (!spec) return;
    const row = this.period(periodId);
    const fitted = fitTotal(row, spec.total);
    if (fitted !== row) this.setPeriod(periodId, { ...row, ...fitted });
  }

  /** Periods whose accounts changed in this call. */
  changed(): readonly string[] {
    return [...this.#dirtyPeriods];
  }

  /** Writes what changed; to be called at the end of the transaction. */
  flush(): void {
    if (this.#ledgerChanged && this.#ledger) writeLedger(this.sql, this.#ledger);
    for (const id of this.#dirtyPeriods) writeAccounts(this.sql, id, this.period(id), this.nowMs);
    for (const { row, stored } of this.#leases.values()) if (row !== stored) writeLease(this.sql, row, stored);
    this.#keepOnly(this.window().id);
    this.#ledgerChanged = false;
    this.#dirtyPeriods.clear();
    this.#leases.clear();
  }

  /** Forgets what was read of other periods than this one, so that memory does not grow with the days. */
  #keepOnly(periodId: string): void {
    for (const id of this.#periods.keys()) if (id !== periodId) this.#periods.delete(id);
  }
}
