import { describe, expect, test } from 'vitest';
import { changesBetween, changesOf, MAX_CHANGES } from './changes.ts';

describe('changesBetween', () => {
  test('names each field that differs, and what it was and is', () => {
    const before = { a: 1, b: { c: [1, 2], 'x/y': 1 }, gone: true };
    const after = { a: 1, b: { c: [1, 3, 4], 'x/y': 2 }, come: null };
    expect(changesBetween(before, after)).toEqual([
      { path: '/b/c/1', before: 2, after: 3 },
      { path: '/b/c/2', after: 4 },
      { path: '/b/x~1y', before: 1, after: 2 },
      { path: '/gone', before: true },
      { path: '/come', after: null },
    ]);
  });

  test('finds none between the same fields in another order', () => {
    expect(changesBetween({ a: 1, b: [{}] }, { b: [{}], a: 1 })).toEqual([]);
  });

  test('a list and an object of the same keys are not the same', () => {
    expect(changesBetween({ a: [1] }, { a: { 0: 1 } })).toHaveLength(1);
  });

  test('takes a created or deleted document as one change', () => {
    expect(changesOf(null, '{"id":"a"}')).toEqual([{ path: '/', after: { id: 'a' } }]);
    expect(changesOf('{"id":"a"}', null)).toEqual([{ path: '/', before: { id: 'a' } }]);
  });

  test('keeps so many changes, and so much of a value, and no more', () => {
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`k${i}`, i]));
    expect(changesBetween({}, many)).toHaveLength(MAX_CHANGES);
    const [change] = changesBetween({ a: 'x'.repeat(10_000) }, { a: 1 });
    expect(String(change?.before).length).toBeLessThan(510);
  });
});
