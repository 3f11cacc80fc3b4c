import { describe, expect, it } from 'vitest';
import { SEGMENT_LIMITS } from './limits.ts';
import type { SegmentSet } from './segments.ts';
import { compileSegments } from './segments.ts';
import type { Subject } from './subject.ts';

const HOUR_MS = 3_600_000;
const nowMs = Date.UTC(2024, 0, 1);

function subject(attributes: Record<string, unknown>, outcomes: Subject['counters']['outcomes'] = []): Subject {
  return { attributes, counters: { touches: [], outcomes, behaviour: [] }, nowMs };
}

function compiled(definitions: Record<string, unknown>): SegmentSet {
  const result = compileSegments(definitions);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.segments;
}

function problems(definitions: Record<string, unknown>): readonly unknown[] {
  const result = compileSegments(definitions);
  return result.ok ? [] : result.problems;
}

describe('compileSegments', () => {
  it('decides membership by attributes and counters, and an event changes it at once', () => {
    const segments = compiled({ buyers: { country: 'DE', 'outcomes.purchase.count.7d': { $gte: 1 } } });
    const purchase = { at: nowMs, goal: 'purchase', valueMinor: 500 };
    expect(segments.get('buyers')?.(subject({ country: 'DE' }))).toBe(false);
    expect(segments.get('buyers')?.(subject({ country: 'DE' }, [purchase]))).toBe(true);
    expect(segments.get('buyers')?.(subject({ country: 'DE' }, [{ ...purchase, at: nowMs - 168 * HOUR_MS }]))).toBe(
      false,
    );
  });

  it('does not take "never" for "recently": no comparison accepts an hoursSinceLast that never was', () => {
    const path = 'outcomes.purchase.hoursSinceLast';
    const segments = compiled({
      recent: { [path]: { $lt: 24 } },
      old: { [path]: { $gte: 24 } },
      zero: { [path]: 0 },
      notRecent: { [path]: { $not: { $lt: 24 } } },
      never: { [path]: { $exists: false } },
      empty: { [path]: null },
      no: { [path]: false },
    });
    const isMember = segments.membership(subject({}));
    expect(segments.ids.filter(isMember)).toEqual(['notRecent', 'never', 'empty']);
  });

  it('resolves references in any order of definition; a list means any of them, $notInSegment none', () => {
    const segments = compiled({
      target: { $inSegment: ['german', 'vip'], $notInSegment: 'staff' },
      german: { country: 'DE' },
      vip: { plan: 'pro' },
      staff: { role: { $in: ['admin'] } },
    });
    const target = (attributes: Record<string, unknown>) => segments.get('target')?.(subject(attributes));
    expect(target({ plan: 'pro' })).toBe(true);
    expect(target({ country: 'DE' })).toBe(true);
    expect(target({ country: 'FR' })).toBe(false);
    expect(target({ country: 'DE', role: 'admin' })).toBe(false);
  });

  it('works out each segment once per membership, so that repeated references do not multiply', () => {
    let reads = 0;
    const attributes = {
      get leaf() {
        reads += 1;
        return 1;
      },
    };
    const levels = 6;
    const definitions: Record<string, unknown> = { s0: { leaf: 2 } };
    for (let i = 1; i <= levels; i += 1) {
      definitions[`s${i}`] = { $or: Array.from({ length: 4 }, () => ({ $inSegment: `s${i - 1}` })) };
    }
    const isMember = compiled(definitions).membership(subject(attributes));
    expect(isMember(`s${levels}`)).toBe(false);
    expect(isMember('s0')).toBe(false);
    expect(reads).toBe(1);
  });

  it('refuses a circle and names it, also through the fields of list elements', () => {
    expect(problems({ a: { $inSegment: 'b' }, b: { $not: { $inSegment: ['c'] } }, c: { $notInSegment: 'a' } })).toEqual(
      [{ segment: 'a', path: '', reason: 'segment_cycle', cycle: ['a', 'b', 'c', 'a'] }],
    );
    expect(problems({ a: { x: { $elemMatch: { y: 1, $inSegment: 'a' } } } })).toEqual([
      { segment: 'a', path: '', reason: 'segment_cycle', cycle: ['a', 'a'] },
    ]);
  });

  it('refuses unknown references, prototype names among them, and conditions that do not parse', () => {
    expect(problems({ a: { $inSegment: 'b' } })).toEqual([{ segment: 'a', path: 'b', reason: 'unknown_segment' }]);
    expect(problems({ a: { $inSegment: 'constructor' } })).toHaveLength(1);
    expect(problems({ a: { x: { $foo: 1 } } })).toEqual([{ segment: 'a', path: 'x.$foo', reason: 'unknown_operator' }]);
  });

  it('accepts the longest chain and as many segments as the limit, and refuses one more', () => {
    const chain = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, i) => [`s${i}`, i === 0 ? {} : { $inSegment: `s${i - 1}` }]));
    expect(problems(chain(SEGMENT_LIMITS.referenceDepth + 1))).toEqual([]);
    expect(problems(chain(SEGMENT_LIMITS.referenceDepth + 2))).toContainEqual(
      expect.objectContaining({ reason: 'references_too_deep' }),
    );
    const many = (length: number) => Object.fromEntries(Array.from({ length }, (_, i) => [`s${i}`, {}]));
    expect(problems(many(SEGMENT_LIMITS.segments))).toEqual([]);
    expect(problems(many(SEGMENT_LIMITS.segments + 1))).toContainEqual(
      expect.objectContaining({ reason: 'too_many_segments' }),
    );
  });
});
