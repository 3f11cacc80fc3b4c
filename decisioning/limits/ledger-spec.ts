/** What a ledger keeps account of: the money of a pool, the capacity of a channel or a campaign, the units of a stock. */

/** `pool`: minor units of the currency. `stock`: things. `channel`, `campaign`: contacts a day. */
export const LEDGER_KINDS = ['pool', 'stock', 'channel', 'campaign'] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** Names a ledger within its workspace: `pool:spring`. */
export function ledgerKey(kind: LedgerKind, id: string): string {
  return `${kind}:${id}`;
}

/** How spending is spread over the time that a total is for. */
export type Pacing =
  /** As it comes. */
  | { readonly mode: 'none' }
  /** The same in every second. */
  | { readonly mode: 'even' }
  /** By the hour of the day, in the ledger's time zone: 24 weights, not negative, not all 0. */
  | { readonly mode: 'profile'; readonly hours: readonly number[] };

/** A ledger as configuration declares it. */
export interface LedgerSpec {
  readonly key: string;
  /** For people; nothing is reckoned with it. */
  readonly name?: string;
  /** Units in all, or for each day: whole, 0 or more. */
  readonly total: number;
  /** `day`: every local day begins with `total` units; what is left of a day is gone with it. */
  readonly period: 'once' | 'day';
  readonly timeZone: string;
  /** When it may be spent, milliseconds since the epoch, [start, end); null is open. */
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly pacing: Pacing;
  /** Shares of the total, (0, 1], ascending: an alert is raised when that much is posted. */
  readonly alertsAt: readonly number[];
  /** The longest that a claim on it can be pending; absent: two days. What is in doubt is given back so much later. */
  readonly claimLifeMs?: number;
}

/** What one claim of a campaign takes from a ledger. */
export interface Need {
  readonly ledger: string;
  /** The most that one claim may take: that of the dearest arm. At least 1. */
  readonly units: number;
  /** What each arm takes, in the order of the campaign's; `units` where absent. */
  readonly byArm?: readonly number[];
}

/** What an arm takes of a need. */
export function unitsOfArm(need: Need, armIndex: number): number {
  return need.byArm?.[armIndex] ?? need.units;
}
