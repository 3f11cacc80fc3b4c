import type { Clause, Condition, ValueTest } from './ast.ts';
import type { IsMember, SavedGroups } from './compile.ts';
import { compileClause, compileValueTest } from './compile.ts';
import { compileOperator } from './operators.ts';
import type { Resolve } from './subject.ts';

/** One clause and its verdict. `expected` and `actual` are JSON text, cut to EXPLAIN_LIMITS.text. */
export interface ClauseReport {
  readonly kind: 'clause';
  /** Attribute or counter path; empty for segment references. */
  readonly path: string;
  readonly operator: string;
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
}

/** A combination of clauses and its verdict. */
export interface GroupReport {
  readonly kind: 'all' | 'and' | 'or' | 'nor' | 'not';
  readonly passed: boolean;
  readonly children: readonly Report[];
}

export type Report = ClauseReport | GroupReport;

/** `report` mirrors the condition; `truncated` tells that parts beyond the limit were left out, never that a verdict is. */
export interface Explanation {
  readonly passed: boolean;
  readonly report: GroupReport;
  readonly truncated: boolean;
}

/** Size of an explanation: what a person reads and a response carries. */
export const EXPLAIN_LIMITS = { reports: 200, text: 200 } as const;

interface Explainer {
  readonly resolve: Resolve;
  readonly isMember: IsMember;
  readonly savedGroups: SavedGroups;
  /** Reports that may still be written. */
  left: number;
  truncated: boolean;
}

/** A verdict with its reports; once the limit is reached reports are missing, the verdict never is. */
interface Verdict {
  readonly passed: boolean;
  readonly reports: readonly Report[];
}

/**
 * Evaluate a condition clause by clause, without stopping at the first that fails, and tell each verdict. Slower than the
 * compiled condition, same answer.
 */
export function explainCondition(
  condition: Condition,
  resolve: Resolve,
  isMember: IsMember = () => false,
  savedGroups: SavedGroups = {},
): Explanation {
  const explainer: Explainer = { resolve, isMember, savedGroups, left: EXPLAIN_LIMITS.reports, truncated: false };
  const { passed, reports } = explainAll(explainer, condition);
  return { passed, report: { kind: 'all', passed, children: reports }, truncated: explainer.truncated };
}

/** The clauses that decided against the wanted verdict: those that failed, or passed where a negation wanted them not to. */
export function blockers(report: Report, wanted = true): readonly ClauseReport[] {
  if (report.passed === wanted) return [];
  if (report.kind === 'clause') return [report];
  const wantedOfChildren = report.kind === 'not' || report.kind === 'nor' ? !wanted : wanted;
  return report.children.flatMap((child) => blockers(child, wantedOfChildren));
}

function explainAll(explainer: Explainer, condition: Condition): Verdict {
  const verdicts = condition.clauses.map((clause) => explainClause(explainer, clause));
  return {
    passed: verdicts.every((verdict) => verdict.passed),
    reports: verdicts.flatMap((verdict) => verdict.reports),
  };
}

function explainClause(explainer: Explainer, clause: Clause): Verdict {
  if (!spend(explainer)) {
    return { passed: compileClause(clause, explainer.savedGroups)(explainer.resolve, explainer.isMember), reports: [] };
  }
  switch (clause.kind) {
    case 'and':
    case 'or':
    case 'nor':
      return explainMany(explainer, clause.kind, clause.conditions);
    case 'not': {
      const inner = explainAll(explainer, clause.condition);
      const passed = !inner.passed;
      return { passed, reports: [{ kind: 'not', passed, children: inner.reports }] };
    }
    case 'segment': {
      const memberOf = clause.ids.filter((id) => explainer.isMember(id));
      const passed = memberOf.length > 0 === (clause.operator === '$inSegment');
      return { passed, reports: [leaf('', clause.operator, clause.ids, memberOf, passed)] };
    }
    case 'path':
      return explainTest(explainer, clause.path, clause.test);
    case 'never':
      return { passed: false, reports: [leaf('', clause.operator, undefined, undefined, false)] };
  }
}

function explainMany(explainer: Explainer, kind: 'and' | 'or' | 'nor', conditions: readonly Condition[]): Verdict {
  const verdicts = conditions.map((condition) => explainAll(explainer, condition));
  // Several clauses of one alternative stay together, so that a reader sees which alternative they belong to. One without
  // reports (empty, or past the limit) leaves no trace.
  const children = verdicts.flatMap(({ passed, reports }): readonly Report[] =>
    reports.length > 1 ? [{ kind: 'all', passed, children: reports }] : reports,
  );
  const any = verdicts.length === 0 || verdicts.some((verdict) => verdict.passed);
  const every = verdicts.every((verdict) => verdict.passed);
  const passed = kind === 'and' ? every : kind === 'or' ? any : !any;
  return { passed, reports: [{ kind, passed, children }] };
}

function explainTest(explainer: Explainer, path: string, test: ValueTest): Verdict {
  const actual = explainer.resolve(path);
  if (test.kind === 'equals') {
    const passed = compileValueTest(test, explainer.savedGroups)(actual, explainer.isMember);
    return { passed, reports: [leaf(path, 'equals', test.expected, actual, passed)] };
  }
  let passed = true;
  const reports: Report[] = [];
  for (const operator of test.tests) {
    const holds = compileOperator(operator, explainer.savedGroups)(actual, explainer.isMember);
    passed = passed && holds;
    // The clause has paid for its first operator.
    if (reports.length > 0 && !spend(explainer)) continue;
    reports.push(leaf(path, operator.operator, operator.expected, actual, holds));
  }
  return { passed, reports };
}

function spend(explainer: Explainer): boolean {
  if (explainer.left > 0) {
    explainer.left -= 1;
    return true;
  }
  explainer.truncated = true;
  return false;
}

function leaf(path: string, operator: string, expected: unknown, actual: unknown, passed: boolean): ClauseReport {
  return { kind: 'clause', path, operator, expected: shown(expected), actual: shown(actual), passed };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > EXPLAIN_LIMITS.text ? `${text.slice(0, EXPLAIN_LIMITS.text - 1)}…` : text;
}
