/** Units that travel with a request: what may be claimed, where it was leased from, and what it is worth to keep. */

import { CLOCKS_APART_MS } from './lease.ts';

/** Units of one lease. A ledger may stand there more than once, with different leases. */
export interface PurseEntry {
  readonly ledger: string;
  readonly leaseId: string;
  /** Whole, at least 1. */
  readonly units: number;
  /** Not to be claimed from at or after this moment, by the clock of the worker that holds the lease. */
  readonly useBeforeMs: number;
  /** Dual price of one unit, in the unit of the campaigns' values; 0 where spending is not paced. */
  readonly price: number;
}

/** In the order in which they are to be used. */
export type Purse = readonly PurseEntry[];

/** Units of a ledger as decide() sees them. */
export interface PurseAnswer {
  readonly units: number;
  readonly price: number;
}

/** Asks a purse for a ledger; `units` 0 for one that is not in it. */
export type PurseView = (ledger: string) => PurseAnswer;

/** Units that a decision claims. */
export interface UnitClaim {
  readonly ledger: string;
  /** Whole, at least 1. */
  readonly units: number;
}

/** A claim and the lease that it is taken from: what the ledger hears of it. */
export interface LeasedClaim extends UnitClaim {
  readonly decisionId: string;
  readonly leaseId: string;
}

export const EMPTY_PURSE: PurseView = () => ({ units: 0, price: 0 });

/**
 * The moment by which a customer's object judges the leases of a call. They end by the clock of the worker that sent it; the object's time
 * may be ahead of that, pushed by another worker, and is believed only where it is later than clocks are apart: then the call is old.
 *
 * @param objectNowMs max(receive time, the object's last)
 * @param receivedAtMs when the worker received the request, by its own clock
 */
export function purseTimeMs(objectNowMs: number, receivedAtMs: number): number {
  return Math.max(receivedAtMs, objectNowMs - CLOCKS_APART_MS);
}

/** What of a purse may be claimed at a moment; the price of a ledger is that of its latest entry. */
export function purseView(purse: Purse, nowMs: number): PurseView {
  return (ledger) => {
    let answer: PurseAnswer = { units: 0, price: 0 };
    for (const entry of purse) {
      if (entry.ledger !== ledger || entry.useBeforeMs <= nowMs) continue;
      answer = { units: answer.units + entry.units, price: entry.price };
    }
    return answer;
  };
}

/** Hands out units of a purse, claim after claim: each is answered with the leases that it is taken from. */
export type PurseTaker = (decisionId: string, claims: readonly UnitClaim[]) => readonly LeasedClaim[];

/**
 * Takes claims out of a purse, in the order of its entries; a claim may be split over several leases of its ledger, and no lease stands
 * twice in an answer.
 *
 * @param nowMs as for {@link purseView}: entries that may not be claimed from any more are passed over
 * @throws Error when there is less than is claimed: whoever decides by the view of the same purse never asks for more
 */
export function purseTaker(purse: Purse, nowMs: number): PurseTaker {
  const left = purse.filter(({ useBeforeMs }) => useBeforeMs > nowMs).map((entry) => ({ ...entry }));
  return (decisionId, claims) => {
    const taken = new Map<string, LeasedClaim>();
    for (const { ledger, units } of claims) {
      let open = units;
      for (const entry of left) {
        if (entry.ledger !== ledger) continue;
        const part = Math.min(open, entry.units);
        if (part <= 0) continue;
        entry.units -= part;
        open -= part;
        const key = `${ledger} ${entry.leaseId}`;
        const before = taken.get(key)?.units ?? 0;
        taken.set(key, { decisionId, ledger, leaseId: entry.leaseId, units: before + part });
      }
      if (open > 0) throw new Error(`${decisionId} claims ${open} units of ${ledger} that are not in the purse`);
    }
    return [...taken.values()];
  };
}
