import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionDocument } from '../catalog/configuration.ts';
import { compileSegments } from '../segments/segments.ts';
import { attributeResolver } from '../segments/subject.ts';
import { ASKED, asKnown } from './as-known.ts';

const isOpen = (path: string) => path.startsWith('page.');

function holds(
  condition: ConditionDocument,
  attributes: unknown,
  segments: Record<string, ConditionDocument> = {},
): boolean {
  const compiled = compileSegments(asKnown(condition, segments, isOpen).definitions);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.segments.membershipBy(attributeResolver(attributes))(ASKED);
}

describe('asKnown', () => {
  it('leaves what reads no request as it is', () => {
    const condition = { plan: 'pro', $or: [{ age: { $gt: 18 } }, { tags: { $elemMatch: { $eq: 'x' } } }] };
    expect(asKnown(condition, {}, isOpen)).toEqual({ definitions: { [ASKED]: condition }, unknown: [] });
  });

  it('takes a clause about the request as met, and names its path once', () => {
    const condition = { plan: 'pro', 'page.path': '/cart', $or: [{ 'page.path': '/' }, { 'page.host': 'a' }] };
    expect(asKnown(condition, {}, isOpen).unknown).toEqual(['page.host', 'page.path']);
    expect(holds(condition, { plan: 'pro' })).toBe(true);
    expect(holds(condition, { plan: 'free' })).toBe(false);
  });

  it.each<[string, ConditionDocument, boolean]>([
    ['not', { $not: { 'page.path': '/' } }, true],
    ['not of both', { $not: { plan: 'pro', 'page.path': '/' } }, true],
    ['not of either', { $not: { $or: [{ plan: 'pro' }, { 'page.path': '/' }] } }, false],
    ['nor', { $nor: [{ 'page.path': '/' }, { plan: 'free' }] }, true],
    ['not of not', { $not: { $not: { 'page.path': '/', plan: 'free' } } }, false],
  ])('under a negation takes it as whatever lets the customer in: %s', (_title, condition, expected) => {
    expect(holds(condition, { plan: 'pro' })).toBe(expected);
  });

  it('reads a segment widely where it lets in and narrowly where it keeps out', () => {
    const segments = { cart: { 'page.path': '/cart', plan: 'pro' }, both: { $inSegment: ['cart'] } };
    expect(holds({ $inSegment: 'both' }, { plan: 'pro' }, segments)).toBe(true);
    expect(holds({ $notInSegment: ['both'] }, { plan: 'pro' }, segments)).toBe(true);
    expect(holds({ $inSegment: 'both', $not: { $inSegment: 'cart' } }, { plan: 'free' }, segments)).toBe(false);
    expect(Object.keys(asKnown({ $inSegment: 'cart' }, segments, isOpen).definitions)).toEqual([ASKED, 'cart']);
  });

  it('ends at a circle and at a segment that is not there', () => {
    expect(asKnown({ $inSegment: 'a' }, { a: { $not: { $inSegment: 'a' } } }, isOpen).definitions).toHaveProperty('a!');
    expect(asKnown({ $inSegment: 'gone' }, {}, isOpen).definitions).toEqual({ [ASKED]: { $inSegment: 'gone' } });
  });

  it('holds whenever some request would make the condition hold', () => {
    const value = fc.integer({ min: 0, max: 1 });
    const { json } = fc.letrec<{ json: ConditionDocument }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        fc.dictionary(fc.constantFrom('a', 'page.x'), value, { maxKeys: 2 }),
        fc.record({ $and: fc.array(tie('json'), { maxLength: 2 }), a: value }),
        fc.record({ $or: fc.array(tie('json'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ $nor: fc.array(tie('json'), { minLength: 1, maxLength: 2 }) }),
        fc.record({ $not: tie('json') }),
        fc.record({ $inSegment: fc.constant('s') }),
        fc.record({ $notInSegment: fc.constant('s') }),
      ),
    }));
    const segments = { s: { $or: [{ 'page.x': 1 }, { a: 1 }] } };
    fc.assert(
      fc.property(json, value, (condition, a) => {
        const compiled = compileSegments({ ...segments, [ASKED]: condition });
        if (!compiled.ok) throw new Error('does not compile');
        const { membershipBy } = compiled.segments;
        const inSome = [0, 1, 2].some((x) => membershipBy(attributeResolver({ a, page: { x } }))(ASKED));
        if (inSome) expect(holds(condition, { a }, segments)).toBe(true);
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });
});
