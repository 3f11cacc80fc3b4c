/** How large a manifest may be. */

/** Inputs of a model: a row is encoded at every decision that asks for a score. */
export const MAX_MODEL_INPUTS = 256;
/** Columns of a row: some 20 KB of a receipt for each scoring that it keeps. */
export const MAX_MODEL_COLUMNS = 1_024;
/** Scores of a model: value, its interval, probability, and some more. */
export const MAX_MODEL_OUTPUTS = 16;
/** Values that an input names one by one: more of them are better told by fewer, larger groups. */
export const MAX_INPUT_VALUES = 256;
/** Rows that explanations compare with: the 64 halve the error of 16, and cost a quarter of what 256 would. */
export const MAX_BACKGROUND_ROWS = 64;
/** Reasons with words of their own. */
export const MAX_DRIVERS = 128;
/** Inner edges of a histogram: drift is seen with ten bins, and a curve drawn with twenty. */
export const MAX_HISTOGRAM_EDGES = 63;
