/** Units that travel with a request: what may be claimed, where it was leased from, and what it is worth to keep. */

/** Units of one lease. A ledger may stand there more than once, with different leases. */
export interface PurseEntry {
  readonly ledger: string;
  readonly leaseId: string;
  /** Whole, at least 1. */
  readonly units: number;
  /** Not to be claimed from at or after this moment. */
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
