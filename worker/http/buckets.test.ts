import { expect, test } from 'vitest';
import { Buckets, MAX_BUCKETS } from './buckets.ts';

test('gives a burst, then so many a second, and says how long the next takes', () => {
  const buckets = new Buckets(2);
  for (let i = 0; i < 20; i += 1) expect(buckets.take('a', 10, 0)).toBe(0);
  expect(buckets.take('a', 10, 0)).toBe(100);
  expect(buckets.take('a', 10, 99)).toBeCloseTo(1);
  expect(buckets.take('a', 10, 100)).toBe(0);
  expect(buckets.take('a', 10, 100)).toBeCloseTo(100);
});

test('who rested gets a burst again, and no more than that', () => {
  const buckets = new Buckets(1);
  for (let i = 0; i < 5; i += 1) buckets.take('a', 5, 0);
  const taken = Array.from({ length: 10 }, () => buckets.take('a', 5, 1_000_000)).filter((waitMs) => waitMs === 0);
  expect(taken).toHaveLength(5);
});

test('a clock that is set back neither fills a bucket nor empties it', () => {
  const buckets = new Buckets(1);
  for (let i = 0; i < 4; i += 1) buckets.take('a', 5, 1_000);
  expect(buckets.take('a', 5, 0)).toBe(0);
  expect(buckets.take('a', 5, 0)).toBe(200);
  expect(buckets.take('a', 5, 1_199)).toBeCloseTo(1);
});

test('a clock that is set back by an hour keeps nobody out until it is where it was', () => {
  const buckets = new Buckets(1);
  for (let i = 0; i < 5; i += 1) buckets.take('a', 5, 3_600_000);
  expect(buckets.take('a', 5, 0)).toBe(200);
  expect(buckets.take('a', 5, 200)).toBe(0);
});

test('names have buckets of their own, a bounded number of them', () => {
  const buckets = new Buckets(1);
  for (let i = 0; i <= MAX_BUCKETS; i += 1) expect(buckets.take(`name-${i}`, 1, 0)).toBe(0);
  expect(buckets.size).toBe(MAX_BUCKETS);
  expect(buckets.take(`name-${MAX_BUCKETS}`, 1, 0)).toBe(1_000);
  expect(buckets.take('name-0', 1, 0)).toBe(0);
});
