/** Pools, stocks and capacities as the compiler reads them. */
import type { Pacing } from '../limits/ledger-spec.ts';

/** Money that campaigns spend together. Exactly one of the totals is there. */
export interface PoolConfiguration {
  readonly id: string;
  readonly name: string;
  /** Minor units in all. */
  readonly totalMinor?: number | undefined;
  /** Minor units for each day of `timeZone`. */
  readonly dailyMinor?: number | undefined;
  readonly timeZone: string;
  /** Local wall-clock time in `timeZone`, `YYYY-MM-DDTHH:mm`. */
  readonly start?: string | undefined;
  /** Exclusive. */
  readonly end?: string | undefined;
  readonly pacing: Pacing;
  readonly alertsAt: readonly number[];
}

/** Things of which there is a limited number. */
export interface StockConfiguration {
  readonly id: string;
  readonly name: string;
  readonly total: number;
  readonly alertsAt: readonly number[];
}

/** Contacts that can be carried out a day. */
export interface CapacityConfiguration {
  readonly perDay: number;
  readonly timeZone: string;
  readonly pacing: Pacing;
  readonly alertsAt: readonly number[];
}
