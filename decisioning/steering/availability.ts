/** Which arms of a campaign may be shown here, and when they would be sent. */
import type { RulesSlice, SliceCampaign } from '../catalog/slice.ts';
import type { Resolve } from '../segments/subject.ts';
import { localClock, zoneOffsetMs } from '../time-zone.ts';
import { isInWindow, nextMoment } from './next-moment.ts';
import type { Timing } from './steering.ts';

/** A channel whose claims live for an hour or more is outbound: its messages are carried out later, by another system. */
export const OUTBOUND_FROM_MS = 3_600_000;

/** Every list is in the order of the campaign's `armIds`. */
export interface Availability {
  readonly available: readonly boolean[];
  /** When each arm would be sent, milliseconds since the epoch; absent where arms are shown at once, undefined for one that is not available. */
  readonly sendAtMs?: readonly (number | undefined)[];
}

/** The customer's zone, if this host can compute in it. Read by path, so that receipts hold it. */
function zoneOf(resolve: Resolve, nowMs: number): string | undefined {
  const zone = resolve('time.zone');
  return typeof zone === 'string' && zoneOffsetMs(zone, nowMs) !== undefined ? zone : undefined;
}

/** Whether a page may show it now: in its window on the customer's clock, or on the campaign's where that is not known. */
function isNow({ window, afterMs = 0 }: Timing, zone: string, nowMs: number): boolean {
  return afterMs === 0 && (!window || isInWindow(window, localClock(nowMs, zone)));
}

/**
 * What is available of a campaign's arms on a channel, or undefined for a campaign that steers nothing: all of it then.
 *
 * An arm is for its own channel. On a channel that answers at once it must be its time now. On an outbound channel its next moment, quiet hours
 * left out, must come while a claim made now would live, and before the campaign ends.
 *
 * @param channel of the placement's slice.
 */
export function availabilityOf(
  { steering, armIds, timeZone, endsAtMs }: SliceCampaign,
  channel: RulesSlice['channel'],
  resolve: Resolve,
  nowMs: number,
): Availability | undefined {
  if (!steering) return undefined;
  const { channels, timings, timingOf } = steering;
  const isHere = armIds.map((_, i) => channels === undefined || channels[i] === channel.id);
  if (!timings || !timingOf) return { available: isHere };
  const zone = zoneOf(resolve, nowMs);
  if (channel.claimTtlMs < OUTBOUND_FROM_MS) {
    const open = timings.map((timing) => isNow(timing, zone ?? timeZone, nowMs));
    return { available: isHere.map((here, i) => here && open[timingOf[i]!]!) };
  }
  const latestMs = Math.min(nowMs + channel.claimTtlMs, endsAtMs === null ? Number.POSITIVE_INFINITY : endsAtMs - 1);
  const { quietHours } = channel;
  const moments = timings.map(({ window, afterMs = 0 }) =>
    nextMoment(zone, { earliestMs: nowMs + afterMs, latestMs, window, quietHours }),
  );
  const sendAtMs = isHere.map((here, i) => (here ? moments[timingOf[i]!] : undefined));
  return { available: sendAtMs.map((ms) => ms !== undefined), sendAtMs };
}

/** Names which arms are available, for receipts and memories: a `1` or `0` for each, in their order. */
export function maskOf(available: readonly boolean[]): string {
  return available.map(Number).join('');
}

/** Which arms are available when some are not; undefined when all are: what was published holds as it is. */
export function partOf(availability: Availability | undefined): readonly boolean[] | undefined {
  return availability?.available.includes(false) ? availability.available : undefined;
}

/**
 * Whether the arm that is kept for a customer is not available here: its campaign is not eligible then. Another arm would mix two into one
 * sticky period, whose one trial is the first arm's.
 */
export function keepsUnavailable(
  { armIds }: SliceCampaign,
  availability: Availability | undefined,
  assignment: { readonly armId: string } | undefined,
): boolean {
  const index = assignment ? armIds.indexOf(assignment.armId) : -1;
  return index !== -1 && availability?.available[index] === false;
}
