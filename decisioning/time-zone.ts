/** Clocks of time zones. */

const MINUTES_PER_DAY = 1_440;
const MS_PER_MINUTE = 60_000;
/** Formatters are slow to build; there are about 600 zones and catalogs name a handful. */
const MAX_FORMATTERS = 64;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(timeZone);
  if (known) return known;
  try {
    const numeric = 'numeric';
    const date = { year: numeric, month: numeric, day: numeric } as const;
    const time = { hour: numeric, minute: numeric, second: numeric } as const;
    const formatter = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...date, ...time });
    if (formatters.size >= MAX_FORMATTERS) formatters.clear();
    formatters.set(timeZone, formatter);
    return formatter;
  } catch {
    return undefined;
  }
}

/** How far a zone's clock is ahead of UTC at an instant, in milliseconds; undefined for a zone this host does not know. */
export function zoneOffsetMs(timeZone: string, atMs: number): number | undefined {
  if (timeZone === 'UTC') return 0;
  const formatter = formatterOf(timeZone);
  if (!formatter) return undefined;
  const parts = formatter.formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  // Formatters show whole seconds.
  return shown - Math.floor(atMs / 1_000) * 1_000;
}

/** Weekday (1 Monday … 7 Sunday) and minute of the day, as a clock shows them. */
export interface WallClock {
  readonly day: number;
  readonly minute: number;
}

/** What a clock shows whose time is `localMs`: an instant plus the zone's offset there. */
export function wallClock(localMs: number): WallClock {
  const minutes = Math.floor(localMs / MS_PER_MINUTE);
  // 1970-01-01 was a Thursday.
  const day = ((((Math.floor(minutes / MINUTES_PER_DAY) + 3) % 7) + 7) % 7) + 1;
  return { day, minute: ((minutes % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY };
}

/**
 * Weekday and minute of the day that a clock in `timeZone` shows.
 *
 * @throws RangeError for a zone this host does not know; publishing refuses such.
 */
export function localClock(nowMs: number, timeZone: string): WallClock {
  const offsetMs = zoneOffsetMs(timeZone, nowMs);
  if (offsetMs === undefined) throw new RangeError(`unknown time zone ${timeZone}`);
  return wallClock(nowMs + offsetMs);
}
