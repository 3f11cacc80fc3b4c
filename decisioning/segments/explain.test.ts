import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from './ast.ts';
import { compileCondition } from './compile.ts';
import type { Report } from './explain.ts';
import { blockers, EXPLAIN_LIMITS, explainCondition } from './explain.ts';
import { parseCondition } from './parse.ts';
import { attributeResolver } from './subject.ts';

function condition(json: unknown): Condition {
  const parsed = parseCondition(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.condition;
}

function countOf(report: Report): number {
  return report.kind === 'clause' ? 1 : report.children.reduce((sum, child) => sum + countOf(child), 1);
}

describe('explainCondition', () => {
  it('tells every operator of a clause apart, with what was wanted and what was found', () => {
    const explanation = explainCondition(condition({ age: { $gt: 18, $lt: 65 } }), attributeResolver({ age: 70 }));
    expect(explanation.passed).toBe(false);
    expect(explanation.report.children).toEqual([
      { kind: 'clause', path: 'age', operator: '$gt', expected: '18', actual: '70', passed: true },
      { kind: 'clause', path: 'age', operator: '$lt', expected: '65', actual: '70', passed: false },
    ]);
  });

  it('names the clauses that decided: those that failed, or passed under a negation', () => {
    const json = { plan: 'pro', $not: { country: 'DE' }, $or: [{ a: 1 }, { b: 2 }], $nor: [{ c: 3 }] };
    const { report } = explainCondition(condition(json), attributeResolver({ plan: 'pro', country: 'DE', a: 2, c: 3 }));
    expect(blockers(report).map((clause) => clause.path)).toEqual(['country', 'a', 'b', 'c']);
  });

  it('shows segment references with those the customer is in', () => {
    const resolve = attributeResolver({});
    const { report } = explainCondition(condition({ $notInSegment: ['x', 'y'] }), resolve, (id) => id === 'y');
    expect(blockers(report)).toEqual([
      { kind: 'clause', path: '', operator: '$notInSegment', expected: '["x","y"]', actual: '["y"]', passed: false },
    ]);
  });

  it('stays within its limits and keeps the verdict right when reports are left out', () => {
    const clauses = Array.from({ length: 400 }, () => ({ a: { $gt: 0, $lt: 9 } }));
    const wide = condition({ $and: [...clauses, { b: 1 }], a: { $ne: 'x'.repeat(900) } });
    const explanation = explainCondition(wide, attributeResolver({ a: 5, b: 2 }));
    expect(explanation).toMatchObject({ passed: false, truncated: true });
    expect(explainCondition(wide, attributeResolver({ a: 5, b: 1 })).passed).toBe(true);
    // Alternatives of several reports get a group of their own: at most one more per report.
    expect(countOf(explanation.report)).toBeLessThanOrEqual(2 * EXPLAIN_LIMITS.reports + 1);
    const long = explainCondition(condition({ a: 'y' }), attributeResolver({ a: 'x'.repeat(5_000) }));
    expect(JSON.stringify(long).length).toBeLessThan(2 * EXPLAIN_LIMITS.text + 200);
  });

  it('agrees with the compiled condition', () => {
    const value = fc.integer({ min: 0, max: 2 });
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(value, fc.record({ $gt: value, $ne: value }))),
        fc.record({ $and: fc.array(tie('json'), { maxLength: 3 }), a: value }),
        fc.record({ $or: fc.array(tie('json'), { maxLength: 3 }) }),
        fc.record({ $nor: fc.array(tie('json'), { maxLength: 3 }) }),
        fc.record({ $not: tie('json') }),
      ),
    }));
    fc.assert(
      fc.property(json, fc.record({ a: value, b: value }), (source, attributes) => {
        const parsed = condition(source);
        const resolve = attributeResolver(attributes);
        const { passed, report } = explainCondition(parsed, resolve);
        expect(passed).toBe(compileCondition(parsed)(resolve));
        if (passed) expect(blockers(report)).toEqual([]);
      }),
      { seed: 9, numRuns: 1_000 },
    );
  });
});
