/** How large the parts of a reward may be. */

/** Each goal is summed up in every arm, leaf and hour: sixteen are more than a page of figures shows. */
export const MAX_SECONDARY_GOALS = 16;
/** As many as there may be secondary goals: a sum of more has no meaning to anybody. */
export const MAX_COMPOSITE_GOALS = 16;
/** Sixteen of them come to 16,000 and are summed up in halves: a weight beside them may then still be as small as 2. */
export const MAX_GOAL_WEIGHT = 1_000;
/** Largest reward of `revenue`: a thousand million major units of two decimals, the largest value an event may have. */
export const MAX_REWARD_MINOR = 100_000_000_000;
/** Largest reward of `count`. */
export const MAX_REWARD_COUNT = 1_000;
/**
 * Arms × leaves × strategies of a campaign whose reward is not binary: P(best) of so many takes about a second at every allocation, of revenue;
 * that of conversions is a thousand times as fast.
 */
export const MAX_REWARD_CELLS = 1_024;
