/** How large the parts of a reward may be. */

/** Each goal is summed up in every arm, leaf and hour: sixteen are more than a page of figures shows. */
export const MAX_SECONDARY_GOALS = 16;
/** As many as there may be secondary goals: a sum of more has no meaning to anybody. */
export const MAX_COMPOSITE_GOALS = 16;
/** Keeps Σ reward² of ten million trials below 2^53: (16 · 1,000 · 1,000)² is reached by a trial with every goal at the largest weight only. */
export const MAX_GOAL_WEIGHT = 1_000;
/** The smallest difference that is learned from, as `REWARD_SCALE` says: smaller weights would count as none. */
export const SMALLEST_GOAL_WEIGHT = 0.001;
/** Largest reward of `revenue`: a thousand million major units of two decimals, the largest value an event may have. */
export const MAX_REWARD_MINOR = 100_000_000_000;
/** Largest reward of `count`. */
export const MAX_REWARD_COUNT = 1_000;
/**
 * Arms × leaves × strategies of a campaign whose reward is not binary: P(best) of so many takes about a second at every allocation, of revenue;
 * that of conversions is a thousand times as fast.
 */
export const MAX_REWARD_CELLS = 1_024;
