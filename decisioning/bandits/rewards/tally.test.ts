import { expect, test } from 'vitest';
import { type TrialTally, tallied } from './tally.ts';

test('a tally counts outcomes and adds their values, also of a goal with the name of an inherited property', () => {
  const once = tallied(tallied({}, 'order', 995), 'order', -400);
  expect(once).toEqual({ order: { count: 2, value: 595 } });
  expect(tallied(once, 'valueof', 1)).toEqual({ ...once, valueof: { count: 1, value: 1 } });
  expect(tallied({}, 'constructor', 1).constructor).toEqual({ count: 1, value: 1 });
});

test('a tally stays an integer however much it is worth: an outbox row that is none would never be delivered', () => {
  let tally: TrialTally = {};
  for (let order = 0; order < 1_000; order++) tally = tallied(tally, 'order', 1e13 + 1);
  expect(tally.order).toEqual({ count: 1_000, value: Number.MAX_SAFE_INTEGER });
});
