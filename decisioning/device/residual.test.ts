import { describe, expect, test } from 'vitest';
import type { ConditionDocument } from '../catalog/configuration.ts';
import type { Condition } from '../segments/ast.ts';
import { attributeResolver, compileCondition, parseCondition } from '../segments/index.ts';
import { pick, testRandom } from '../testing/seeds.ts';
import { pathReadsOf, residual } from './residual.ts';

const parsed = (document: ConditionDocument): Condition => {
  const read = parseCondition(document);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.condition;
};
const SEGMENTS: Record<string, ConditionDocument> = {
  young: { age: { $lt: 30 } },
  gold: { $or: [{ plan: 'gold' }, { $inSegment: 'young' }] },
};
const segmentOf = (id: string) => parsed(SEGMENTS[id]!);
const knowing = (known: Record<string, unknown>) => (path: string) =>
  Object.hasOwn(known, path) ? { value: known[path] } : undefined;
const left = (document: ConditionDocument, known: Record<string, unknown> = {}) =>
  residual(parsed(document), knowing(known), segmentOf);

describe('what is left of a condition', () => {
  test.each<[ConditionDocument, Record<string, unknown>, boolean]>([
    [{}, {}, true],
    [{ plan: 'gold' }, { plan: 'gold' }, true],
    [{ plan: 'gold', age: 3 }, { plan: 'free' }, false],
    [{ $or: [{ plan: 'gold' }, { age: 3 }] }, { plan: 'gold' }, true],
    [{ $or: [] }, {}, true],
    [{ $nor: [{ plan: 'gold' }, { age: 3 }] }, { plan: 'gold' }, false],
    [{ $not: { plan: 'gold' } }, { plan: 'free' }, true],
    [{ $inSegment: 'gold' }, { age: 20, plan: 'free' }, true],
    [{ $notInSegment: 'gold' }, { age: 40, plan: 'free' }, true],
  ])('%j is settled by %j: %s', (document, known, expected) => expect(left(document, known)).toBe(expected));

  test('names no segment, and keeps what asks for fields of elements whatever is known', () => {
    expect(JSON.stringify(left({ $inSegment: 'gold' }, { plan: 'free' }))).not.toMatch(/segment|plan/);
    const deep = left({ tags: { $elemMatch: { $eq: 'a' } } }, { tags: ['a'] });
    expect(deep).not.toBe(true);
    expect(pathReadsOf(deep as Condition)).toEqual([{ path: 'tags', heavy: ['elemMatch'] }]);
  });

  test('comes to the same as the whole, whatever was known, over 2,000 conditions', () => {
    const random = testRandom(7);
    const leaf = (): ConditionDocument =>
      pick<ConditionDocument>(random, [
        { plan: 'gold' },
        { plan: { $in: ['gold', 'free'] } },
        { age: { $gte: Math.floor(random.next() * 50) } },
        { age: { $not: { $lt: 25 } } },
        { tags: { $size: { $gt: 0 } } },
        { $inSegment: 'gold' },
        { $notInSegment: 'young' },
      ]);
    const grown = (depth: number): ConditionDocument =>
      depth === 0
        ? leaf()
        : pick<() => ConditionDocument>(random, [
            () => ({ $and: [grown(depth - 1), grown(depth - 1)] }),
            () => ({ $or: [grown(depth - 1), grown(depth - 1)] }),
            () => ({ $nor: [grown(depth - 1), leaf()] }),
            () => ({ $not: grown(depth - 1) }),
          ])();
    const counts = { true: 0, false: 0, open: 0 };
    for (let round = 0; round < 2_000; round += 1) {
      const document = grown(Math.floor(random.next() * 4));
      const all = { plan: pick(random, ['gold', 'free', null]), age: pick(random, [10, 28, 60]), tags: ['x'] };
      const known = Object.fromEntries(Object.entries(all).filter(() => random.next() < 0.4));
      const resolve = attributeResolver(all);
      const isMember = (id: string): boolean => compileCondition(segmentOf(id))(resolve, isMember);
      const whole = compileCondition(parsed(document))(resolve, isMember);
      const rest = left(document, known);
      expect(typeof rest === 'boolean' ? rest : compileCondition(rest)(resolve)).toBe(whole);
      counts[typeof rest === 'boolean' ? (`${rest}` as 'true') : 'open'] += 1;
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(200);
  });
});
