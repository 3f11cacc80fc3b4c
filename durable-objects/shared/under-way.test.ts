import { expect, test } from 'vitest';
import { MAX_CALL_MS, UnderWay } from './under-way.ts';

test('counts calls by object and in all, until they end, and ends none twice', () => {
  const underWay = new UnderWay();
  const first = underWay.begins('a', 1, 0);
  underWay.begins('a', 2, 0);
  underWay.begins('b', 3, 0);
  expect([underWay.to('a'), underWay.to('b'), underWay.to('c'), underWay.size]).toEqual([2, 1, 0, 3]);
  underWay.ends(first);
  underWay.ends(first);
  expect([underWay.to('a'), underWay.size]).toEqual([1, 2]);
});

test('lets go of calls that nobody was told of, oldest first, and not a millisecond early', () => {
  const underWay = new UnderWay();
  const old = underWay.begins('a', 1, 0);
  underWay.begins('a', 2, 1);
  expect(underWay.expired(MAX_CALL_MS - 1)).toEqual([]);
  expect(underWay.expired(MAX_CALL_MS)).toEqual([old]);
  expect([underWay.to('a'), underWay.size]).toEqual([1, 1]);
});
