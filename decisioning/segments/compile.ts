import type { Clause, Condition, ValueTest } from './ast.ts';
import { compileOperator } from './operators.ts';
import type { StepMeter } from './regex/index.ts';
import type { Resolve } from './subject.ts';
import { numberOf, sameJson, textOf } from './values.ts';

/** Lists of values by group id, for `$inGroup` and `$notInGroup`. An unknown group is empty. */
export type SavedGroups = Readonly<Record<string, readonly unknown[]>>;
/** Whether the customer is in a segment. */
export type IsMember = (segmentId: string) => boolean;
/** A condition ready to be asked. Without `isMember` the customer is in no segment. */
export type CompiledCondition = (resolve: Resolve, isMember?: IsMember) => boolean;
/** A test of one value, ready to be asked; `isMember` reaches conditions inside `$elemMatch`. */
export type CompiledTest = (actual: unknown, isMember: IsMember) => boolean;

/**
 * Compile a condition to nested closures: sets are built, patterns and versions prepared, nothing is parsed when asked. With a `meter` its
 * patterns share what one of them may cost: those that are asked of a list's elements.
 */
export function compileCondition(
  condition: Condition,
  savedGroups: SavedGroups = {},
  meter?: StepMeter,
): CompiledCondition {
  const clauses = condition.clauses.map((clause) => compileClause(clause, savedGroups, meter));
  const only = clauses.length === 1 ? clauses[0] : undefined;
  if (only !== undefined) return (resolve, isMember = memberOfNothing) => only(resolve, isMember);
  return (resolve, isMember = memberOfNothing) => {
    for (const clause of clauses) if (!clause(resolve, isMember)) return false;
    return true;
  };
}

type CompiledClause = (resolve: Resolve, isMember: IsMember) => boolean;

/** Compile one clause of a condition. */
export function compileClause(clause: Clause, savedGroups: SavedGroups, meter?: StepMeter): CompiledClause {
  switch (clause.kind) {
    case 'and': {
      const all = clause.conditions.map((condition) => compileCondition(condition, savedGroups, meter));
      return (resolve, isMember) => all.every((holds) => holds(resolve, isMember));
    }
    case 'or':
      return compileAny(clause.conditions, savedGroups, meter);
    case 'nor': {
      const any = compileAny(clause.conditions, savedGroups, meter);
      return (resolve, isMember) => !any(resolve, isMember);
    }
    case 'not': {
      const holds = compileCondition(clause.condition, savedGroups, meter);
      return (resolve, isMember) => !holds(resolve, isMember);
    }
    case 'segment': {
      const wanted = clause.operator === '$inSegment';
      return (_resolve, isMember) => clause.ids.some((id) => isMember(id)) === wanted;
    }
    case 'path': {
      const { path } = clause;
      const holds = compileValueTest(clause.test, savedGroups, meter);
      return (resolve, isMember) => holds(resolve(path), isMember);
    }
    case 'never':
      return () => false;
  }
}

/** Any of several; an empty list holds, as in the SDKs. */
function compileAny(conditions: readonly Condition[], savedGroups: SavedGroups, meter?: StepMeter): CompiledClause {
  if (conditions.length === 0) return () => true;
  const any = conditions.map((condition) => compileCondition(condition, savedGroups, meter));
  return (resolve, isMember) => any.some((holds) => holds(resolve, isMember));
}

/** Compile a test of one value. */
export function compileValueTest(test: ValueTest, savedGroups: SavedGroups, meter?: StepMeter): CompiledTest {
  if (test.kind === 'equals') return compileEquality(test.expected);
  const tests = test.tests.map((operator) => compileOperator(operator, savedGroups, meter));
  const only = tests.length === 1 ? tests[0] : undefined;
  if (only !== undefined) return only;
  return (actual, isMember) => {
    for (const holds of tests) if (!holds(actual, isMember)) return false;
    return true;
  };
}

/**
 * Implied equality: text against strings, JavaScript numbers against numbers, truth against booleans (nothing missing is
 * false), deep equality against lists and objects. A moment that never came equals only null.
 */
function compileEquality(expected: unknown): CompiledTest {
  if (typeof expected === 'string') return (actual) => actual !== undefined && textOf(actual) === expected;
  if (typeof expected === 'number') return (actual) => numberOf(actual) === expected;
  if (typeof expected === 'boolean') {
    return (actual) => actual !== null && actual !== undefined && Boolean(actual) === expected;
  }
  if (expected === null) return (actual) => actual === null || actual === undefined;
  return (actual) => sameJson(actual, expected);
}

function memberOfNothing(): boolean {
  return false;
}
