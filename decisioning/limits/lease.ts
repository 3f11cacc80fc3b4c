/** Leases: how large a slice of a ledger a worker gets, how long it may be used, and when what nobody told of is given back. */

/** How long a worker may claim from a lease: short, so that units wait in no idle worker and prices stay fresh. */
export const LEASE_LIFE_MS = 30_000;
/** A slice is at most what the plan spends in this time. */
export const SLICE_PLAN_MS = 10_000;
/** Half of what is left is shared out, so that whoever comes next finds some. */
const SHARED_OUT = 2;
/** A slice is at most this many times what was wanted since the last one: enough to ask rarely, little to lose in a crash. */
const DEMAND_FACTOR = 4;
/** Claims that a slice has room for although little was wanted: a page's first visitors come together. */
const LEAST_CLAIMS = 8;

/**
 * Settlements arrive this long after the claim lapsed at the latest, or are late: the customer's alarm and its retries (a minute
 * each), a ledger that was away for minutes, and clocks that differ: the customer's time may be a minute ahead of the ledger's when it
 * claims, and its alarm a minute behind when it gives back.
 */
export const SETTLE_WITHIN_MS = 600_000;
/** Clocks of two hosts are not further apart: a claim may seem that much later than its lease's end, and is in time. */
export const CLOCKS_APART_MS = 60_000;
/** Longest life of a claim where the ledger's configuration does not tell: that of channels that send, a day after a day. */
export const CLAIM_LIFE_MS = 172_800_000;

/** What the size of a slice depends on; all in units but `holders`. */
export interface SliceFacts {
  readonly remaining: number;
  /** Workers that hold a lease, the asking one among them; at least 1. */
  readonly holders: number;
  /** What the plan spends in {@link SLICE_PLAN_MS}; null where spending is not paced. */
  readonly planned: number | null;
  /** What may be leased without running ahead of the plan; null where spending is not paced. */
  readonly headroom: number | null;
  readonly wanted: number;
  /** The cheapest claim: less is of no use. At least 1. */
  readonly atLeast: number;
  /** The dearest claim, at least `atLeast` and that where absent: a slice has room for it where there is that much. */
  readonly preferred?: number;
}

/** Units of the next slice: at least `preferred` where there is that much, otherwise at least `atLeast`, shrinking to it near the end; 0 when there is not that much. */
export function sliceUnits({ remaining, holders, planned, headroom, wanted, ...sizes }: SliceFacts): number {
  const available = Math.min(remaining, Math.floor(headroom ?? Infinity));
  if (available < sizes.atLeast) return 0;
  const preferred = Math.max(sizes.preferred ?? 0, sizes.atLeast);
  const atLeast = available < preferred ? sizes.atLeast : preferred;
  const demand = Math.max(DEMAND_FACTOR * wanted, LEAST_CLAIMS * atLeast);
  const share = Math.floor(remaining / (SHARED_OUT * holders));
  const size = Math.min(share, Math.floor(planned ?? Infinity), demand);
  return Math.min(available, Math.max(atLeast, size));
}

/** Until when a lease taken now may be used: never over the end of the window that its units belong to. */
export function useBeforeMs(nowMs: number, windowToMs: number | null): number {
  return Math.min(nowMs + LEASE_LIFE_MS, windowToMs ?? Infinity);
}

/**
 * When what is in doubt of a lease is given back: whatever was claimed from it has lapsed by then, and been settled.
 *
 * @param claimLifeMs the longest that a claim can be pending
 */
export function closesAtMs(useBefore: number, claimLifeMs: number): number {
  return useBefore + claimLifeMs + SETTLE_WITHIN_MS;
}
