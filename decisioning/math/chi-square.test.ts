import gammaCdf from '@stdlib/stats-base-dists-gamma-cdf';
import { expect, test } from 'vitest';
import { chiSquareTail } from './chi-square.ts';

test.each([1, 2, 3, 7, 50])('the tail with %d degrees of freedom is that of the outside gamma distribution', (df) => {
  for (const x of [0.001, 0.5, 1, 3.84, 10, 40, 80])
    expect(chiSquareTail(x, df)).toBeCloseTo(1 - gammaCdf(x, df / 2, 0.5), 10);
});

test('the 5 % and 0.1 % points of published tables', () => {
  expect(chiSquareTail(3.841, 1)).toBeCloseTo(0.05, 4);
  expect(chiSquareTail(10.828, 1)).toBeCloseTo(0.001, 6);
  expect(chiSquareTail(14.067, 7)).toBeCloseTo(0.05, 4);
});

test('nothing at all is no deviation', () => {
  expect(chiSquareTail(0, 3)).toBe(1);
});
