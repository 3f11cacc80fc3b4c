import { describe, expect, test } from 'vitest';
import { decode, FLOAT, INT, type Schema, TEXT } from './wire.ts';

const SCHEMA: Schema = { 1: ['words', TEXT, 1], 2: ['ints', INT, 1], 3: ['floats', FLOAT, 1], 4: ['last', INT] };
const WORDS = 10;
const INTS = 18;

const read = (...bytes: (number | readonly number[])[]): Record<string, unknown[]> =>
  decode(Uint8Array.from(bytes.flat()), SCHEMA) as Record<string, unknown[]>;
const word = (text: string): number[] => {
  const bytes = new TextEncoder().encode(text);
  return [WORDS, bytes.length, ...bytes];
};
/** A number in two's complement, as the format writes it. */
const varint = (value: bigint): number[] => {
  const sevens: number[] = [];
  for (let left = BigInt.asUintN(64, value); ; left >>= 7n) {
    if (left < 128n) return [...sevens, Number(left)];
    sevens.push(Number(left & 127n) | 128);
  }
};

describe('texts', () => {
  test.each([
    [['LEAF', 'LEAF', 'leaf', 'LEAF', 'LEAG', 'KEAF']],
    [['', 'a', '', 'b']],
    // As many bytes as the word before, and the first letter's number is the first byte of it or not.
    [['é', 'Ã©', 'ab', 'é', 'ab', 'é']],
    [['€', 'abc', '€', 'âbc', 'âb', '😀', 'abcd', '😀']],
  ])('are what they say, whichever of their length came before: %j', (words) =>
    expect(read(...words.map(word)).words).toEqual(words),
  );

  test('that are not UTF-8 are refused, also where they begin like the one before', () => {
    expect(() => read(WORDS, 2, 0xc3, 0x28)).toThrow(URIError);
    expect(() => read(word('é'), WORDS, 2, 0xc3, 0x28)).toThrow(URIError);
  });

  test('longer than a call has room for arguments are read', () => {
    const text = 'x'.repeat(300_000);
    expect(read(WORDS, varint(300_000n), [...new TextEncoder().encode(text)]).words).toEqual([text]);
  });
});

describe('whole numbers', () => {
  test.each([
    0n,
    127n,
    128n,
    300n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 53n - 1n,
    -1n,
    -2n,
    -128n,
    -129n,
    -(2n ** 31n),
    -(2n ** 53n) + 1n,
    -(2n ** 63n),
  ])('of 64 bits, those below zero among them: %d', (value) => {
    const bytes = varint(value);
    expect(read(32, bytes).last).toBe(Number(value));
    expect(read(INTS, bytes.length, bytes).ints).toEqual([Number(value)]); // in one piece
    expect(read(16, bytes, 16, bytes).ints).toEqual([Number(value), Number(value)]); // one by one
  });

  test('of more than ten bytes, and without an end, are refused', () => {
    expect(read(32, Array(9).fill(128), 0).last).toBe(0);
    expect(() => read(32, Array(10).fill(128), 0)).toThrow('number');
    expect(() => read(32, 128)).toThrow('number');
    expect(() => read(32)).toThrow('number');
  });
});

describe('fields', () => {
  test.each([3, 4, 6, 7])('of wire type %d, which nothing here is, are refused, known or not', (wire) => {
    for (const field of [1, 2, 3, 4, 9]) expect(() => read((field << 3) | wire, 0, 0, 0, 0, 0, 0, 0, 0)).toThrow();
  });

  test('of another type than the schema’s are refused', () => {
    expect(() => read(8, 1)).toThrow('words');
    expect(() => read(37, 0, 0, 0, 0)).toThrow('last');
    expect(() => read(24, 0, 0, 0, 0)).toThrow('floats');
  });

  test('that are not known are passed over, whatever they are', () => {
    expect(read(72, 1, 73, [0, 0, 0, 0, 0, 0, 0, 0], 74, 2, 1, 1, 77, [0, 0, 0, 0], 32, 5).last).toBe(5);
  });
});
