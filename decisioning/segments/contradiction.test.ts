import { describe, expect, test } from 'vitest';
import type { Condition } from './ast.ts';
import { contradictionOf } from './contradiction.ts';
import { evaluateCondition } from './evaluate.ts';
import { parseCondition } from './parse.ts';

function read(json: unknown): Condition {
  const result = parseCondition(json);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.condition;
}

const never: readonly unknown[] = [
  { $and: [{ plan: 'gold' }, { plan: 'silver' }] },
  { plan: 'gold', $and: [{ $and: [{ plan: 'silver' }] }] },
  { $and: [{ age: 5 }, { age: 6 }] },
  { $and: [{ vip: true }, { vip: false }] },
  { age: { $gt: 30, $lt: 20 } },
  { age: { $gt: 30, $lte: 30 } },
  { age: { $gte: 30, $lt: 30 } },
  { $and: [{ age: 5 }, { age: { $gt: 5 } }] },
  { $and: [{ age: { $gte: 18 } }, { age: { $lt: 65 } }, { age: { $lt: 18 } }] },
  { plan: { $eq: 'gold', $ne: 'gold' } },
  { plan: { $eq: 'gold', $regex: '^s' } },
  { $and: [{ plan: { $eq: 'gold' } }, { plan: 'silver' }] },
  { $and: [{ plan: 'gold' }, { plan: { $in: ['silver', 'bronze'] } }] },
  { plan: { $in: [] } },
  { $or: [{ plan: { $in: [] } }, { age: { $gt: 2, $lt: 1 } }] },
];

const sometimes: readonly (readonly [condition: unknown, attributes: object])[] = [
  [{ $and: [{ plan: 'gold' }, { age: 5 }] }, { plan: 'gold', age: 5 }],
  [{ $and: [{ plan: 'gold' }, { plan: 'gold' }] }, { plan: 'gold' }],
  [{ age: { $gte: 30, $lte: 30 } }, { age: 30 }],
  [{ age: { $gt: 5, $lt: 5.5 } }, { age: 5.2 }],
  [{ age: { $gt: '5', $lt: '10' } }, { age: 7 }],
  [{ $and: [{ n: '5' }, { n: 5 }] }, { n: 5 }],
  // A list is its text, and has members besides.
  [{ $and: [{ tags: 'a,b' }, { tags: { $in: ['a'] } }] }, { tags: ['a', 'b'] }],
  // So is a list of nothing but null: no text at all.
  [{ $and: [{ tags: { $in: [null] } }, { tags: '' }] }, { tags: [null] }],
  [{ $and: [{ tags: { $in: ['a'] } }, { tags: { $in: ['b'] } }] }, { tags: ['a', 'b'] }],
  [{ $and: [{ plan: 'gold' }, { plan: { $ini: ['GOLD'] } }] }, { plan: 'gold' }],
  [{ $and: [{ plan: 'gold' }, { plan: { $nin: [] } }] }, { plan: 'gold' }],
  [{ $or: [{ plan: 'gold' }, { plan: 'silver' }] }, { plan: 'silver' }],
  [{ $or: [{ age: { $gt: 2, $lt: 1 } }, { plan: 'silver' }] }, { plan: 'silver' }],
  [{ $not: { $and: [{ plan: 'gold' }, { plan: 'silver' }] } }, {}],
  [{ $nor: [{ $and: [{ plan: 'gold' }, { plan: 'silver' }] }] }, {}],
  [{ plan: { $eq: 'gold', $not: { $eq: 'silver' } } }, { plan: 'gold' }],
  [{}, {}],
];

const values = [
  'gold',
  'silver',
  '',
  'a,b',
  5,
  6,
  0,
  19,
  30,
  70,
  -1,
  true,
  false,
  null,
  undefined,
  ['gold'],
  [null],
  ['a', 'b'],
  [5],
  {},
];

describe('a condition', () => {
  test.each(never)('that nothing fulfils is found: %j', (condition) => {
    expect(contradictionOf(read(condition))).toMatch(/^(plan|age|vip)$/);
    for (const plan of values)
      for (const age of values)
        for (const vip of [true, false, null]) expect(evaluateCondition(condition, { plan, age, vip })).toBe(false);
  });

  test.each(sometimes)('that something fulfils is not: %j', (condition, attributes) => {
    expect(evaluateCondition(condition, attributes)).toBe(true);
    expect(contradictionOf(read(condition))).toBeUndefined();
  });
});

describe('segments', () => {
  const gold = { gold: read({ plan: 'gold' }), again: read({ $inSegment: 'again' }) };
  const segmentOf = (id: string) => (gold as Record<string, Condition>)[id];

  test('are looked into where the customer must be in them, circles and missing ones included', () => {
    const both = { $inSegment: 'gold', plan: 'silver' };
    expect(contradictionOf(read(both), segmentOf)).toBe('plan');
    expect(contradictionOf(read(both))).toBeUndefined();
    for (const one of [
      { $inSegment: ['gold', 'x'], plan: 'silver' },
      { $notInSegment: 'gold', plan: 'silver' },
    ])
      expect(contradictionOf(read(one), segmentOf)).toBeUndefined();
    expect(contradictionOf(read({ $inSegment: 'again' }), segmentOf)).toBeUndefined();
  });

  test('that lead to each other in ever more ways are given up', () => {
    let looks = 0;
    const next = (id: string) => {
      looks++;
      const to = `s${Number(id.slice(1)) + 1}`;
      return Number(id.slice(1)) > 14
        ? read({ a: 1 })
        : read({ $or: Array.from({ length: 20 }, () => ({ $inSegment: to })) });
    };
    expect(contradictionOf(read({ $inSegment: 's0' }), next)).toBeUndefined();
    expect(looks).toBeLessThan(10_001);
  });
});
