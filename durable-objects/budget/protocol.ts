/** What workers and customers say to the object of a ledger. */
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';

/** Reports of one call: as many leases as a worker holds of one ledger. */
export const MAX_LEASE_REPORTS = 64;
/** Claims in the reports of one call, twice what a worker tells: one transaction takes them in some tens of milliseconds. */
export const MAX_REPORTED_CLAIMS = 2_000;
/** Settlements of one call: a customer settles a few, and one transaction takes these without holding others up. */
export const MAX_SETTLEMENTS = 200;

/** A ledger as the caller's catalog has it; the object goes by that of the highest revision it has heard of. */
export interface LedgerAddress {
  readonly workspaceId: string;
  readonly spec: LedgerSpec;
  readonly revision: number;
}

/** What a worker tells of a lease: cumulative, so that telling it again changes nothing. */
export interface LeaseReport {
  readonly leaseId: string;
  /** Units given back so far; never to be claimed. */
  readonly returned: number;
  /** Claims that a customer's object confirmed. */
  readonly claims: readonly { readonly decisionId: string; readonly units: number }[];
  /** Nothing more will be taken from it: what is neither returned nor claimed is in doubt. */
  readonly done: boolean;
}

export interface LeaseCall extends LedgerAddress {
  /** Names the isolate: how many there are sets the size of slices. */
  readonly holder: string;
  /** Drawn by the worker for this request; the same in every attempt. */
  readonly leaseId: string;
  /** Units that were asked for since the last call, found or not; at least 0. With 0 nothing is leased: the call only reports. */
  readonly wanted: number;
  /** The smallest slice that is of any use: the cheapest claim. */
  readonly atLeast: number;
  /** The dearest claim where it is more: a slice has room for it if there is that much. Absent from workers of the last release. */
  readonly preferred?: number;
  readonly reports: readonly LeaseReport[];
}

export interface Lease {
  readonly leaseId: string;
  readonly units: number;
  /** By the ledger's clock. */
  readonly useBeforeMs: number;
  /** From the answer to its end; workers go by it, because clocks differ. Absent from ledgers of the last release. */
  readonly lastsMs?: number;
  /** Dual price of a unit. */
  readonly price: number;
}

/** Why nothing is leased. */
export const LEASE_REFUSALS = ['exhausted', 'ahead_of_plan', 'not_yet', 'over'] as const;
export type LeaseRefusal = (typeof LEASE_REFUSALS)[number];

export type LeaseReply =
  | { readonly outcome: 'leased'; readonly lease: Lease }
  | { readonly outcome: 'reported' }
  | {
      readonly outcome: 'refused';
      readonly reason: LeaseRefusal;
      readonly price: number;
      /** When asking again may be of use. */
      readonly retryAfterMs: number;
    };

/** What became of a claim, told by the customer's object: seen (or sent) in time, or lapsed. Once per (decision, lease). */
export interface Settlement {
  readonly decisionId: string;
  readonly leaseId: string;
  readonly units: number;
  readonly kind: 'post' | 'void';
}

/**
 * `settled`: those that were new; a repeat is taken and changes nothing. `uncharged`: posts that came after their lease was closed and
 * for which nothing was left; they are told as an alert.
 */
export interface SettleReply {
  readonly settled: number;
  readonly uncharged: number;
}

/** Where a ledger stands. posted + pending + leased + remaining = total. */
export interface LedgerStanding {
  readonly key: string;
  /** The local day of a daily ledger, `2026-11-22`; `once` otherwise. */
  readonly period: string;
  /** Units there are: above the configured total while that was lowered below what is spent already. */
  readonly total: number;
  readonly posted: number;
  readonly pending: number;
  readonly leased: number;
  readonly remaining: number;
  /** Units that the plan has spent by now; null where spending is not paced. */
  readonly planned: number | null;
  readonly price: number;
  /** Isolates that hold a lease. */
  readonly holders: number;
  /** Posts that nothing was left for. */
  readonly uncharged: number;
  readonly asOfMs: number;
}

/** Methods of a ledger's object. */
export interface BudgetApi {
  /** Takes reports, then leases a slice. Idempotent by `leaseId`. */
  lease(call: LeaseCall): Promise<LeaseReply>;
  /** Idempotent by (decision, lease). */
  settle(workspaceId: string, ledger: string, settlements: readonly Settlement[]): Promise<SettleReply>;
  standing(address: LedgerAddress): Promise<LedgerStanding>;
}
