/** A zone's clock as stretches of time in which it is as far ahead of UTC throughout. */
import { zoneOffsetMs } from '../time-zone.ts';

const MS_PER_DAY = 86_400_000;
/** Clocks are changed on whole minutes. */
const MS_PER_MINUTE = 60_000;

export interface ClockStretch {
  readonly fromMs: number;
  /** Exclusive, but for the last one. */
  readonly toMs: number;
  readonly offsetMs: number;
}

/**
 * The stretches of [fromMs, toMs] in their order; undefined for a zone that this host does not know. Looked at once a day: no zone has changed
 * its clocks twice within one.
 */
export function clockStretches(timeZone: string, fromMs: number, toMs: number): readonly ClockStretch[] | undefined {
  let offsetMs = zoneOffsetMs(timeZone, fromMs);
  if (offsetMs === undefined) return undefined;
  const stretches: ClockStretch[] = [];
  let beginMs = fromMs;
  for (let atMs = fromMs; atMs < toMs; ) {
    const nextMs = Math.min(atMs + MS_PER_DAY, toMs);
    const next = zoneOffsetMs(timeZone, nextMs)!;
    if (next !== offsetMs) {
      const changeMs = changeBetween(timeZone, atMs, nextMs, offsetMs);
      stretches.push({ fromMs: beginMs, toMs: changeMs, offsetMs });
      beginMs = changeMs;
      offsetMs = next;
    }
    atMs = nextMs;
  }
  return [...stretches, { fromMs: beginMs, toMs, offsetMs }];
}

/** The whole minute at which the offset is another one for the first time; halves the minutes between, so at most eleven times. */
function changeBetween(timeZone: string, beforeMs: number, afterMs: number, offsetMs: number): number {
  let low = Math.floor(beforeMs / MS_PER_MINUTE);
  let high = Math.ceil(afterMs / MS_PER_MINUTE);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(timeZone, middle * MS_PER_MINUTE) === offsetMs) low = middle;
    else high = middle;
  }
  return high * MS_PER_MINUTE;
}
