import { expect, test } from 'vitest';
import { BAR_CELLS, barOf } from './bar.ts';

const bar = (spent: number, held: number, planned: number | null = null) => barOf({ spent, held, planned });

test('a bar has the same width whatever it shows, and the shares in their order', () => {
  expect(bar(0.5, 0.25)).toBe('██████▒▒▒···');
  for (const [spent, held, planned] of [
    [0, 0, null],
    [1, 0, 1],
    [0.999, 0.001, 0],
    [0.3, 0.7, 0.5],
  ] as const)
    expect([...bar(spent, held, planned)]).toHaveLength(BAR_CELLS);
});

test('what is a little above nothing is seen, and what is not quite all is not full', () => {
  expect(bar(0, 0)).toBe('·'.repeat(BAR_CELLS));
  expect(bar(0.0001, 0)).toBe(`█${'·'.repeat(BAR_CELLS - 1)}`);
  expect(bar(0.0001, 0.0001)).toBe(`█▒${'·'.repeat(BAR_CELLS - 2)}`);
  expect(bar(0.9999, 0)).toBe(`${'█'.repeat(BAR_CELLS - 1)}·`);
  expect(bar(1, 0)).toBe('█'.repeat(BAR_CELLS));
});

test('the plan stands where it is, from the first cell to the last', () => {
  expect(bar(0, 0, 0).indexOf('┃')).toBe(0);
  expect(bar(0, 0, 0.5).indexOf('┃')).toBe(BAR_CELLS / 2);
  expect(bar(0, 0, 1).indexOf('┃')).toBe(BAR_CELLS - 1);
});
