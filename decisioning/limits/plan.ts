/** The planned cumulative curve: how much of a ledger's total was to be spent by a moment. */
import { clockStretches } from '../steering/clock-stretches.ts';
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
  const whole = weightBetween(pacing.hours, timeZone, fromMs, toMs);
  if (whole <= 0) return total * share;
  return Math.min(total, (total * weightBetween(pacing.hours, timeZone, fromMs, atMs)) / whole);
}

/** ∫ weight of the local hour, in weight · milliseconds. */
function weightBetween(hours: readonly number[], timeZone: string, fromMs: number, toMs: number): number {
  const stretches = clockStretches(timeZone, fromMs, toMs);
  if (!stretches) throw new RangeError(`unknown time zone ${timeZone}`);
  return stretches.reduce((sum, { fromMs: beginMs, toMs: endMs, offsetMs }) => {
    const dayMs = Math.floor((beginMs + offsetMs) / MS_PER_DAY) * MS_PER_DAY;
    const since = (atMs: number): number => weightSinceMidnight(hours, atMs + offsetMs - dayMs);
    return sum + since(endMs) - since(beginMs);
  }, 0);
}

/** From midnight over `localMs` of local time, whole days included. */
function weightSinceMidnight(hours: readonly number[], localMs: number): number {
  const days = Math.floor(localMs / MS_PER_DAY);
  const restMs = localMs - days * MS_PER_DAY;
  return hours.reduce(
    (sum, weight, hour) => sum + weight * Math.min(MS_PER_HOUR, Math.max(0, restMs - hour * MS_PER_HOUR)),
    days > 0 ? days * MS_PER_HOUR * hours.reduce((sum, weight) => sum + weight, 0) : 0,
  );
}
