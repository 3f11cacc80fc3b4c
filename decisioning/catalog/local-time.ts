/** From a time on a wall clock to an instant. */
import { zoneOffsetMs } from '../time-zone.ts';

const MS_PER_HOUR = 3_600_000;
/** Wider than any shift of a zone's offset, so that both sides of a transition are looked at. */
const SEARCH_MS = 24 * MS_PER_HOUR;
export type LocalTimeResult =
  | { readonly ok: true; readonly atMs: number }
  | { readonly ok: false; readonly reason: 'not_a_date' | 'unknown_time_zone' };

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
  const before = zoneOffsetMs(timeZone, asUtcMs - SEARCH_MS);
  const after = zoneOffsetMs(timeZone, asUtcMs + SEARCH_MS);
  if (before === undefined || after === undefined) return { ok: false, reason: 'unknown_time_zone' };
  // Twice: the offset before the change gives the first. In a gap neither fits, and the one before moves it forward.
  for (const offset of [before, after]) {
    if (zoneOffsetMs(timeZone, asUtcMs - offset) === offset) return { ok: true, atMs: asUtcMs - offset };
  }
  return { ok: true, atMs: asUtcMs - before };
}
