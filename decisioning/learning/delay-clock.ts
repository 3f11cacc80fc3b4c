/** How much of what an exposure will bring has arrived by now, learned from the conversions that have. */
import { DELAY_BUCKETS, DELAY_EDGES_MS } from './delay-buckets.ts';
import { hourAgeMs } from './forgetting.ts';

/**
 * The share of conversions that have arrived before each edge of {@link DELAY_EDGES_MS}, in their order, and 1 at last: a distribution
 * function over delays, never falling.
 */
export type DelayClock = readonly number[];

/** Conversions of one hour's exposures by delay bucket. */
export interface DelayCell {
  readonly arm: string;
  /** Hours since the epoch: the bucket of the exposures. */
  readonly hour: number;
  /** {@link DELAY_BUCKETS} counts. */
  readonly delays: readonly number[];
}

/**
 * Conversions that an arm borrows from the campaign's clock at every bucket, and the campaign from the belief that everything arrives at
 * once: a single late conversion of a young arm must not make all its younger exposures worthless, and twenty are heard.
 */
export const PRIOR_CONVERSIONS = 5;

/** Everything arrives at once: what is believed before anything was seen. */
export const immediate: DelayClock = new Array<number>(DELAY_BUCKETS).fill(1);

/** What the estimate needs of one arm, or of all, bucket by bucket. */
interface Risk {
  /** Conversions in the bucket. */
  readonly events: Float64Array;
  /** Conversions that had come before, while the bucket could be watched: integrated over it, so half of its own count. */
  readonly atRisk: Float64Array;
}

function newRisk(): Risk {
  return { events: new Float64Array(DELAY_BUCKETS), atRisk: new Float64Array(DELAY_BUCKETS) };
}

/** Adds a cell whose exposures are all at least `ageMs` old: of the bucket in which that lies only the part before it could be watched. */
function addCell({ events, atRisk }: Risk, delays: readonly number[], ageMs: number): void {
  const { bucket: last, part } = placeOf(ageMs);
  let before = 0;
  for (let k = 0; k <= last; k++) {
    const conversions = delays[k] ?? 0;
    events[k] = events[k]! + conversions;
    atRisk[k] = atRisk[k]! + (before + conversions / 2) * (k < last ? 1 : part);
    before += conversions;
  }
}

/** Conversions in a bucket per conversion there or before, shrunk to a belief of the same kind. */
function reverseHazards({ events, atRisk }: Risk, belief: (k: number) => number): number[] {
  return Array.from(events, (event, k) => (event + PRIOR_CONVERSIONS * belief(k)) / (atRisk[k]! + PRIOR_CONVERSIONS));
}

function clockOf(hazards: readonly number[]): DelayClock {
  const clock = new Array<number>(DELAY_BUCKETS).fill(1);
  for (let k = DELAY_BUCKETS - 2; k >= 0; k--) clock[k] = clock[k + 1]! * Math.exp(-hazards[k + 1]!);
  return clock;
}

/**
 * The clock of every arm: the product-limit estimator for right-truncated delays, which is Kaplan and Meier's in reversed time (Lynden-Bell,
 * 1971; Lagakos, Barraj and De Gruttola, 1988), with a constant reverse hazard in every bucket. A conversion is only seen if its delay is shorter than its
 * exposure is old, so with d conversions in bucket k, and r the number that had come before at a moment of the bucket, counted among exposures
 * that were old enough by then and averaged over the bucket (on a logarithmic scale),
 *
 *   F(start of bucket k) = F(end of bucket k) · e^−q, q = (d + 5·q₀) / (r + 5),
 *
 * where q₀ of an arm is the campaign's q, and that of the campaign is 0. Delays longer than the oldest exposure cannot be known: F is the share of what arrives
 * within that time. Where all delays are short every F is 1 and nothing is corrected.
 *
 * @param cells in any order; each arm's are summed up, over all leaves.
 * @returns the clock by arm, and that of the campaign for arms that have none.
 */
export function delayClocks(
  cells: Iterable<DelayCell>,
  nowMs: number,
): { readonly byArm: ReadonlyMap<string, DelayClock>; readonly campaign: DelayClock } {
  const all = newRisk();
  const risks = new Map<string, Risk>();
  for (const { arm, hour, delays } of cells) {
    const risk = risks.get(arm) ?? newRisk();
    risks.set(arm, risk);
    const ageMs = hourAgeMs(hour, nowMs);
    addCell(risk, delays, ageMs);
    addCell(all, delays, ageMs);
  }
  const shared = reverseHazards(all, () => 0);
  const clocks = [...risks].map(([arm, risk]) => [arm, clockOf(reverseHazards(risk, (k) => shared[k]!))] as const);
  return { byArm: new Map(clocks), campaign: clockOf(shared) };
}

/** Where an age lies among the buckets: in which, and how far through it on a logarithmic scale. */
interface Place {
  readonly bucket: number;
  /** [0, 1]. */
  readonly part: number;
}

function placeOf(ageMs: number): Place {
  const bucket = DELAY_EDGES_MS.findIndex((edge) => ageMs < edge);
  if (bucket === -1) return { bucket: DELAY_BUCKETS - 1, part: 1 };
  const end = DELAY_EDGES_MS[bucket]!;
  if (bucket === 0) return { bucket, part: Math.max(ageMs, 0) / end };
  const start = DELAY_EDGES_MS[bucket - 1]!;
  return { bucket, part: Math.log(ageMs / start) / Math.log(end / start) };
}

function shareAt(clock: DelayClock, { bucket, part }: Place): number {
  const start = bucket === 0 ? 0 : clock[bucket - 1]!;
  return start + (clock[bucket]! - start) * part;
}

/** F(age): the share of an exposure's conversions that has arrived at that age; within a bucket it grows with the age's logarithm. */
export function arrivedShare(clock: DelayClock, ageMs: number): number {
  return shareAt(clock, placeOf(ageMs));
}

/** Places within an hour at which the share is taken: five minutes apart. */
const PLACES = 12;
const HOUR_MS = 3_600_000;

/**
 * The mean of F over exposures spread evenly over an hour bucket, or over what has passed of it, as a function of the clock: the same hour is
 * asked about for every arm and leaf.
 */
export function arrivedShareOfHour(hour: number, nowMs: number): (clock: DelayClock) => number {
  const youngestMs = hourAgeMs(hour, nowMs);
  const spanMs = Math.max(nowMs - hour * HOUR_MS, 0) - youngestMs;
  const places = Array.from({ length: PLACES }, (_, i) => placeOf(youngestMs + ((i + 0.5) / PLACES) * spanMs));
  return (clock) => places.reduce((sum, place) => sum + shareAt(clock, place), 0) / PLACES;
}
