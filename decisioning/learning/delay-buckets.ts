/** Delays between an exposure and its conversion, in buckets that widen with the delay: 48 integers tell a clock from 1 minute to 90 days. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The upper ends of all buckets but the last, exclusive, in milliseconds; bucket 0 begins at 0 and the last one has no end. From three hours on each
 * is at most a third longer than the one before: within a bucket delays are taken as spread evenly on a logarithmic scale. Below an hour exposures
 * are not told apart anyway. Round numbers, so that a window of so many hours or days ends where a bucket does.
 */
export const DELAY_EDGES_MS: readonly number[] = [
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24, 30, 36, 42, 48, 60, 72, 84].map((hours) => hours * HOUR_MS),
  ...[4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 21, 24, 27, 30, 35, 40, 45, 52, 60, 70, 80, 90].map(
    (days) => days * DAY_MS,
  ),
];

/** Length of the named sums `delay`. */
export const DELAY_BUCKETS = DELAY_EDGES_MS.length + 1;

/** The bucket of a delay in milliseconds, 0 to {@link DELAY_BUCKETS} − 1; an outcome reported before its exposure counts as no delay. */
export function delayBucket(delayMs: number): number {
  const found = DELAY_EDGES_MS.findIndex((edge) => delayMs < edge);
  return found === -1 ? DELAY_EDGES_MS.length : found;
}

/** What one conversion adds to the named sums `delay`: 1 in its bucket. */
export function delaySums(delayMs: number): readonly number[] {
  const sums = new Array<number>(DELAY_BUCKETS).fill(0);
  sums[delayBucket(delayMs)] = 1;
  return sums;
}
