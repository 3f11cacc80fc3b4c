import { expect, test } from 'vitest';
import { oldestUnknown, quantile, untilUsed } from './ages.ts';

const seen = [
  { atMs: 100, known: 0 },
  { atMs: 200, known: 1 },
  { atMs: 300, known: 3 },
];

test('a report is used by the first decision that knows it', () => {
  expect(untilUsed([50, 120, 150, 290], seen)).toEqual([150, 180, 150]);
});

test('a report that was used before its acknowledgement came back took no time', () => {
  expect(untilUsed([220], [{ atMs: 200, known: 1 }])).toEqual([0]);
});

test('a decision is as old as the oldest report that it did not know', () => {
  expect(oldestUnknown([50, 120, 150, 290], seen)).toEqual([50, 80, 10]);
  expect(oldestUnknown([], seen)).toEqual([0, 0, 0]);
});

test('the 99th percentile of a hundred values is the largest', () => {
  expect(
    quantile(
      Array.from({ length: 100 }, (_, i) => i),
      0.99,
    ),
  ).toBe(99);
  expect(quantile([], 0.5)).toBeNaN();
});
