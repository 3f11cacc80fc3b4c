import type { AllOperator, ListOperator, OperatorTest, RegexOperator } from './ast.ts';
import { SEGMENT_LIMITS } from './limits.ts';
import { readCondition, readValueTest } from './parse.ts';
import type { ConditionReason, ReadContext } from './read-context.ts';
import { checkData, enter, exceed, readList, refuse } from './read-context.ts';
import { compileRegex } from './regex/index.ts';
import { isObject, isOperatorObject } from './values.ts';

const TYPES: readonly unknown[] = ['null', 'array', 'object', 'string', 'number', 'boolean', 'undefined'];

/** Read one operator of a value test. Always gives a test; one that makes no sense is never true. */
export function readOperator(
  context: ReadContext,
  operator: string,
  expected: unknown,
  path: string,
  depth: number,
): OperatorTest {
  switch (operator) {
    case '$eq':
    case '$ne':
    case '$lt':
    case '$lte':
    case '$gt':
    case '$gte':
      checkPlain(context, expected, path, depth);
      return { kind: 'compare', operator, expected };
    case '$veq':
    case '$vne':
    case '$vlt':
    case '$vlte':
    case '$vgt':
    case '$vgte':
      if (typeof expected !== 'string' && typeof expected !== 'number') refuse(context, path, 'not_a_string');
      checkPlain(context, expected, path, depth);
      return { kind: 'version', operator, expected };
    case '$in':
    case '$nin':
    case '$ini':
    case '$nini':
      return readListTest(context, operator, expected, path, depth);
    case '$all':
    case '$alli':
      return readAll(context, operator, expected, path, depth);
    case '$inGroup':
    case '$notInGroup':
      checkPlain(context, expected, path, depth);
      if (typeof expected !== 'string') return never(context, operator, expected, path, 'not_a_string');
      return { kind: 'group', operator, expected, group: expected };
    case '$regex':
    case '$regexi':
    case '$notRegex':
    case '$notRegexi':
      return readRegex(context, operator, expected, path);
    default:
      return readShapeOperator(context, operator, expected, path, depth);
  }
}

/** Operators that look at the shape of a value or hold further tests. */
function readShapeOperator(
  context: ReadContext,
  operator: string,
  expected: unknown,
  path: string,
  depth: number,
): OperatorTest {
  switch (operator) {
    case '$exists':
      if (typeof expected !== 'boolean') refuse(context, path, 'not_a_boolean');
      return { kind: 'exists', operator, expected };
    case '$type':
      if (!TYPES.includes(expected)) refuse(context, path, 'unknown_type');
      return { kind: 'type', operator, expected };
    case '$size':
      if (typeof expected !== 'number' && !isOperatorObject(expected)) refuse(context, path, 'not_a_number');
      return { kind: 'size', operator, expected, test: readValueTest(context, expected, path, depth) };
    case '$not':
      return { kind: 'not', operator, expected, test: readValueTest(context, expected, path, depth) };
    case '$elemMatch':
      if (!isObject(expected)) return never(context, operator, expected, path, 'not_an_object');
      if (isOperatorObject(expected)) {
        const test = { kind: 'value' as const, test: readValueTest(context, expected, path, depth) };
        return { kind: 'elemMatch', operator, expected, test };
      }
      return {
        kind: 'elemMatch',
        operator,
        expected,
        test: { kind: 'fields', condition: readCondition(context, expected, path, depth) },
      };
    default:
      return never(context, operator, expected, path, 'unknown_operator');
  }
}

function never(
  context: ReadContext,
  operator: string,
  expected: unknown,
  path: string,
  reason: ConditionReason,
): OperatorTest {
  refuse(context, path, reason);
  return { kind: 'never', operator, expected };
}

/** Comparison operands are single values; a list or object never equals and is refused when publishing. */
function checkPlain(context: ReadContext, expected: unknown, path: string, depth: number): void {
  if (typeof expected === 'object' && expected !== null) refuse(context, path, 'not_a_plain_value');
  checkData(context, expected, path, depth);
}

function readListTest(
  context: ReadContext,
  operator: ListOperator,
  expected: unknown,
  path: string,
  depth: number,
): OperatorTest {
  const values = readList(context, expected, path);
  if (values === undefined) return { kind: 'never', operator, expected };
  values.forEach((value, index) => {
    checkPlain(context, value, `${path}[${index}]`, depth + 1);
  });
  return { kind: 'list', operator, expected, values };
}

function readAll(
  context: ReadContext,
  operator: AllOperator,
  expected: unknown,
  path: string,
  depth: number,
): OperatorTest {
  const values = readList(context, expected, path);
  if (values === undefined) return { kind: 'never', operator, expected };
  const tests = values.map((value, index) => readValueTest(context, value, `${path}[${index}]`, depth + 1));
  return { kind: 'all', operator, expected, tests };
}

function readRegex(context: ReadContext, operator: RegexOperator, expected: unknown, path: string): OperatorTest {
  if (!enter(context, path, 0)) return { kind: 'never', operator, expected };
  if (typeof expected !== 'string') return never(context, operator, expected, path, 'not_a_string');
  const compiled = compileRegex(expected, operator.endsWith('i'));
  if (!compiled.ok) return never(context, operator, expected, path, `regex_${compiled.reason}`);
  context.regexInstructions += compiled.program.instructions.length;
  if (context.regexInstructions > SEGMENT_LIMITS.regexInstructions) {
    exceed(context, path, 'regex_too_large');
    return { kind: 'never', operator, expected };
  }
  return { kind: 'regex', operator, expected, program: compiled.program };
}
