/**
 * What a condition may cost. Publishing refuses anything larger, naming the path; evaluation answers false for it. The
 * numbers leave hand-written rules far below them.
 */
export const SEGMENT_LIMITS = {
  /** Nesting of objects and lists; recursion in the reader, compiler and explainer follows it. Rules people write stay under 6. */
  depth: 20,
  /** Objects, lists and plain values of one condition together: a 1,000-entry list and its surroundings fit. */
  nodes: 2_000,
  /** Entries of one list ($in, $all, $and …). Longer lists belong in a saved group. */
  listLength: 1_000,
  /** UTF-16 units of one configured string. */
  stringLength: 1_000,
  /** UTF-16 units of one attribute path, dots included. */
  pathLength: 200,
  /** Instructions of all patterns of one condition together: their work per character of text is bounded as one. */
  regexInstructions: 2_048,
  /** Segments of a workspace: the catalog slice of a placement carries them all. */
  segments: 500,
  /** Longest chain of segments that refer to segments; evaluation recurses along it. */
  referenceDepth: 16,
  /** Problems reported for one condition: enough to repair it, small enough for a problem document. */
  problems: 20,
  /** Nesting of an attribute value that is turned into text; deeper parts count as empty. */
  textDepth: 20,
} as const;
