import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { didYouMean, nearestName } from './did-you-mean.ts';

const POLICIES = ['thompson', 'ucb', 'epsilon_greedy', 'inverse_gap', 'linear_ucb', 'linear_thompson', 'fixed_split'];

describe('nearestName', () => {
  test.each([
    ['a letter left out', 'thomson', 'thompson'],
    ['a letter too many', 'thommpson', 'thompson'],
    ['another letter', 'thompsom', 'thompson'],
    ['two letters swapped', 'ubc', 'ucb'],
    ['three slips in a long word', 'epsilongredi', 'epsilon_greedy'],
    ['another case, another joint', 'Inverse-Gap', 'inverse_gap'],
    ['the word itself', 'ucb', 'ucb'],
  ])('finds %s', (_what, word, expected) => {
    expect(nearestName(word, POLICIES)).toBe(expected);
  });

  test.each([
    ['another word', 'greedy'],
    ['two slips in a short word', 'abc'],
    ['four slips in a long word', 'thompsonabcd'],
    ['nothing', ''],
    ['two letters', 'uc'],
    ['a word that was pasted', 'thompson'.repeat(20)],
  ])('does not find %s', (_what, word) => {
    expect(nearestName(word, POLICIES)).toBeUndefined();
  });

  test('of several that are close takes the closest, of equally close ones the first', () => {
    expect(nearestName('order', ['orders', 'border', 'order-1'])).toBe('orders');
    expect(nearestName('orders', ['order', 'orders2', 'orders'])).toBe('orders');
  });

  test('a short name is found by case alone, never by a slip', () => {
    expect(nearestName('A', ['b', 'a'])).toBe('a');
    expect(nearestName('c', ['b', 'a'])).toBeUndefined();
  });

  test('looks at a thousand names and no more', () => {
    const names = (before: number) => [...Array.from({ length: before }, (_, i) => `n-${i}`), 'thompson'];
    expect(nearestName('thomson', names(999))).toBe('thompson');
    expect(nearestName('thomson', names(1_000))).toBeUndefined();
  });
});

/** Every distance in full: what the search cuts short. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => rows[i]![j]!;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1);
      rows[i]![j] = least;
    }
  }
  return at(a.length, b.length);
}

test('agrees with the distances of all names computed in full', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 11 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (typed, names) => {
      const allowed = Math.min(3, Math.floor(typed.length / 3));
      const close = names.filter((name) => distance(typed, name) <= allowed);
      const least = Math.min(...close.map((name) => distance(typed, name)));
      expect(nearestName(typed, names)).toBe(close.find((name) => distance(typed, name) === least));
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

describe('didYouMean', () => {
  test.each([
    ['what is close', 'oder', ['click', 'order'], ': did you mean "order"?'],
    ['few names when none is close', 'purchase', ['click', 'order'], ': there are click, order'],
    ['the only name', 'purchase', ['click'], ': there is "click"'],
    ['eight names', 'purchase', [...'abcdefgh'], ': there are a, b, c, d, e, f, g, h'],
    ['nothing of nine', 'purchase', [...'abcdefghi'], ''],
    ['nothing of none', 'purchase', [], ''],
  ])('tells %s', (_what, word, names, expected) => {
    expect(didYouMean(word, names)).toBe(expected);
  });
});
