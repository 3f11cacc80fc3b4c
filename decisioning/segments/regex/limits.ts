/** What one pattern may cost. Matching takes at most `programSize` × 3 steps per character of text, whatever the pattern. */
export const REGEX_LIMITS = {
  /** UTF-16 units of a pattern. Rules people write stay under 200. */
  patternLength: 1_000,
  /** Nesting of groups; parser and compiler recurse along it. */
  groupDepth: 40,
  /** Largest count in `{m,n}`: repetition is unrolled into the program. */
  repeat: 500,
  /**
   * Instructions after unrolling; `^.{0,500}$` fits. With the longest text this bounds one match to about 32 million steps,
   * which only a pattern built for the purpose comes near.
   */
  programSize: 1_024,
  /** UTF-16 units of a text that is searched; a longer one matches nothing. Attributes hold names, URLs and headers. */
  textLength: 10_240,
} as const;
