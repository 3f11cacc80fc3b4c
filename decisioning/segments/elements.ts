/** `$elemMatch`: a test of a list's elements. */
import type { OperatorTest } from './ast.ts';
import type { CompiledTest, SavedGroups } from './compile.ts';
import { compileCondition, compileValueTest } from './compile.ts';
import { readPath } from './paths.ts';
import type { StepMeter } from './regex/index.ts';

/**
 * At least one element passes; empty elements (null, false, 0, '') are passed over, as in the SDKs. Patterns have for all elements together
 * what one match may cost; `outer` is what a list around this one has left.
 */
export function compileElemMatch(
  test: Extract<OperatorTest, { kind: 'elemMatch' }>['test'],
  savedGroups: SavedGroups,
  outer?: StepMeter,
): CompiledTest {
  const meter = outer ?? { steps: 0 };
  const passes = compilePasses(test, savedGroups, meter);
  return (actual, isMember) => {
    if (!outer) meter.steps = 0;
    return Array.isArray(actual) && actual.some((item) => item && passes(item, isMember));
  };
}

function compilePasses(
  test: Extract<OperatorTest, { kind: 'elemMatch' }>['test'],
  savedGroups: SavedGroups,
  meter: StepMeter,
): CompiledTest {
  if (test.kind === 'value') return compileValueTest(test.test, savedGroups, meter);
  const holds = compileCondition(test.condition, savedGroups, meter);
  return (item, isMember) => holds((path) => readPath(item, path), isMember);
}
