import { expect, test } from 'vitest';
import { benchTable, figureTable, timeText } from './report.ts';

test.each([
  [0.004, '0.00 µs'],
  [0.62, '0.62 µs'],
  [9.994, '9.99 µs'],
  [9.996, '10.0 µs'],
  [18.43, '18.4 µs'],
  [99.96, '100 µs'],
  [999.4, '999 µs'],
  [1_000, '1.00 ms'],
  [23_314.24, '23.3 ms'],
])('%d microseconds are %s', (timeUs, text) => {
  expect(timeText(timeUs)).toBe(text);
});

test('the table has one line for each row, its numbers to the right', () => {
  const rows = [
    { id: 'a', what: 'a decision', time: { median: 0.62, fastest: 0.6, p95: 12 } },
    { id: 'b', what: 'fit', time: { median: 23_314.24, fastest: 980 } },
  ];
  expect(benchTable(rows).split('\n')).toEqual([
    '  in process   median     95 %  fastest',
    '  a decision  0.62 µs  12.0 µs  0.60 µs',
    '  fit         23.3 ms            980 µs',
    '',
  ]);
  expect(benchTable([])).toBe('');
});

test('what is no time stands with its unit', () => {
  const figures = [{ id: 'a', what: 'allocated', value: 12_345.6, unit: 'bytes' }];
  expect(figureTable(figures)).toBe('  allocated  12,346 bytes\n');
  expect(figureTable([])).toBe('');
});
