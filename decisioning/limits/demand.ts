/** What requests of one isolate want of a ledger, between two of its leases. */

/** What was wanted since the last lease. */
export interface Demand {
  /** Found or not; at least 1. */
  readonly units: number;
  /** What the dearest claim takes that the ledger may have enough for. */
  readonly dearest: number;
  /** What the cheapest claim takes. */
  readonly least: number;
  /** When the first of it was asked for. */
  readonly sinceMs: number;
}

/** Both together. */
export function sumOf(one: Demand, other: Demand): Demand {
  return {
    units: one.units + other.units,
    dearest: Math.max(one.dearest, other.dearest),
    least: Math.min(one.least, other.least),
    sinceMs: Math.min(one.sinceMs, other.sinceMs),
  };
}
