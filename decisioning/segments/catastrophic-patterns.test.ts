/**
 * Patterns made to hang an engine, through the language that segments are written in: each is refused when it is published, or is done with
 * every hostile text within a bound that is counted in steps, and so is the same on every machine. Of the dearest the clock is looked at as
 * well: the least of 15 runs, since whatever else runs on a machine only adds to it. `npm run bench:patterns` looks at it for all.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { computedMs } from '../testing/computed.ts';
import { filled, HOSTILE_PATTERNS, hostilePatterns, hostileTexts, needGoingBack } from '../testing/hostile-patterns.ts';
import { compileCondition } from './compile.ts';
import { evaluateCondition } from './evaluate.ts';
import { parseCondition } from './parse.ts';
import { compileRegex, REGEX_LIMITS, testRegex } from './regex/index.ts';
import { attributeResolver } from './subject.ts';

const MAX_MS = 5;
const RUNS = 15;
const DEAREST = 5;
/** What one position of the text may still take once the budget is passed. */
const LAST_POSITION = 3 * REGEX_LIMITS.programSize;

interface Match {
  readonly pattern: string;
  readonly text: string;
  readonly steps: number;
}

function matchesOf(pattern: string): Match[] {
  return [false, true].flatMap((ignoreCase) => {
    const compiled = compileRegex(pattern, ignoreCase);
    if (!compiled.ok) return [];
    return hostileTexts.map((text) => {
      const meter = { steps: 0 };
      testRegex(compiled.program, text, meter);
      return { pattern, text, steps: meter.steps };
    });
  });
}

const leastMs = (work: () => void): number => Math.min(...Array.from({ length: RUNS }, () => computedMs(work)));

const matched = new Map<string, readonly Match[]>();

beforeAll(() => {
  for (const pattern of hostilePatterns) matched.set(pattern, matchesOf(pattern));
}, 120_000);

describe('catastrophic patterns', () => {
  it(`${HOSTILE_PATTERNS} of them are refused when they are published, or each done within ${REGEX_LIMITS.steps} steps`, () => {
    expect(hostilePatterns).toHaveLength(HOSTILE_PATTERNS);
    let measured = 0;
    for (const pattern of hostilePatterns) {
      const published = parseCondition({ a: { $regex: pattern } });
      const matches = matched.get(pattern)!;
      measured += matches.length;
      // What the engine takes the language takes, and nothing else.
      expect(published.ok, pattern).toBe(matches.length > 0);
      for (const { text, steps } of matches)
        expect(steps, `${pattern} on ${text.slice(0, 40)}`).toBeLessThanOrEqual(REGEX_LIMITS.steps + LAST_POSITION);
    }
    expect(needGoingBack.every((pattern) => !parseCondition({ a: { $regex: pattern } }).ok)).toBe(true);
    expect(measured).toBeGreaterThan(2_500);
  });

  it(`the dearest ${DEAREST}, asked as a segment asks, each take less than ${MAX_MS} ms`, () => {
    const dearest = [...matched.values()]
      .flat()
      .sort((a, b) => b.steps - a.steps)
      .slice(0, DEAREST);
    // The budget is what ends them: without it they take forty times as long.
    expect(dearest.every(({ steps }) => steps > REGEX_LIMITS.steps)).toBe(true);
    for (const { pattern, text } of dearest)
      expect(
        leastMs(() => evaluateCondition({ a: { $regex: pattern } }, { a: text })),
        pattern,
      ).toBeLessThan(MAX_MS);
  });

  it('a match that is given up is none: a condition on it is false, and its negation true', () => {
    const attributes = { a: filled('a', '!') };
    expect(evaluateCondition({ a: { $regex: '(a?){300}!' } }, attributes)).toBe(false);
    expect(evaluateCondition({ a: { $notRegex: '(a?){300}!' } }, attributes)).toBe(true);
    expect(evaluateCondition({ a: { $regex: '(a?){300}!' } }, { a: `${'a'.repeat(100)}!` })).toBe(true);
  });

  it('asked of a hundred elements of a list have together what one match may cost, and each time anew', () => {
    const list = Array.from({ length: 100 }, () => filled('a', '!').slice(0, 256));
    const regex = { $regex: '(a?){341}!' };
    const expensive = [
      { $elemMatch: regex },
      { $elemMatch: { 'deep.text': regex } },
      { $all: [regex] },
      { $elemMatch: { $not: { $elemMatch: regex } } },
      { $not: { $elemMatch: { $or: [{ text: regex }, { 'deep.text': regex }] } } },
    ];
    const lists = [list, list.map((text) => ({ text, deep: { text } })), list.map((text) => [text, text])];
    for (const test of expensive)
      for (const a of lists)
        expect(
          leastMs(() => evaluateCondition({ a: test }, { a })),
          JSON.stringify(test),
        ).toBeLessThan(MAX_MS);
    const parsed = parseCondition({ a: { $elemMatch: { $regex: '^(a?){30}!$' } } });
    if (!parsed.ok) throw new Error('is a condition');
    const holds = compileCondition(parsed.condition);
    // Asked again it begins again: what was spent on one customer is not missing for the next.
    for (let i = 0; i < 200; i += 1) {
      const a = [...list.slice(0, 40), i % 2 ? 'aa!' : 'aab'];
      expect(holds(attributeResolver({ a }))).toBe(i % 2 === 1);
    }
  });

  it('a hundred words as alternatives are looked for in the longest attribute, wherever they stand', () => {
    const words = Array.from({ length: 100 }, (_, i) => `w${String(i).padStart(3, '0')}`).join('|');
    for (const end of ['w000', 'w099']) {
      const text = 'w-'.repeat(512).slice(0, 1_024 - end.length) + end;
      expect(evaluateCondition({ a: { $regex: words } }, { a: text })).toBe(true);
    }
  });
});
