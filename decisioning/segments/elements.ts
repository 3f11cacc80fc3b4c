/** `$elemMatch`: a test of a list's elements. */
import type { OperatorTest } from './ast.ts';
import type { CompiledTest, SavedGroups } from './compile.ts';
import { compileCondition, compileValueTest } from './compile.ts';
import { readPath } from './paths.ts';

/** At least one element passes; empty elements (null, false, 0, '') are passed over, as in the SDKs. */
export function compileElemMatch(
  test: Extract<OperatorTest, { kind: 'elemMatch' }>['test'],
  savedGroups: SavedGroups,
): CompiledTest {
  if (test.kind === 'value') {
    const holds = compileValueTest(test.test, savedGroups);
    return (actual, isMember) => Array.isArray(actual) && actual.some((item) => item && holds(item, isMember));
  }
  const holds = compileCondition(test.condition, savedGroups);
  return (actual, isMember) =>
    Array.isArray(actual) && actual.some((item) => item && holds((path) => readPath(item, path), isMember));
}
