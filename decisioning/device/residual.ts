/** What is left of a condition when some of what it reads is known: true, false, or a smaller condition over the rest. */
import type { Clause, Condition, OperatorTest, ValueTest } from '../segments/ast.ts';
import { compileValueTest } from '../segments/compile.ts';

/** The value at a path, where it is known. */
export type Knows = (path: string) => { readonly value: unknown } | undefined;
/** The condition of a segment by its id. */
export type SegmentOf = (id: string) => Condition;

export type Residual = Condition | boolean;

/** Holds for everyone. */
export const EVERYONE: Condition = { clauses: [] };

/** Operators that ask for machinery of their own: patterns, versions, `$all` and elements' fields. They stay where they are. */
const HEAVY: ReadonlySet<OperatorTest['kind']> = new Set(['regex', 'version', 'elemMatch', 'all', 'group']);

const nobody = (): boolean => false;

/**
 * The residual of a condition. Segments are put in its place, so that none is named in what is left.
 *
 * @param segmentOf there are no circles: publishing has seen to it.
 */
export function residual(condition: Condition, knows: Knows, segmentOf: SegmentOf): Residual {
  const clauses: Clause[] = [];
  for (const clause of condition.clauses) {
    const left = residualOf(clause, knows, segmentOf);
    if (left === false) return false;
    if (left !== true) clauses.push(left);
  }
  return clauses.length === 0 ? true : { clauses };
}

function residualOf(clause: Clause, knows: Knows, segmentOf: SegmentOf): Clause | boolean {
  switch (clause.kind) {
    case 'and':
      return asClause(residual({ clauses: clause.conditions.flatMap(({ clauses }) => clauses) }, knows, segmentOf));
    case 'or':
      return anyOf(clause.conditions, knows, segmentOf);
    case 'nor':
      return negated(anyOf(clause.conditions, knows, segmentOf));
    case 'not':
      return negated(asClause(residual(clause.condition, knows, segmentOf)));
    case 'segment': {
      const any = clause.ids.length > 0 && anyOf(clause.ids.map(segmentOf), knows, segmentOf);
      return clause.operator === '$inSegment' ? any : negated(any);
    }
    case 'path': {
      const known = operatorsOf(clause.test).some(({ kind }) => kind === 'elemMatch') ? undefined : knows(clause.path);
      return known ? compileValueTest(clause.test, {})(known.value, nobody) : { ...clause, test: slim(clause.test) };
    }
    case 'never':
      return false;
  }
}

/** Any of several; an empty list holds, as in conditions. */
function anyOf(conditions: readonly Condition[], knows: Knows, segmentOf: SegmentOf): Clause | boolean {
  if (conditions.length === 0) return true;
  const left: Condition[] = [];
  for (const condition of conditions) {
    const part = residual(condition, knows, segmentOf);
    if (part === true) return true;
    if (part !== false) left.push(part);
  }
  return left.length === 0 ? false : { kind: 'or', conditions: left };
}

function asClause(left: Residual): Clause | boolean {
  if (typeof left === 'boolean') return left;
  return left.clauses.length === 1 ? left.clauses[0]! : { kind: 'and', conditions: [left] };
}

function negated(left: Clause | boolean): Clause | boolean {
  return typeof left === 'boolean' ? !left : { kind: 'not', condition: { clauses: [left] } };
}

/** All operators of a test, those inside others included. */
export function operatorsOf(test: ValueTest): readonly OperatorTest[] {
  if (test.kind === 'equals') return [];
  return test.tests.flatMap((operator) => {
    if (operator.kind === 'size' || operator.kind === 'not') return [operator, ...operatorsOf(operator.test)];
    if (operator.kind === 'all') return [operator, ...operator.tests.flatMap(operatorsOf)];
    return [operator];
  });
}

/** A clause that reads a path, and its operators that a device cannot ask. */
export interface PathRead {
  readonly path: string;
  readonly heavy: readonly OperatorTest['kind'][];
}

/** Everything that a condition reads itself; not what its segments read. */
export function pathReadsOf(condition: Condition): readonly PathRead[] {
  return condition.clauses.flatMap((clause) => {
    switch (clause.kind) {
      case 'and':
      case 'or':
      case 'nor':
        return clause.conditions.flatMap(pathReadsOf);
      case 'not':
        return pathReadsOf(clause.condition);
      case 'path': {
        const heavy = operatorsOf(clause.test).flatMap(({ kind }) => (HEAVY.has(kind) ? [kind] : []));
        return [{ path: clause.path, heavy }];
      }
      default:
        return [];
    }
  });
}

/** Without the operands as they were written: they are for people, and bytes. */
function slim(test: ValueTest): ValueTest {
  if (test.kind === 'equals') return test;
  return { kind: 'operators', tests: test.tests.map(slimOperator) };
}

function slimOperator(operator: OperatorTest): OperatorTest {
  switch (operator.kind) {
    case 'size':
    case 'not':
      return { ...operator, expected: null, test: slim(operator.test) };
    case 'all':
      return { ...operator, expected: null, tests: operator.tests.map(slim) };
    case 'list':
      return { ...operator, expected: null };
    default:
      return operator;
  }
}
