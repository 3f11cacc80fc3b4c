import { describe, expect, it } from 'vitest';
import { equalInConstantTime, mac } from './mac.ts';

/** A text that counts how often it is read. */
function counting(text: string) {
  const seen = { reads: 0 };
  const read = (i: number): number => {
    seen.reads += 1;
    return text.charCodeAt(i);
  };
  return { seen, text: { length: text.length, charCodeAt: read } as unknown as string };
}

describe('comparison in constant time', () => {
  it('reads as much of two texts wherever they differ, and where they do not', async () => {
    const expected = await mac('secret', 'decision', 'message');
    const readsOf = (given: string) => {
      const [a, b] = [counting(given), counting(expected)];
      const equal = equalInConstantTime(a.text, b.text);
      return { equal, reads: a.seen.reads + b.seen.reads };
    };
    expect(readsOf(expected)).toEqual({ equal: true, reads: 2 * expected.length });
    for (let at = 0; at < expected.length; at += 1) {
      const other = expected[at] === 'A' ? 'B' : 'A';
      const altered = expected.slice(0, at) + other + expected.slice(at + 1);
      expect(readsOf(altered), `at ${at}`).toEqual({ equal: false, reads: 2 * expected.length });
    }
    expect(readsOf('!'.repeat(expected.length)).reads).toBe(2 * expected.length);
  });

  it('of another length is none: how long a code is everybody knows', () => {
    expect(equalInConstantTime('', '')).toBe(true);
    for (const given of ['', 'a', 'abcd']) expect(equalInConstantTime(given, 'abc'), given).toBe(false);
  });
});
