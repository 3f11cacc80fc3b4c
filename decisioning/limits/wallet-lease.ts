/** One lease in a wallet: where each of its units is. left + out + claimed + doubtful = granted, after every step. */
import type { LeasedClaim } from './purse.ts';

/** What a ledger granted. */
export interface Grant {
  readonly leaseId: string;
  /** Whole, at least 1. */
  readonly units: number;
  /** By the ledger's clock. */
  readonly useBeforeMs: number;
  /** How long after the answer it ends. Absent from ledgers of the last release: then `useBeforeMs` is believed. */
  readonly lastsMs?: number;
  readonly price: number;
}

/**
 * When a lease ends by the worker's own clock: clocks of hosts differ, how long it lasts does not. Reckoned from before the call, so that
 * no way is too long: never later than the ledger means.
 *
 * @param sentAtMs when the call was made, by the worker's clock
 */
export function endsAtMs({ useBeforeMs, lastsMs }: Grant, sentAtMs: number): number {
  return lastsMs === undefined ? useBeforeMs : sentAtMs + lastsMs;
}

/** What the ledger is told of a lease. `returned` is cumulative; claims are told until they are acknowledged, and count once. */
export interface WalletReport {
  readonly leaseId: string;
  readonly returned: number;
  readonly claims: readonly { readonly decisionId: string; readonly units: number }[];
  readonly done: boolean;
}

/** A claim of a lease: what the decision took of it, and how much of that travelled with calls that are settled. */
export interface LeaseClaim {
  readonly units: number;
  readonly counted: number;
}

export interface WalletLease {
  readonly leaseId: string;
  readonly granted: number;
  /** By the worker's clock. */
  readonly useBeforeMs: number;
  /** Neither claimed nor travelling: what may be taken, or was given back once the lease is over. */
  left: number;
  /** Travelling with calls. */
  out: number;
  claimed: number;
  /** Travelled with a call of which nobody knows what it did. */
  doubtful: number;
  /** By decision, every claim that was confirmed: so that an answer told again is not counted again. */
  readonly claims: Map<string, LeaseClaim>;
  /** Ids of claims that the ledger has not acknowledged. */
  readonly untold: Set<string>;
  /** Nothing more is taken from it: it was given back before its end. */
  rested: boolean;
  /** The ledger was told that it is done: what comes after that is in doubt. */
  closed: boolean;
}

/**
 * How long after a lease's end a call may still come back: longer than the platform lets a request work behind its answer. What is out
 * then never comes back.
 */
export const OUT_PATIENCE_MS = 60_000;
/**
 * Claims of a lease that are remembered: what an isolate decides in the half minute that a lease lasts. Those beyond are not told; they
 * count as in doubt, and the customer's object settles them all the same.
 */
export const MAX_LEASE_CLAIMS = 20_000;

/** A lease of which nothing was taken yet. */
export function openLease({ leaseId, units }: Grant, useBeforeMs: number): WalletLease {
  return {
    leaseId,
    granted: units,
    useBeforeMs,
    left: units,
    out: 0,
    claimed: 0,
    doubtful: 0,
    claims: new Map(),
    untold: new Set(),
    rested: false,
    closed: false,
  };
}

/** Units that may be taken now. */
export function unitsHeld(lease: WalletLease, nowMs: number): number {
  return lease.rested || lease.closed || lease.useBeforeMs <= nowMs ? 0 : lease.left;
}

/** Whether nothing will be taken from it any more, and nothing comes back. */
export function isDone(lease: WalletLease, nowMs: number): boolean {
  const isOver = lease.rested || lease.useBeforeMs <= nowMs || lease.left === 0;
  return isOver && (lease.out === 0 || nowMs >= lease.useBeforeMs + OUT_PATIENCE_MS);
}

/**
 * Settles units that came back from a call: those of its claims are claimed, the rest is left again, or in doubt where nobody knows.
 *
 * @param units of this lease that travelled with the call
 * @param claims of the answer that name this lease; empty when there was no answer
 * @param certain every attempt of the call was answered
 */
export function settleLease(lease: WalletLease, units: number, claims: readonly LeasedClaim[], certain: boolean): void {
  // The ledger was told already that these units are in doubt.
  if (lease.closed) return;
  let rest = units;
  for (const { decisionId, units: size } of claims) {
    // An answer that is told again claimed before: what was counted for it then did not come from this call.
    const before = lease.claims.get(decisionId)?.counted ?? 0;
    // No answer claims more than travelled; one that is told again may have claimed more than travelled with this call.
    const counted = Math.min(size - before, rest);
    if (!(counted > 0)) continue;
    rest -= counted;
    lease.claimed += counted;
    if (before === 0 && lease.claims.size >= MAX_LEASE_CLAIMS) continue;
    lease.claims.set(decisionId, { units: size, counted: before + counted });
    if (before === 0) lease.untold.add(decisionId);
  }
  lease.out -= units;
  if (certain) lease.left += rest;
  else lease.doubtful += rest;
}

/**
 * What to tell of a lease; undefined when the ledger knows it all.
 *
 * @param room claims that fit into the call; a lease is done only with its last one
 */
export function reportOf(lease: WalletLease, nowMs: number, room: number): WalletReport | undefined {
  const claims = [...lease.untold].slice(0, room).map((decisionId) => ({
    decisionId,
    units: (lease.claims.get(decisionId) as LeaseClaim).units,
  }));
  const done = isDone(lease, nowMs) && claims.length === lease.untold.size;
  if (done) lease.closed = true;
  if (claims.length === 0 && !done) return undefined;
  // Given back all at once, at the end: until then what is left may be taken.
  return { leaseId: lease.leaseId, returned: done ? lease.left : 0, claims, done };
}
