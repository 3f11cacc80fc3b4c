/** What one pattern may cost. Matching takes at most `programSize` × 3 steps per character of text, whatever the pattern, and `steps` in all. */
export const REGEX_LIMITS = {
  /** UTF-16 units of a pattern. Rules people write stay under 200. */
  patternLength: 1_000,
  /** Nesting of groups; parser and compiler recurse along it. */
  groupDepth: 40,
  /** Largest count in `{m,n}`: repetition is unrolled into the program. */
  repeat: 500,
  /** Instructions after unrolling; `^.{0,500}$` fits. */
  programSize: 1_024,
  /**
   * Instructions visited by one match; past it the match is given up, as if the text were too long. About 3 ms: rules people write stay a
   * hundredfold below, and a hundred words as alternatives take the longest attribute (1,024 characters) with 400 steps each.
   */
  steps: 500_000,
  /** UTF-16 units of a text that is searched; a longer one matches nothing. Attributes hold names, URLs and headers. */
  textLength: 10_240,
} as const;
