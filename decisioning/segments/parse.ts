import type { Clause, Condition, SegmentOperator, ValueTest } from './ast.ts';
import { parseCounterPath } from './counter-paths.ts';
import { SEGMENT_LIMITS } from './limits.ts';
import { FORBIDDEN_NAMES } from './paths.ts';
import type { ConditionProblem, ReadContext } from './read-context.ts';
import { checkData, enter, exceed, join, newReadContext, readList, refuse } from './read-context.ts';
import { readOperator } from './read-operator.ts';
import { isObject, isOperatorObject } from './values.ts';

export type ParseResult =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

/** A condition that holds for nobody: what stands in for one that could not be read within its limits. */
const NOBODY: Condition = { clauses: [{ kind: 'never', operator: '$never' }] };

/**
 * Read a condition as publishing does: everything unknown, misspelt, oversized or of the wrong type is refused with its
 * location, at most SEGMENT_LIMITS.problems of them.
 *
 * @param json the condition, as JSON.parse gives it
 */
export function parseCondition(json: unknown): ParseResult {
  const context = newReadContext();
  const condition = readCondition(context, json, '', 0);
  return context.problems.length === 0 ? { ok: true, condition } : { ok: false, problems: context.problems };
}

/**
 * Read a condition as the SDKs do: a clause that makes no sense is false and the others count. One that passes a limit
 * holds for nobody.
 */
export function readLeniently(json: unknown): Condition {
  const context = newReadContext();
  const condition = readCondition(context, json, '', 0);
  return context.exceeded ? NOBODY : condition;
}

/** Read a condition object at a location. Always gives a condition; what could not be read is false in it. */
export function readCondition(context: ReadContext, json: unknown, path: string, depth: number): Condition {
  if (!enter(context, path, depth)) return NOBODY;
  if (!isObject(json)) {
    refuse(context, path, 'not_an_object');
    return NOBODY;
  }
  const clauses: Clause[] = [];
  for (const [name, operand] of Object.entries(json)) {
    if (context.exceeded) break;
    clauses.push(readClause(context, name, operand, join(path, name), depth));
  }
  return { clauses };
}

function readClause(context: ReadContext, name: string, operand: unknown, path: string, depth: number): Clause {
  switch (name) {
    case '$and':
      return readMany(context, 'and', operand, path, depth);
    case '$or':
      return readMany(context, 'or', operand, path, depth);
    case '$nor':
      return readMany(context, 'nor', operand, path, depth);
    case '$not':
      return { kind: 'not', condition: readCondition(context, operand, path, depth + 1) };
    case '$inSegment':
    case '$notInSegment':
      return readSegment(context, name, operand, path);
    default:
      checkPath(context, name, path);
      return { kind: 'path', path: name, test: readValueTest(context, operand, path, depth + 1) };
  }
}

function readMany(
  context: ReadContext,
  kind: 'and' | 'or' | 'nor',
  operand: unknown,
  path: string,
  depth: number,
): Clause {
  const items = readList(context, operand, path);
  if (items === undefined) return { kind: 'never', operator: `$${kind}` };
  const conditions = items.map((item, index) => readCondition(context, item, `${path}[${index}]`, depth + 1));
  return { kind, conditions };
}

function readSegment(context: ReadContext, operator: SegmentOperator, operand: unknown, path: string): Clause {
  const items = typeof operand === 'string' ? [operand] : readList(context, operand, path);
  if (items === undefined) return { kind: 'never', operator };
  const ids: string[] = [];
  for (const item of items) {
    if (!enter(context, path, 0)) break;
    if (typeof item !== 'string') refuse(context, path, 'not_a_string');
    else if (item.length > SEGMENT_LIMITS.stringLength) exceed(context, path, 'string_too_long');
    else ids.push(item);
  }
  return ids.length === items.length ? { kind: 'segment', operator, ids } : { kind: 'never', operator };
}

/** Attribute paths: no empty parts, no names of the prototype, no operator look-alikes, counters spelt right. */
function checkPath(context: ReadContext, name: string, path: string): void {
  if (name.length > SEGMENT_LIMITS.pathLength) {
    exceed(context, path, 'path_too_long');
    return;
  }
  if (name.startsWith('$')) refuse(context, path, 'unknown_operator');
  const parts = name.split('.');
  if (parts.includes('')) refuse(context, path, 'empty_path_part');
  if (parts.some((part) => FORBIDDEN_NAMES.has(part))) refuse(context, path, 'forbidden_name');
  const counter = parseCounterPath(name);
  if (!counter.ok && counter.reason !== 'not_a_counter') refuse(context, path, `counter_${counter.reason}`);
}

/** Read what is asked of one value: plain data means equality, an object of operators means all of them. */
export function readValueTest(context: ReadContext, operand: unknown, path: string, depth: number): ValueTest {
  if (!isOperatorObject(operand)) {
    if (isObject(operand) && Object.keys(operand).some((name) => name.startsWith('$'))) {
      refuse(context, path, 'mixed_operators_and_fields');
    }
    checkData(context, operand, path, depth);
    return { kind: 'equals', expected: operand };
  }
  if (!enter(context, path, depth)) return { kind: 'operators', tests: [] };
  const tests = Object.entries(operand).map(([operator, expected]) =>
    readOperator(context, operator, expected, join(path, operator), depth + 1),
  );
  return { kind: 'operators', tests };
}
