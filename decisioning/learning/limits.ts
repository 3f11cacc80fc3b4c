/** How fast a campaign may forget. */

const HOUR_MS = 3_600_000;

/** Evidence is kept by the hour: a shorter half-life could not tell the minutes of one hour apart. */
export const MIN_HALF_LIFE_MS = HOUR_MS;
/** Longer than a year is never forgetting: leave it out then. */
export const MAX_HALF_LIFE_MS = 365 * 24 * HOUR_MS;
