/** The time that a ledger's total is for: all of a pool's life, or one local day. */
import { clockStretches } from '../steering/clock-stretches.ts';
import { zoneOffsetMs } from '../time-zone.ts';
import type { LedgerSpec } from './ledger-spec.ts';

/** [fromMs, toMs), milliseconds since the epoch. */
export interface LedgerWindow {
  /** The local day of a daily ledger, `2026-11-22`; `once` otherwise. */
  readonly id: string;
  /** Null: since ever. */
  readonly fromMs: number | null;
  /** Null: for ever. */
  readonly toMs: number | null;
}

/** A day that was under way when the ledger's time zone or period was changed; uncut, by the clock before. */
export interface CarriedDay {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const MS_PER_DAY = 86_400_000;
/** No zone has ever been further from UTC: Alaska and the Philippines once were, by almost 16 hours. */
const MS_AROUND_MIDNIGHT = 16 * 3_600_000;

/**
 * The window that a moment lies in. Windows of a daily ledger touch and never overlap: a day lasts from the first moment that a
 * clock there shows it to the first that shows a later one, 23 or 25 hours when clocks are changed. A day in which the ledger's
 * own time begins or ends is cut there, so that its total is planned over what is left of it.
 *
 * @param carried lasts until the first midnight of the new zone that is not before its own end: no change of clocks gives a day's units twice
 * @throws RangeError for a zone this host does not know; publishing refuses such.
 */
export function windowAt(spec: LedgerSpec, atMs: number, carried?: CarriedDay): LedgerWindow {
  const { period, startsAtMs, endsAtMs } = spec;
  if (period === 'once') return { id: 'once', fromMs: startsAtMs, toMs: endsAtMs };
  const { id, fromMs, toMs } = dayAt(spec.timeZone, atMs, carried);
  const isOpen = (startsAtMs ?? -Infinity) < toMs && (endsAtMs ?? Infinity) > fromMs;
  return {
    id,
    fromMs: isOpen ? Math.max(fromMs, startsAtMs ?? fromMs) : fromMs,
    toMs: isOpen ? Math.min(toMs, endsAtMs ?? toMs) : toMs,
  };
}

function dayAt(timeZone: string, atMs: number, carried: CarriedDay | undefined): CarriedDay {
  if (carried && isCarriedAt(timeZone, atMs, carried)) return { ...carried, toMs: endOfCarried(timeZone, carried) };
  const day = localDay(timeZone, atMs);
  const fromMs = startOfDay(timeZone, day);
  const toMs = startOfDay(timeZone, day + 1);
  return { id: new Date(day * MS_PER_DAY).toISOString().slice(0, 10), fromMs, toMs };
}

function isCarriedAt(timeZone: string, atMs: number, carried: CarriedDay): boolean {
  return atMs >= carried.fromMs && atMs < endOfCarried(timeZone, carried);
}

function endOfCarried(timeZone: string, { toMs }: CarriedDay): number {
  const day = localDay(timeZone, toMs);
  const fromMs = startOfDay(timeZone, day);
  return fromMs >= toMs ? fromMs : startOfDay(timeZone, day + 1);
}

/** The day of a daily ledger that lasts on when its time zone or period is changed now; one that is carried already stays what it was. */
export function carriedFrom({ timeZone }: LedgerSpec, atMs: number, carried?: CarriedDay): CarriedDay {
  return carried && isCarriedAt(timeZone, atMs, carried) ? carried : dayAt(timeZone, atMs, undefined);
}

function offsetAt(timeZone: string, atMs: number): number {
  const offsetMs = zoneOffsetMs(timeZone, atMs);
  if (offsetMs === undefined) throw new RangeError(`unknown time zone ${timeZone}`);
  return offsetMs;
}

/** Days since 1970-01-01 of the latest date that a clock has shown by then: where midnight comes twice, the day does not. */
function localDay(timeZone: string, atMs: number): number {
  const shown = Math.floor((atMs + offsetAt(timeZone, atMs)) / MS_PER_DAY);
  return startOfDay(timeZone, shown + 1) <= atMs ? shown + 1 : shown;
}

/** The first moment at which a clock shows this day or, where one was left out, a later one. */
function startOfDay(timeZone: string, day: number): number {
  const midnightMs = day * MS_PER_DAY;
  const earliestMs = midnightMs - MS_AROUND_MIDNIGHT;
  const latestMs = midnightMs + MS_AROUND_MIDNIGHT;
  // Most days of most zones: the same offset around midnight.
  const before = offsetAt(timeZone, earliestMs);
  if (before === offsetAt(timeZone, latestMs)) return midnightMs - before;
  for (const { fromMs, toMs, offsetMs } of clockStretches(timeZone, earliestMs, latestMs) ?? []) {
    // A midnight that was jumped over begins with the jump.
    const startMs = Math.max(midnightMs - offsetMs, fromMs);
    if (startMs < toMs) return startMs;
  }
  throw new Error(`no beginning of day ${day} in ${timeZone}`);
}
