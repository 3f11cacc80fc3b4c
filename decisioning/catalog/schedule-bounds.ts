import { localTimeToMs } from './local-time.ts';
import type { Report } from './problems.ts';

/** A window, [startsAtMs, endsAtMs) in milliseconds since the epoch; null is open. */
export interface ScheduleBounds {
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
}

/** Local times of a window, `YYYY-MM-DDTHH:mm`, and the zone they are in. */
interface LocalWindow {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly timeZone: string;
}

/**
 * The window's local times as instants in its zone. Reports times that are not in the calendar, and an end that is not
 * after the start: compared as instants, since a change of the clocks can turn the order of two local times round.
 *
 * @param at where the window stands: `/campaigns/spring/schedule`
 */
export function scheduleBounds({ start, end, timeZone }: LocalWindow, at: string, report: Report): ScheduleBounds {
  const instant = (local: string | undefined, field: 'start' | 'end'): number | null => {
    if (local === undefined) return null;
    const result = localTimeToMs(local, timeZone);
    if (result.ok) return result.atMs;
    if (result.reason === 'not_a_date') report(`${at}/${field}`, `"${local}" is not a time of the calendar`);
    else report(`${at}/timeZone`, `"${timeZone}" is not a known time zone`);
    return null;
  };
  const startsAtMs = instant(start, 'start');
  const endsAtMs = instant(end, 'end');
  if (startsAtMs !== null && endsAtMs !== null && endsAtMs <= startsAtMs)
    report(`${at}/end`, `ends at or before its start in ${timeZone}`);
  return { startsAtMs, endsAtMs };
}

/** The bounds of a window that was checked before. */
export function boundsOf(window: LocalWindow): ScheduleBounds {
  return scheduleBounds(window, '', () => {});
}
