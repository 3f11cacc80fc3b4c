/** The planned cumulative curve: how much of a ledger's total was to be spent by a moment. */
import { type ClockStretch, clockStretches } from '../steering/clock-stretches.ts';
import type { LedgerSpec } from './ledger-spec.ts';
import type { LedgerWindow } from './windows.ts';

const MS_PER_HOUR = 3_600_000;
const HOURS_PER_DAY = 24;
const MS_PER_DAY = HOURS_PER_DAY * MS_PER_HOUR;

/**
 * Planned units from the window's beginning to `atMs`: 0 at the beginning, the total at the end, never falling between (to rounding).
 * `even` spends the same in every second. `profile` spends in proportion to the weight of the hour that a clock of the ledger's zone
 * shows: an hour that clocks skip spends nothing, one that they show twice spends twice, and the rest of the day is scaled so that
 * the total is met. A window that holds no hour with a weight is spent evenly.
 *
 * @returns null where nothing is paced, or the window has no beginning or no end.
 */
export function plannedBy(spec: LedgerSpec, window: LedgerWindow, atMs: number): number | null {
  const { pacing, total, timeZone } = spec;
  const { fromMs, toMs } = window;
  if (pacing.mode === 'none' || fromMs === null || toMs === null || fromMs >= toMs) return null;
  if (atMs <= fromMs) return 0;
  if (atMs >= toMs) return total;
  const share = (atMs - fromMs) / (toMs - fromMs);
  if (pacing.mode === 'even') return total * share;
  const stretches = stretchesOf(timeZone, fromMs, toMs);
  const whole = weightUntil(pacing.hours, stretches, toMs);
  if (whole <= 0) return total * share;
  return Math.min(total, (total * weightUntil(pacing.hours, stretches, atMs)) / whole);
}

/** Every lease asks for the plan some times over, and zones answer slowly. A workspace's ledgers share few windows. */
const MAX_WINDOWS_KEPT = 64;
const kept = new Map<string, readonly ClockStretch[]>();

function stretchesOf(timeZone: string, fromMs: number, toMs: number): readonly ClockStretch[] {
  const key = `${timeZone} ${fromMs} ${toMs}`;
  const known = kept.get(key);
  if (known) return known;
  const stretches = clockStretches(timeZone, fromMs, toMs);
  if (!stretches) throw new RangeError(`unknown time zone ${timeZone}`);
  if (kept.size >= MAX_WINDOWS_KEPT) kept.clear();
  kept.set(key, stretches);
  return stretches;
}

/** ∫ weight of the local hour from the first stretch's beginning to `atMs`, in weight · milliseconds. */
function weightUntil(hours: readonly number[], stretches: readonly ClockStretch[], atMs: number): number {
  let sum = 0;
  for (const { fromMs, toMs, offsetMs } of stretches) {
    if (fromMs >= atMs) break;
    const dayMs = Math.floor((fromMs + offsetMs) / MS_PER_DAY) * MS_PER_DAY;
    const since = (ms: number): number => weightSinceMidnight(hours, ms + offsetMs - dayMs);
    sum += since(Math.min(atMs, toMs)) - since(fromMs);
  }
  return sum;
}

/** From midnight over `localMs` of local time, whole days included. */
function weightSinceMidnight(hours: readonly number[], localMs: number): number {
  const days = Math.floor(localMs / MS_PER_DAY);
  const restMs = localMs - days * MS_PER_DAY;
  let sum = 0;
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
    const inHourMs = Math.min(MS_PER_HOUR, Math.max(0, restMs - hour * MS_PER_HOUR));
    sum += (hours[hour] ?? 0) * (days * MS_PER_HOUR + inHourMs);
  }
  return sum;
}
