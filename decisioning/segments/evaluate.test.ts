import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCondition } from './evaluate.ts';
import { SEGMENT_LIMITS } from './limits.ts';

describe('evaluateCondition', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['treats a missing attribute like 0 in comparisons', { age: { $gte: 0, $lt: 1 } }, {}, true],
    ['treats a missing attribute as null', { age: null, b: { $type: 'null' } }, {}, true],
    ['finds no boolean in a missing attribute', { vip: false }, {}, false],
    ['takes any truthy value for true', { vip: true }, { vip: 'yes' }, true],
    ['equals numbers and numeric text', { n: 5 }, { n: '5' }, true],
    ['compares $eq exactly', { n: { $eq: 5 } }, { n: '5' }, false],
    ['is never equal by $eq to a list', { n: { $eq: [1] } }, { n: [1] }, false],
    ['is false for an unknown operator', { n: { $near: 5 } }, { n: 5 }, false],
    ['is true for a negated unknown operator', { n: { $not: { $near: 5 } } }, { n: 5 }, true],
    ['takes mixed operators and fields for data', { n: { $gt: 1, b: 2 } }, { n: { $gt: 1, b: 2 } }, true],
    ['equals objects in any key order', { o: { a: 1, b: [2] } }, { o: { b: [2], a: 1 } }, true],
    ['tells an object from a list', { o: { 0: 'a' } }, { o: ['a'] }, false],
    ['passes over empty elements in $elemMatch', { l: { $elemMatch: { $lt: 1 } } }, { l: [0, null, ''] }, false],
    [
      'matches fields of an element together',
      { l: { $elemMatch: { a: 1, b: 2 } } },
      { l: [{ a: 1 }, { b: 2 }] },
      false,
    ],
    ['finds no top-level word inside $elemMatch of operators', { l: { $elemMatch: { $and: [] } } }, { l: [1] }, false],
    ['looks at every element for $all, loosely', { l: { $all: ['1', 2] } }, { l: [1, '2'] }, true],
    ['takes tests inside $all', { l: { $all: [{ $gt: 5 }, { $lt: 2 }] } }, { l: [1, 9] }, true],
    ['folds case in $alli, for text only', { l: { $alli: ['ONE', 2] } }, { l: ['one', 2] }, true],
    ['is not in an empty list', { a: { $nin: [] } }, {}, true],
    ['does not mix types in $in', { a: { $in: ['1'] } }, { a: 1 }, false],
    ['negates a pattern', { a: { $notRegex: '^b' } }, { a: 'abc' }, true],
    ['negates a pattern without case', { a: { $notRegexi: '^A' } }, { a: 'abc' }, false],
    ['is false for an unsupported pattern', { a: { $regex: '(?=a)a' } }, { a: 'a' }, false],
    ['is false for an unsupported negated pattern', { a: { $notRegex: '(a)\\1' } }, { a: 'b' }, false],
    ['holds for an empty $or and fails for an empty $nor', { $or: [], $not: { $nor: [] } }, {}, true],
    ['orders build numbers beyond five digits', { v: { $vgt: '1.0.99999' } }, { v: '1.0.100001' }, true],
    ['sorts a release after its pre-release', { v: { $vgt: '2.0.0-rc.10' } }, { v: 'v2.0.0+5' }, true],
    ['takes anything but text and numbers for version 0', { v: { $vlt: '0.0.1' } }, { v: {} }, true],
    ['reads list lengths', { 'l.length': 2, l: { $size: { $gt: 1 } } }, { l: [1, 2] }, true],
    ['is false for what is no condition', ['a'], {}, false],
    ['knows no segments', { $inSegment: 'vip' }, {}, false],
  ])('%s', (_title, condition, attributes, expected) => {
    expect(evaluateCondition(condition, attributes)).toBe(expected);
  });

  it('never calls a method that the data brings along', () => {
    const hostile = JSON.parse('{"a":{"toString":"x","valueOf":"y","toJSON":"z"}}');
    expect(evaluateCondition({ a: '[object Object]' }, hostile)).toBe(true);
    expect(evaluateCondition({ a: { $gt: 1 } }, hostile)).toBe(false);
    expect(evaluateCondition({ a: { $regex: 'object' } }, hostile)).toBe(true);
  });

  it('holds for nobody when the condition is one level too deep, negated or not', () => {
    const nested = (levels: number): unknown => (levels === 0 ? {} : { $not: nested(levels - 1) });
    expect(evaluateCondition(nested(SEGMENT_LIMITS.depth), {})).toBe(true);
    expect(evaluateCondition(nested(SEGMENT_LIMITS.depth + 1), {})).toBe(false);
    expect(evaluateCondition(nested(SEGMENT_LIMITS.depth + 2), {})).toBe(false);
    expect(evaluateCondition(nested(2_000), {})).toBe(false);
  });

  it('answers, and without an exception, whatever JSON it is given', () => {
    const names = [
      '$and',
      '$or',
      '$nor',
      '$not',
      '$in',
      '$all',
      '$elemMatch',
      '$size',
      '$regex',
      '$gt',
      '$veq',
      '$type',
      'a',
    ];
    const key = fc.oneof(
      fc.constantFrom(...names, '__proto__', '$inSegment', '$inGroup', 'a.b'),
      fc.string({ maxLength: 3 }),
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom<unknown>(null, true, 0, -1, 'a', '(a+)+$', '1.2.3', {}),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('json')), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs)),
      ),
    }));
    fc.assert(
      fc.property(json, json, json, (condition, attributes, groups) => {
        const answer = evaluateCondition(condition, attributes, groups as Record<string, unknown[]>);
        const again = evaluateCondition(structuredClone(condition), structuredClone(attributes), groups as never);
        expect(typeof answer).toBe('boolean');
        expect(again).toBe(answer);
      }),
      { seed: 5, numRuns: 3_000 },
    );
  });

  it('obeys De Morgan and double negation', () => {
    const clause = fc.record({
      a: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.record({ $gt: fc.integer({ min: 0, max: 2 }) })),
    });
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 3 }), (conditions, a) => {
        const holds = (condition: unknown) => evaluateCondition(condition, { a });
        expect(holds({ $nor: conditions })).toBe(!holds({ $or: conditions }));
        expect(holds({ $not: { $and: conditions } })).toBe(holds({ $or: conditions.map(($not) => ({ $not })) }));
        expect(holds({ $not: { $not: conditions[0] } })).toBe(holds(conditions[0]));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
