import { describe, expect, it } from 'vitest';
import { compileRegex, REGEX_LIMITS } from './index.ts';

describe('compileRegex', () => {
  it.each([
    ['(a)\\1', 'backreference'],
    ['(?<n>a)\\k<n>', 'backreference'],
    ['a(?=b)', 'lookaround'],
    ['a(?!b)', 'lookaround'],
    ['(?<=a)b', 'lookaround'],
    ['(?<!a)b', 'lookaround'],
    ['(?i:a)', 'unsupported_group'],
    ['\\p{L}', 'unsupported_escape'],
    ['\\012', 'unsupported_escape'],
    ['(a', 'unmatched_parenthesis'],
    ['a)', 'unmatched_parenthesis'],
    ['[a', 'unmatched_bracket'],
    ['*a', 'nothing_to_repeat'],
    ['a**', 'nothing_to_repeat'],
    ['^*', 'nothing_to_repeat'],
    ['{2}', 'nothing_to_repeat'],
    ['a{3,2}', 'range_out_of_order'],
    ['[z-a]', 'range_out_of_order'],
    ['a\\', 'trailing_backslash'],
    ['/???***[)', 'nothing_to_repeat'],
  ])('refuses %s as %s', (pattern, reason) => {
    expect(compileRegex(pattern)).toEqual({ ok: false, reason });
  });

  it('accepts the longest pattern and refuses one character more', () => {
    expect(compileRegex('a'.repeat(REGEX_LIMITS.patternLength)).ok).toBe(true);
    expect(compileRegex('a'.repeat(REGEX_LIMITS.patternLength + 1))).toEqual({ ok: false, reason: 'too_long' });
  });

  it('accepts the deepest nesting and refuses one group more', () => {
    const nested = (depth: number) => '('.repeat(depth) + ')'.repeat(depth);
    expect(compileRegex(nested(REGEX_LIMITS.groupDepth)).ok).toBe(true);
    expect(compileRegex(nested(REGEX_LIMITS.groupDepth + 1))).toEqual({ ok: false, reason: 'too_deep' });
  });

  it('accepts the largest count and refuses one more', () => {
    expect(compileRegex(`^.{0,${REGEX_LIMITS.repeat}}$`).ok).toBe(true);
    expect(compileRegex(`a{${REGEX_LIMITS.repeat + 1}}`)).toEqual({ ok: false, reason: 'repeat_too_large' });
  });

  it('refuses counts that multiply, even of nothing, without unrolling them', () => {
    expect(compileRegex('((a{100}){100}){100}')).toEqual({ ok: false, reason: 'too_large' });
    expect(compileRegex('((((){500}){500}){500}){500}')).toEqual({ ok: false, reason: 'too_large' });
    expect(compileRegex('(((a{0}){500}){500}){500}')).toEqual({ ok: false, reason: 'too_large' });
  });

  it('never emits more instructions than the limit', () => {
    for (const pattern of [
      'a{500}b{500}',
      '(a|b){255}',
      '(a|b){256}',
      '(a?){500}',
      '(a*){340}',
      '(a*){341}',
      'a{500}b{500}c{24}',
    ]) {
      const result = compileRegex(pattern);
      if (result.ok) expect(result.program.instructions.length).toBeLessThanOrEqual(REGEX_LIMITS.programSize);
      else expect(result.reason).toBe('too_large');
    }
  });
});
