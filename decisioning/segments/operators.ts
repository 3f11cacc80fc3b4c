import { compileAll } from './all.ts';
import type { OperatorTest } from './ast.ts';
import { compileVersion } from './compare-versions.ts';
import type { CompiledTest, SavedGroups } from './compile.ts';
import { compileValueTest } from './compile.ts';
import { compileElemMatch } from './elements.ts';
import { compileMembership } from './lists.ts';
import { type StepMeter, testRegex } from './regex/index.ts';
import { comparable, textOf, typeOf } from './values.ts';

/** Compile one operator. Comparisons follow JavaScript's loose rules, as the SDKs do: a missing attribute compares like 0. */
export function compileOperator(test: OperatorTest, savedGroups: SavedGroups, meter?: StepMeter): CompiledTest {
  switch (test.kind) {
    case 'compare':
      return compileComparison(test.operator, test.expected);
    case 'version':
      return compileVersion(test.operator, test.expected);
    case 'list': {
      const has = compileMembership(test.values, test.operator.endsWith('i'));
      return test.operator.startsWith('$n') ? (actual) => !has(actual) : has;
    }
    case 'group': {
      const members = Object.hasOwn(savedGroups, test.group) ? savedGroups[test.group] : undefined;
      const has = compileMembership(Array.isArray(members) ? members : [], false);
      return test.operator === '$notInGroup' ? (actual) => !has(actual) : has;
    }
    case 'all':
      return compileAll(test.tests, test.operator === '$alli', savedGroups, meter);
    case 'regex': {
      const wanted = test.operator === '$regex' || test.operator === '$regexi';
      const { program } = test;
      return (actual) => testRegex(program, textOf(actual), meter) === wanted;
    }
    case 'exists': {
      const wanted = Boolean(test.expected);
      return (actual) => (actual !== null && actual !== undefined) === wanted;
    }
    case 'type': {
      const { expected } = test;
      return (actual) => typeOf(actual) === expected;
    }
    case 'size': {
      const holds = compileValueTest(test.test, savedGroups, meter);
      return (actual, isMember) => Array.isArray(actual) && holds(actual.length, isMember);
    }
    case 'not': {
      const holds = compileValueTest(test.test, savedGroups, meter);
      return (actual, isMember) => !holds(actual, isMember);
    }
    case 'elemMatch':
      return compileElemMatch(test.test, savedGroups, meter);
    case 'never':
      return () => false;
  }
}

function compileComparison(operator: string, expected: unknown): CompiledTest {
  const right = comparable(expected);
  switch (operator) {
    case '$eq':
      return (actual) => actual === expected;
    case '$ne':
      return (actual) => actual !== expected;
    case '$lt':
      return (actual) => comparable(actual) < right;
    case '$lte':
      return (actual) => comparable(actual) <= right;
    case '$gt':
      return (actual) => comparable(actual) > right;
    default:
      return (actual) => comparable(actual) >= right;
  }
}
