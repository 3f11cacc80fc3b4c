/** Is a series of samples flat? The rule of the soak, in pure numbers. */

/** A measured value and when it was taken. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** What a stretch of samples may grow by, from its first to its last: what neither shows in a day's restarts nor hides in the noise of garbage collection. */
export const MAX_GROWTH = 0.1;
/** Below so many samples a slope says nothing. */
export const MIN_SAMPLES = 9;

/** How a series went. */
export interface Course {
  /** Growth over the stretch by the Theil–Sen slope, as a share of the median. */
  readonly growth: number;
  /** Median of the last third over that of the first. */
  readonly lastOverFirst: number;
  readonly median: number;
  readonly flat: boolean;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median of the slopes of all pairs (Theil 1950, Sen 1968): up to 29 % of the samples may be anything. Value per millisecond; 0 for fewer than two moments. */
export function theilSenSlope(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((one, i) =>
    samples.slice(i + 1).flatMap((other) => {
      const ms = other.atMs - one.atMs;
      return ms > 0 ? [(other.value - one.value) / ms] : [];
    }),
  );
  return slopes.length === 0 ? 0 : medianOf(slopes);
}

/**
 * Flat when the slope over the stretch is at most {@link MAX_GROWTH} of the median, and the last third's median at most as much above the first's.
 * Falling is flat.
 *
 * @returns undefined for fewer than {@link MIN_SAMPLES}
 */
export function courseOf(samples: readonly Sample[]): Course | undefined {
  if (samples.length < MIN_SAMPLES) return undefined;
  const values = samples.map(({ value }) => value);
  const median = medianOf(values);
  const third = Math.floor(values.length / 3);
  const [first, last] = [medianOf(values.slice(0, third)), medianOf(values.slice(-third))];
  const stretchMs = samples.at(-1)!.atMs - samples[0]!.atMs;
  const growth = median === 0 ? 0 : (theilSenSlope(samples) * stretchMs) / median;
  const lastOverFirst = first === 0 ? 1 : last / first;
  return { growth, lastOverFirst, median, flat: growth <= MAX_GROWTH && lastOverFirst <= 1 + MAX_GROWTH };
}
