import type { SavedGroups } from './compile.ts';
import { compileCondition } from './compile.ts';
import { readLeniently } from './parse.ts';
import { attributeResolver } from './subject.ts';

/**
 * Evaluate a condition of the GrowthBook SDKs' language against plain attributes, as those SDKs do: a missing attribute is
 * null, an unknown operator or an unsupported pattern is false, comparisons are JavaScript's. Every operator takes time
 * linear in condition and attributes. Conditions over SEGMENT_LIMITS hold for nobody.
 *
 * Three things differ on purpose: objects are equal in any key order, only own properties are read, and patterns with
 * backreferences or lookaround are false instead of being run.
 *
 * @example evaluateCondition({ age: { $gt: 18 } }, { age: 21 }) // true
 */
export function evaluateCondition(condition: unknown, attributes: unknown, savedGroups: SavedGroups = {}): boolean {
  return compileCondition(readLeniently(condition), savedGroups)(attributeResolver(attributes));
}
