import { describe, expect, it } from 'vitest';
import type { RegexProgram } from './index.ts';
import { compileRegex, REGEX_LIMITS, testRegex } from './index.ts';

function program(pattern: string, ignoreCase = false): RegexProgram {
  const result = compileRegex(pattern, ignoreCase);
  if (!result.ok) throw new Error(`${pattern}: ${result.reason}`);
  return result.program;
}

/** Nested and overlapping repetition that makes a backtracking engine take exponential or high polynomial time. */
const inner = ['a+', 'a*', 'a|a', 'a|aa', 'a?', 'a+a+', 'a{1,9}', '[a-z]+', '\\w+', '.*', '\\w*a', 'a*b?a*', '(a+)?'];
const outer = ['+', '*', '{2,40}', '{1,}', '+?'];
const nested = inner.flatMap((part) => outer.map((times) => `^(${part})${times}$`));
const known = [
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(x+x+)+y',
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
  '^(a|a|a|a|a)*$',
  '(.*)*(.*)*(.*)*=$',
  '^(?:a?){30}a{30}$',
  '\\s+$',
  '^(\\d+\\s*)+;$',
];
const catastrophic = [...nested, ...known];

describe('the work of a match', () => {
  it.each([28, 1_000, 10_000])('stays within 3 steps per instruction and character on hostile text of %i', (length) => {
    expect(catastrophic.length).toBeGreaterThanOrEqual(60);
    const texts = [`${'a'.repeat(length - 1)}!`, `${' '.repeat(length - 1)}!`, `${'x1'.repeat(length / 2)}`];
    for (const pattern of catastrophic) {
      const compiled = program(pattern);
      for (const text of length > 1_000 ? texts.slice(0, 1) : texts) {
        const meter = { steps: 0 };
        testRegex(compiled, text, meter);
        expect(meter.steps, pattern).toBeGreaterThan(0);
        expect(meter.steps, pattern).toBeLessThanOrEqual(3 * compiled.instructions.length * (text.length + 1));
      }
    }
  });

  it('does not match the text one character over the limit, and matches at the limit', () => {
    const compiled = program('a');
    expect(testRegex(compiled, 'a'.repeat(REGEX_LIMITS.textLength))).toBe(true);
    expect(testRegex(compiled, 'a'.repeat(REGEX_LIMITS.textLength + 1))).toBe(false);
  });
});

describe('testRegex', () => {
  it.each([
    ['^$', '', true],
    ['', 'anything', true],
    ['^a{3}$', 'aa', false],
    ['^a{3}$', 'aaa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['a{,2}', 'a{,2}', true],
    ['\\bcat\\b', 'a cat!', true],
    ['\\bcat\\b', 'concatenate', false],
    ['.', '\n', false],
    ['[^]', '\n', true],
    ['[]', 'a', false],
    ['^(?<year>\\d{4})-', '2024-05', true],
    ['a\\/b', 'a/b', true],
    ['\\u0041\\x42', 'AB', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(testRegex(program(pattern), text)).toBe(expected);
  });
});
