import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figuresText } from './figures.ts';

test('figures are one flat object of numbers, three digits behind the point', () => {
  expect(figuresText({ 'a.b': 1 / 3, c: 1_234_567 })).toBe('{\n  "a.b": 0.333,\n  "c": 1234567\n}\n');
});

test('what is no number is left out, so that every value is one', () => {
  expect(JSON.parse(figuresText({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 0 }))).toEqual({ c: 0 });
});

test('every command that measures takes --json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const measuring = Object.entries(scripts).filter(([name]) => /^(bench(:|$)|prove:(overload|soak)$)/.test(name));
  expect(measuring.length).toBeGreaterThan(10);
  const without = measuring.filter(([, command]) => {
    const file = command.split(' ').at(-1)!;
    return !/\bjson: \{ type: 'string' \}/.test(readFileSync(file, 'utf8'));
  });
  expect(without).toEqual([]);
});
