import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ascii = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
  maxLength: 90,
});

describe('base64url of ASCII', () => {
  test('agrees with the host’s own encoder, and comes back', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        const encoded = encodeBase64Url(text);
        expect(encoded).toBe(Buffer.from(text, 'latin1').toString('base64url'));
        expect(decodeBase64Url(encoded)).toBe(text);
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  test('refuses to encode anything beyond 127', () => {
    expect(encodeBase64Url('\u007f')).toBe('fw');
    for (const text of ['\u0080', 'é', '😀']) expect(() => encodeBase64Url(text)).toThrow(RangeError);
  });

  test('refuses padding, other alphabets, lengths that no text has, and bytes beyond 127', () => {
    for (const text of ['QQ==', 'Q', 'QUJDR', 'a+b/', 'Q Q', 'QQ\n', 'gA', '€€'])
      expect(decodeBase64Url(text)).toBeUndefined();
  });

  test('accepts one spelling only: spare bits must be zero', () => {
    const accepted = (prefix: string) => [...ALPHABET].filter((char) => decodeBase64Url(prefix + char) !== undefined);
    // One byte leaves four spare bits in its second character, two bytes leave two in their third.
    expect(accepted('Q')).toEqual(['A', 'Q', 'g', 'w']);
    expect(accepted('QU')).toHaveLength(16);
  });
});
