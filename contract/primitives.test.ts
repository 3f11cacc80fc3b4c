import { expect, test } from 'vitest';
import { slug } from './primitives.ts';

test.each(['constructor', 'prototype'])('an id is not "%s", which no body may have as a key', (id) => {
  expect(slug.safeParse(id).error?.issues).toMatchObject([
    { message: 'must not be "constructor" or "prototype": no body may have such a key' },
  ]);
  for (const near of [`${id}s`, `a-${id}`]) expect(slug.safeParse(near).success).toBe(true);
});

test.each(['', '__proto__', 'a.b', 'A', '-a', 'a'.repeat(65)])('an id is not "%s", and that is told once', (id) => {
  expect(slug.safeParse(id).error?.issues).toHaveLength(1);
});
