import { expect, test } from 'vitest';
import { strategies } from './strategies.ts';

const withId = (id: string) => [
  { id, strategy: { policy: 'thompson' } },
  { id: 'other', strategy: { policy: 'thompson' } },
];

test.each(['constructor', 'prototype'])('a strategy is not named "%s", which no body may have as a key', (id) => {
  expect(strategies.safeParse(withId(id)).error?.issues).toMatchObject([
    { path: [0, 'id'], message: 'must not be "constructor" or "prototype": no body may have such a key' },
  ]);
  expect(strategies.safeParse(withId(`${id}s`)).success).toBe(true);
});
