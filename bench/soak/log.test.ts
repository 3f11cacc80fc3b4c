import { expect, test } from 'vitest';
import type { Heaps } from './heaps.ts';
import { liveCourses } from './log.ts';

const heaps = (mb: Record<string, number>): Heaps =>
  Object.fromEntries(
    Object.entries(mb).map(([name, usedMb]) => [name, { usedMb, totalMb: 2 * usedMb, embedderMb: 1 }]),
  );

test('a heap without garbage may hold two megabytes more, or a tenth; above it, it grows', () => {
  const holds = (firstMb: number, lastMb: number) => liveCourses(heaps({ a: firstMb }), heaps({ a: lastMb }))[0]?.holds;
  expect(holds(8, 10)).toBe(true);
  expect(holds(8, 10.1)).toBe(false);
  expect(holds(40, 44)).toBe(true);
  expect(holds(40, 44.1)).toBe(false);
  expect(holds(40, 8)).toBe(true);
});

test('an isolate that did not answer at one of the two moments is no flat one, nor are none at all', () => {
  const [one, other] = [heaps({ a: 8, b: 8 }), heaps({ a: 8 })];
  const verdict = (first: Heaps, last: Heaps) => liveCourses(first, last).map(({ what, holds }) => [what, holds]);
  const missing = [
    ['live heap of a, MB', true],
    ['live heap of b, MB', false],
  ];
  expect(verdict(one, other)).toEqual(missing);
  expect(verdict(other, one)).toEqual(missing);
  expect(verdict({}, {})).toEqual([['live heaps', false]]);
});

test('an isolate of ours that answered at a look and at neither moment is no flat one; the local tool’s are not asked', () => {
  const look = {
    atMs: 0,
    run: 0,
    gauge: undefined,
    heaps: heaps({ a: 8, b: 8, simulators: 20 }),
    lagMs: 0,
    stuckMs: null,
  };
  const findings = liveCourses(heaps({ a: 8 }), heaps({ a: 8 }), [look]);
  expect(findings.map(({ what, holds }) => [what, holds])).toEqual([
    ['live heap of a, MB', true],
    ['live heap of b, MB', false],
  ]);
});
