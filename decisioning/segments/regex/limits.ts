/** What one pattern may cost. Matching takes at most `programSize` × 3 steps per character of text, whatever the pattern. */
export const REGEX_LIMITS = {
  /** UTF-16 units of a pattern. Rules people write stay under 200. */
  patternLength: 1_000,
  /** Nesting of groups; parser and compiler recurse along it. */
  groupDepth: 40,
  /** Largest count in `{m,n}`: repetition is unrolled into the program. */
  repeat: 1_000,
  /** Instructions after unrolling: `^.{0,1000}$` fits. With the longest text this bounds one match to tens of milliseconds at the very worst. */
  programSize: 2_048,
  /** UTF-16 units of a text that is searched; a longer one matches nothing. A request body cannot carry more. */
  textLength: 16_384,
} as const;
