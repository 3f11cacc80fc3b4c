import { describe, expect, it } from 'vitest';
import { SEGMENT_LIMITS } from './limits.ts';
import { parseCondition } from './parse.ts';

function problems(json: unknown): readonly unknown[] {
  const result = parseCondition(json);
  return result.ok ? [] : result.problems;
}

describe('parseCondition', () => {
  it('accepts a rule with every kind of clause', () => {
    expect(
      problems({
        $and: [{ 'geo.country': { $in: ['DE', 'AT'] } }, { $or: [{ plan: 'pro' }, { vip: true }] }],
        $not: { email: { $regexi: '@example\\.com$' } },
        $inSegment: ['loyal', 'new'],
        'outcomes.purchase.value.30d': { $gte: 10_000 },
        'touches.email.hoursSinceLast': { $not: { $lt: 24 } },
        tags: { $all: ['a'], $size: { $gt: 1 }, $elemMatch: { $ne: 'x' } },
        items: { $elemMatch: { sku: 'a', price: { $lt: 5 } } },
        app: { $vgte: '2.0.0' },
        address: { city: 'Wien' },
        gone: { $exists: false, $type: 'null' },
        id: { $inGroup: 'staff' },
      }),
    ).toEqual([]);
  });

  it.each<[unknown, string, string]>([
    [5, '', 'not_an_object'],
    [{ $and: {} }, '$and', 'not_a_list'],
    [{ $or: [{ a: 1 }, 2] }, '$or[1]', 'not_an_object'],
    [{ $xor: [] }, '$xor', 'unknown_operator'],
    [{ age: { $greater: 1 } }, 'age.$greater', 'unknown_operator'],
    [{ $and: [{ age: { $not: { $gtt: 1 } } }] }, '$and[0].age.$not.$gtt', 'unknown_operator'],
    [{ age: { $gt: 1, lt: 2 } }, 'age', 'mixed_operators_and_fields'],
    [{ age: { $in: 3 } }, 'age.$in', 'not_a_list'],
    [{ age: { $in: [[1]] } }, 'age.$in[0]', 'not_a_plain_value'],
    [{ age: { $eq: {} } }, 'age.$eq', 'not_a_plain_value'],
    [{ age: { $exists: 'yes' } }, 'age.$exists', 'not_a_boolean'],
    [{ age: { $type: 'int' } }, 'age.$type', 'unknown_type'],
    [{ age: { $size: '3' } }, 'age.$size', 'not_a_number'],
    [{ age: { $inGroup: 1 } }, 'age.$inGroup', 'not_a_string'],
    [{ age: { $veq: true } }, 'age.$veq', 'not_a_string'],
    [{ age: { $elemMatch: 'x' } }, 'age.$elemMatch', 'not_an_object'],
    [{ age: { $regex: '(a)\\1' } }, 'age.$regex', 'regex_backreference'],
    [{ age: { $regex: 5 } }, 'age.$regex', 'not_a_string'],
    [{ age: Number.NaN }, 'age', 'not_json'],
    [{ age: { $gt: () => 1 } }, 'age.$gt', 'not_json'],
    [{ $inSegment: 4 }, '$inSegment', 'not_a_list'],
    [{ $inSegment: [4] }, '$inSegment', 'not_a_string'],
    [{ 'constructor.name': 1 }, 'constructor.name', 'forbidden_name'],
    [JSON.parse('{"a":{"$elemMatch":{"__proto__":1}}}'), 'a.$elemMatch.__proto__', 'forbidden_name'],
    [{ 'a..b': 1 }, 'a..b', 'empty_path_part'],
    [{ 'outcomes.purchase.count.91d': 1 }, 'outcomes.purchase.count.91d', 'counter_window_too_long'],
    [{ 'touches.email.hours': 1 }, 'touches.email.hours', 'counter_bad_measure'],
  ])('refuses %j naming the place', (json, path, reason) => {
    expect(problems(json)).toEqual([{ path, reason }]);
  });

  it('reports several problems at once, up to the limit', () => {
    expect(problems({ a: { $x: 1 }, b: { $y: 1 } })).toHaveLength(2);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, { $x: 1 }]));
    expect(problems(many)).toHaveLength(SEGMENT_LIMITS.problems);
  });

  it('accepts the longest list, string and path and refuses one more', () => {
    const list = (length: number) => ({ a: { $in: Array.from({ length }, (_, index) => index) } });
    expect(problems(list(SEGMENT_LIMITS.listLength))).toEqual([]);
    expect(problems(list(SEGMENT_LIMITS.listLength + 1))).toEqual([{ path: 'a.$in', reason: 'list_too_long' }]);
    expect(problems({ a: 'x'.repeat(SEGMENT_LIMITS.stringLength) })).toEqual([]);
    expect(problems({ a: 'x'.repeat(SEGMENT_LIMITS.stringLength + 1) })).toEqual([
      { path: 'a', reason: 'string_too_long' },
    ]);
    expect(problems({ ['p'.repeat(SEGMENT_LIMITS.pathLength)]: 1 })).toEqual([]);
    expect(problems({ ['p'.repeat(SEGMENT_LIMITS.pathLength + 1)]: 1 })).toHaveLength(1);
  });

  it('refuses depth and size beyond the limits, however the nesting is made', () => {
    const deep = (wrap: (inner: unknown) => unknown) => {
      let json: unknown = {};
      for (let level = 0; level < 3_000; level += 1) json = wrap(json);
      return problems(json);
    };
    const wraps: ((inner: unknown) => unknown)[] = [
      (inner) => ({ $not: inner }),
      (inner) => ({ $and: [inner] }),
      (inner) => ({ a: { $not: inner } }),
      (inner) => ({ a: { $elemMatch: inner } }),
      (inner) => ({ a: { $all: [inner] } }),
      (inner) => ({ a: inner }),
      (inner) => ({ a: [inner] }),
    ];
    for (const wrap of wraps) expect(deep(wrap)).toContainEqual(expect.objectContaining({ reason: 'too_deep' }));
    const wide = { $or: Array.from({ length: 900 }, () => ({ a: 1, b: 2, c: 3 })) };
    expect(problems(wide)).toContainEqual(expect.objectContaining({ reason: 'too_many_nodes' }));
    const patterns = { $or: Array.from({ length: 5 }, () => ({ a: { $regex: '.{500}' } })) };
    expect(problems(patterns)).toEqual([{ path: '$or[4].a.$regex', reason: 'regex_too_large' }]);
  });
});
