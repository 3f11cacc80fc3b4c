/** What it costs to look at a body before anybody has shown a key. */
import { expect, test } from 'vitest';
import { computedMs } from '../../decisioning/testing/computed.ts';
import { hasBrackets } from '../../worker/http/brackets.ts';

test('a body’s brackets are counted in one look, however many stand in it before they are too many', () => {
  const text = `${'['.repeat(31)}${'a'.repeat(500_000)}${'{'.repeat(32)}${'a'.repeat(500_000)}`;
  expect([hasBrackets(text, 63), hasBrackets(text, 64)]).toEqual([true, false]);
  // Some two; a hundred and more where it begins again at each bracket.
  expect(computedMs(() => hasBrackets(text, 64))).toBeLessThan(30);
});
