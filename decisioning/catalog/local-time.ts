/** From a time on a wall clock to an instant. */

const MS_PER_HOUR = 3_600_000;
/** Wider than any shift of a zone's offset, so that both sides of a transition are looked at. */
const SEARCH_MS = 24 * MS_PER_HOUR;
/** Formatters are slow to build; catalogs name a handful of zones. */
const MAX_FORMATTERS = 64;
const formatters = new Map<string, Intl.DateTimeFormat>();

export type LocalTimeResult =
  | { readonly ok: true; readonly atMs: number }
  | { readonly ok: false; readonly reason: 'not_a_date' | 'unknown_time_zone' };

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(timeZone);
  if (known) return known;
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formatters.size >= MAX_FORMATTERS) formatters.clear();
    formatters.set(timeZone, formatter);
    return formatter;
  } catch {
    return undefined;
  }
}

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
function offsetMs(formatter: Intl.DateTimeFormat, atMs: number): number {
  const parts = formatter.formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - atMs;
}

/**
 * The instant at which a clock in `timeZone` shows a local time. Where clocks go forward and the time does not exist, the instant is as
 * long after the change as the time is after the gap's start (02:30 becomes 03:30). Where they go back and the time comes twice, it is
 * the first. Both as RFC 5545 says, section 3.3.5.
 *
 * @param local `YYYY-MM-DDTHH:mm`
 */
export function localTimeToMs(local: string, timeZone: string): LocalTimeResult {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(local);
  if (!match) return { ok: false, reason: 'not_a_date' };
  const asUtcMs = Date.parse(`${local}:00.000Z`);
  // Some hosts let 30 February roll over into March.
  if (Number.isNaN(asUtcMs) || !new Date(asUtcMs).toISOString().startsWith(local))
    return { ok: false, reason: 'not_a_date' };
  const formatter = formatterOf(timeZone);
  if (!formatter) return { ok: false, reason: 'unknown_time_zone' };
  const before = offsetMs(formatter, asUtcMs - SEARCH_MS);
  const after = offsetMs(formatter, asUtcMs + SEARCH_MS);
  // Twice: the offset before the change gives the first. In a gap neither fits, and the one before moves it forward.
  for (const offset of [before, after]) {
    if (offsetMs(formatter, asUtcMs - offset) === offset) return { ok: true, atMs: asUtcMs - offset };
  }
  return { ok: true, atMs: asUtcMs - before };
}
