/** Conditions that can hold for nobody, where that is plain to see. */
import type { Clause, Condition, OperatorTest, ValueTest } from './ast.ts';
import { compileValueTest } from './compile.ts';

/** What a segment asks for; undefined for one that is not there. */
export type SegmentCondition = (id: string) => Condition | undefined;

/** Clauses looked at before giving up: parts of an `$or` may lead to the same segments again and again. */
const MAX_LOOKED_AT = 10_000;

/** All that is asked of a path at once. */
type Demands = Map<string, ValueTest[]>;

/**
 * A path of which a condition asks what no value fulfils, or undefined. Only what is asked together is looked at, through `$and` and single segments; an `$or`
 * can hold as soon as one of its parts can. Found are different equalities, values that are in no list, and ranges that do not meet; whatever else cannot
 * hold is not found, but what is found never holds.
 *
 * @param segmentOf to look into segments; they are left out when absent.
 */
export function contradictionOf(condition: Condition, segmentOf?: SegmentCondition): string | undefined {
  return contradiction(condition, { segmentOf, left: MAX_LOOKED_AT }, new Set());
}

interface Search {
  readonly segmentOf: SegmentCondition | undefined;
  /** Clauses that may still be looked at. */
  left: number;
}

/** @param entered segments that are looked into already. */
function contradiction(condition: Condition, search: Search, entered: ReadonlySet<string>): string | undefined {
  const demands: Demands = new Map();
  const seen = new Set(entered);
  const choices: (readonly Condition[])[] = [];
  const collect = (clause: Clause): void => {
    search.left--;
    if (search.left < 0) return;
    if (clause.kind === 'and') for (const each of clause.conditions) each.clauses.forEach(collect);
    else if (clause.kind === 'or' && clause.conditions.length > 0) choices.push(clause.conditions);
    else if (clause.kind === 'path')
      demands.set(clause.path, [...(demands.get(clause.path) ?? []), ...parts(clause.test)]);
    else if (clause.kind === 'segment' && clause.operator === '$inSegment' && clause.ids.length === 1) {
      const [id] = clause.ids as readonly [string];
      if (seen.has(id)) return;
      seen.add(id);
      search.segmentOf?.(id)?.clauses.forEach(collect);
    }
  };
  condition.clauses.forEach(collect);
  for (const [path, tests] of demands) if (cannotHold(tests)) return path;
  for (const conditions of choices) {
    const found = conditions.map((each) => contradiction(each, search, seen));
    if (found.every((path) => path !== undefined)) return found[0];
  }
  return undefined;
}

/** Operators one by one. */
function parts(test: ValueTest): readonly ValueTest[] {
  return test.kind === 'equals' ? [test] : test.tests.map((one) => ({ kind: 'operators', tests: [one] }));
}

function cannotHold(tests: readonly ValueTest[]): boolean {
  const operators = tests.flatMap((test) => (test.kind === 'operators' ? test.tests : []));
  const equals = tests.flatMap((test) => (test.kind === 'equals' ? [test.expected] : []));
  return (
    operators.some((one) => one.kind === 'list' && isIn(one) && one.values.length === 0) ||
    missesExact(operators, tests) ||
    areDifferent(equals) ||
    missesLists(equals, operators) ||
    rangesMiss(operators, equals)
  );
}

function isIn({ operator }: { readonly operator: string }): boolean {
  return operator === '$in' || operator === '$ini';
}

/** `$eq` takes one value alone: whatever else is asked must hold of it. */
function missesExact(operators: readonly OperatorTest[], tests: readonly ValueTest[]): boolean {
  const exact = operators.find((one) => one.kind === 'compare' && one.operator === '$eq');
  // What saved groups and segments hold is not known here.
  if (!exact || operators.some(({ kind }) => kind === 'group' || kind === 'elemMatch' || kind === 'not')) return false;
  return tests.some((test) => !compileValueTest(test, {})(exact.expected, () => true));
}

/** Two texts, two numbers, or true and false. */
function areDifferent(equals: readonly unknown[]): boolean {
  return ['string', 'number', 'boolean'].some((type) => new Set(equals.filter((one) => typeof one === type)).size > 1);
}

/** A text and a list without it. A text with a comma may be that of a list, whose members are others; an empty one may be that of `[null]`. */
function missesLists(equals: readonly unknown[], operators: readonly OperatorTest[]): boolean {
  const text = equals.find((one) => typeof one === 'string' && one !== '' && !one.includes(','));
  if (text === undefined) return false;
  const lists = operators.filter((one) => one.kind === 'list').filter(isIn);
  const folded = (one: unknown) => String(one).toLowerCase();
  return lists.some(({ values }) => !values.some((one) => folded(one) === folded(text)));
}

/** Bounds that leave no number between them. */
function rangesMiss(operators: readonly OperatorTest[], equals: readonly unknown[]): boolean {
  const compared = operators.flatMap(({ kind, operator, expected }) =>
    kind === 'compare' && typeof expected === 'number' ? [{ operator, expected }] : [],
  );
  const same = equals.filter((one) => typeof one === 'number');
  const boundsOf = (strict: string, loose: string) => {
    const open = compared.filter(({ operator }) => operator === strict).map(({ expected }) => expected);
    const closed = compared.filter(({ operator }) => operator === loose).map(({ expected }) => expected);
    return { open, all: [...open, ...closed, ...same] };
  };
  const [lows, highs] = [boundsOf('$gt', '$gte'), boundsOf('$lt', '$lte')];
  const low = lows.all.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  const high = highs.all.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return low > high || (low === high && (lows.open.includes(low) || highs.open.includes(high)));
}
