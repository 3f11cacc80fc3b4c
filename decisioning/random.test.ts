import { describe, expect, it } from 'vitest';
import { drawIndex, seededRandom } from './random.ts';

const hex = (value: number, digits = 32) => value.toString(16).padStart(digits, '0');

describe('seededRandom', () => {
  it('repeats itself for one seed, whatever the case of its digits', () => {
    const a = seededRandom('0123456789abcdef0123456789abcdef');
    const b = seededRandom('0123456789ABCDEF0123456789ABCDEF');
    for (let i = 0; i < 100; i++) expect(a.next()).toBe(b.next());
  });

  it('draws what it always drew', () => {
    // Stored receipts are replayed: written down before seeds were read digit by digit.
    expect(seededRandom('0123456789abcdef0123456789ABCDEF').next()).toBe(0.7087536169873371);
    expect(seededRandom('fedcba98'.repeat(8)).next()).toBe(0.24485276503262188);
    expect(seededRandom(`${'7f'.repeat(20)}abc`).next()).toBe(0.45237853917213144);
  });

  it('is uniform within one sequence, on [0, 1), the all-zero seed included', () => {
    const random = seededRandom(hex(0));
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const u = random.next();
      expect(u >= 0 && u < 1).toBe(true);
      counts[Math.floor(u * 100)]!++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquare).toBeLessThan(148.23); // the 99.9 % point with 99 degrees of freedom
  });

  it.each([
    ['first word', (i: number) => hex(i, 8) + '0'.repeat(24)],
    ['last word', (i: number) => hex(i)],
    ['word beyond the 32nd digit', (i: number) => '0'.repeat(56) + hex(i, 8)],
  ])('gives neighbouring seeds unrelated first draws: counting in the %s', (_where, seedAt) => {
    const draws = 50_000;
    const counts = new Array<number>(100).fill(0);
    let previous = 0.5;
    let product = 0;
    for (let i = 0; i < draws; i++) {
      const u = seededRandom(seedAt(i)).next();
      counts[Math.floor(u * 100)]!++;
      product += (u - 0.5) * (previous - 0.5);
      previous = u;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - draws / 100) ** 2 / (draws / 100), 0);
    expect(chiSquare).toBeLessThan(148.23);
    const correlation = product / draws / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(draws));
  });

  it('lets every one of the 128 seed bits change the first draw', () => {
    const base = seededRandom(hex(0)).next();
    for (let bit = 0; bit < 128; bit++) {
      const seed = (1n << BigInt(bit)).toString(16).padStart(32, '0');
      expect(seededRandom(seed).next()).not.toBe(base);
    }
  });

  it('does not stand still on the one seed that mixes to the state zero', () => {
    // The mixing run backwards from zero.
    const random = seededRandom('f98ab5a197b190c18742129ca83b31cc');
    expect(new Set(Array.from({ length: 100 }, () => random.next())).size).toBe(100);
  });

  it('refuses seeds that are short, long or not hexadecimal', () => {
    expect(() => seededRandom(hex(1, 31))).toThrow(RangeError);
    expect(() => seededRandom(hex(1, 129))).toThrow(RangeError);
    for (const other of 'gG/:@`[{ ñ') expect(() => seededRandom(hex(1, 31) + other)).toThrow(RangeError);
  });
});

describe('drawIndex', () => {
  it('inverts the cumulative sum: each boundary belongs to the next arm', () => {
    const p = [0.25, 0.5, 0.25];
    expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((u) => drawIndex(p, u))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('never returns an arm with probability zero, at either end of u', () => {
    expect(drawIndex([0, 1, 0], 0)).toBe(1);
    expect(drawIndex([0, 1, 0], 1 - 2 ** -53)).toBe(1);
  });

  it('returns the last arm above zero when rounding leaves u beyond the sum', () => {
    expect(drawIndex([0.1, 0.2, 0.6999999999, 0], 1 - 2 ** -53)).toBe(2);
  });

  it('throws when no arm can be drawn', () => {
    expect(() => drawIndex([], 0.5)).toThrow(RangeError);
    expect(() => drawIndex([0, Number.NaN], 0.5)).toThrow(RangeError);
  });
});
