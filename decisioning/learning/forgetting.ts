/** How what was learned fades: by half with every half-life, and at last altogether. */

const HOUR_MS = 3_600_000;

/** Evidence of this many half-lives ago counts a millionth, less than one trial of a million a half-life: it need not be read any more. */
export const MAX_HALF_LIVES = 20;

/** A half-life in as many parts: within one of them weights differ by 2 %. */
const PARTS_OF_HALF_LIFE = 32;
/** The vector of a model of 31 features has 561 numbers: by the hour ten arms in two leaves would fill a tenth of an object's room in a year. */
const MAX_MOMENTS_HOURS = 24;

/** How many hours evidence may be taken together for, at least 1: one part of a half-life; endless without one. */
export function partHours(halfLifeMs: number | undefined): number {
  if (halfLifeMs === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(halfLifeMs / HOUR_MS / PARTS_OF_HALF_LIFE));
}

/** Width of the buckets that moments of features are kept in, in hours: a UTC day, or a part of a half-life below 32 days. Bucket b is from b·width on. */
export function momentsHours(halfLifeMs: number | undefined): number {
  return Math.min(MAX_MOMENTS_HOURS, partHours(halfLifeMs));
}

/** 2^(−age/halfLife): the weight of evidence of an age, both in milliseconds; 1 for what is not over yet. */
export function ageWeight(ageMs: number, halfLifeMs: number): number {
  return 2 ** -(Math.max(ageMs, 0) / halfLifeMs);
}

/** How long an hour bucket (hours since the epoch) has been over, in milliseconds; 0 while it lasts. */
export function hourAgeMs(hour: number, nowMs: number): number {
  return Math.max(nowMs - (hour + 1) * HOUR_MS, 0);
}

/** The first hour bucket that still counts: what lies before has faded. Minus infinity without a half-life. */
export function firstCountedHour(nowMs: number, halfLifeMs: number | undefined): number {
  if (halfLifeMs === undefined) return Number.NEGATIVE_INFINITY;
  return Math.ceil((nowMs - MAX_HALF_LIVES * halfLifeMs) / HOUR_MS) - 1;
}
