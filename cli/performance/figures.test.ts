import { describe, expect, test } from 'vitest';
import { drawIntervals, momentText, rateTexts, shareText, valueRange, valueText } from './figures.ts';

test.each([
  [0, '0 %'],
  [0.004, '< 1 %'],
  [0.01, '1 %'],
  [0.714, '71 %'],
  [0.99, '99 %'],
  [0.996, '> 99 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});

test.each([
  ['one digit from 10 % on', [0.1, 0.05], '5.0 %'],
  ['two from 1 % on', [0.01, null], '5.00 %'],
  ['three below', [0.0099, 0.001], '5.000 %'],
  ['one where nothing is known', [null], '5.0 %'],
])('rates have as many digits as their column: %s', (_what, rates, text) => {
  expect(rateTexts(rates).rate(0.05)).toBe(text);
});

test('rates that are not known are told as such, and ranges have the digits of their column', () => {
  const { rate, range } = rateTexts([0.05]);
  expect([rate(null), range([0.041, 0.063])]).toEqual(['-', '4.10 to 6.30']);
});

test.each([
  [0.65123, '0.651'],
  [-3.317, '-3.32'],
  [99.96, '100'],
  [1713.4, '1,713'],
  [0, '0'],
  [null, '-'],
])('a value of %s is %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test('an interval of values, and none', () => {
  expect([valueRange([0.5, 1_200]), valueRange(null)]).toEqual(['0.5 to 1,200', '']);
});

test('a moment is told in UTC', () => {
  expect(momentText('2026-11-27T09:05:59.000Z')).toBe('27 Nov 2026, 09:05 UTC');
});

describe('drawIntervals', () => {
  const drawn = (low: number, estimate: number, high: number) => ({ estimate, interval: [low, high] as const });

  test('puts all on one axis, from the lowest end to the highest', () => {
    expect(drawIntervals([drawn(0, 5, 10), drawn(10, 20, 23), null])).toEqual([
      '├────●────┤             ',
      '          ├─────────●──┤',
      '                        ',
    ]);
  });

  test('draws a mark in every line, under ends and estimates', () => {
    expect(drawIntervals([drawn(0, 5, 23), drawn(10, 12, 14), null], 10)).toEqual([
      '├────●────┊────────────┤',
      '          ├─●─┤         ',
      '          ┊             ',
    ]);
  });

  test('of a single value, and of nothing, is still a line', () => {
    expect(drawIntervals([drawn(1, 1, 1)])).toEqual(['●                       ']);
    expect(drawIntervals([null])).toEqual([' '.repeat(24)]);
  });
});
