import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex, testRegex } from './index.ts';

const SEED = 20_260_501;
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', '-', '_', '0', '9', ' ', '\n', '/', 'é', 'É', 'ß'),
  maxLength: 9,
});

const escaped = fc.constantFrom(
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\.',
  '\\/',
  '\\n',
  '\\x61',
  '\\u0062',
  '\\-',
  '\\q',
);
const classMember = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'A', '0', '_', '.', '$', '(', 'é', 'a-c', 'b-z', '0-9', ' -~', 'Z-a', '\\b', '\\]'),
  escaped,
);
const charClass = fc
  .tuple(fc.constantFrom('', '^'), fc.array(classMember, { maxLength: 3 }), fc.constantFrom('', '-'))
  .map(([caret, members, hyphen]) => `[${caret}${members.join('')}${hyphen}]`);
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '?',
  '*',
  '+',
  '{2}',
  '{1,}',
  '{0,2}',
  '{1,3}',
  '*?',
  '+?',
  '??',
  '{0}',
  '{1,2}?',
);

const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string; atom: string }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((options) => options.join('|')),
  sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
  item: fc.oneof(
    { weight: 6, arbitrary: fc.tuple(tie('atom'), quantifier).map(([atom, times]) => atom + times) },
    { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B') },
  ),
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c', 'A', '0', '_', '-', ' ', '/', 'é', '.', ']', '}'),
    escaped,
    charClass,
    fc.tuple(fc.constantFrom('(', '(?:', '(?<x>'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
  ),
}));

function host(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

describe('agreement with the RegExp of JavaScript', () => {
  it('gives the same verdict for patterns of the supported subset, with and without case', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        pattern,
        fc.array(text, { minLength: 3, maxLength: 6 }),
        fc.boolean(),
        (source, texts, ignoreCase) => {
          const flags = ignoreCase ? 'i' : '';
          const theirs = host(source, flags);
          const ours = compileRegex(source, ignoreCase);
          // Two groups of one name are refused by the host only; everything else must be accepted by both.
          if (theirs === undefined) return !ours.ok || source.split('(?<x>').length > 2;
          if (!ours.ok) return ours.reason === 'too_large';
          compared += texts.length;
          return texts.every((sample) => testRegex(ours.program, sample) === theirs.test(sample));
        },
      ),
      { seed: SEED, numRuns: 4_000 },
    );
    expect(compared).toBeGreaterThan(10_000);
  });

  it('refuses what the host refuses, and accepted noise matches alike', () => {
    const noise = fc.string({
      unit: fc.constantFrom(
        'a',
        'b',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '*',
        '+',
        '?',
        '|',
        '^',
        '$',
        '.',
        '\\',
        '-',
        ',',
        '1',
        ':',
        'd',
      ),
      maxLength: 8,
    });
    const unsupported = ['backreference', 'unsupported_escape', 'unsupported_group', 'lookaround'];
    let accepted = 0;
    fc.assert(
      fc.property(noise, text, (source, sample) => {
        const theirs = host(source, '');
        const ours = compileRegex(source);
        if (!ours.ok) return theirs === undefined || unsupported.includes(ours.reason);
        accepted += 1;
        return theirs?.test(sample) === testRegex(ours.program, sample);
      }),
      { seed: SEED, numRuns: 8_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});
