import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmac } from './naming.ts';
import { MAX_SHORT_BYTES, shortHmac } from './short-hmac.ts';

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const expected = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

describe('the HMAC of a short text', () => {
  it('is that of RFC 4231, cases 1 and 2', () => {
    expect(hex(shortHmac('\x0b'.repeat(20), 'Hi There'))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(hex(shortHmac('Jefe', 'what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is the platform’s for texts of every length, and secrets shorter and longer than a block', () => {
    const secrets = ['', 'k', 'a'.repeat(63), 'b'.repeat(64), 'c'.repeat(65), '0f'.repeat(64), 'ü€𝄞'.repeat(9)];
    for (const secret of secrets)
      for (let length = 0; length <= MAX_SHORT_BYTES; length += 1) {
        const text = 'customer:42.'.repeat(30).slice(0, length);
        expect(hex(shortHmac(secret, text)), `${secret.length} ${length}`).toBe(expected(secret, text));
      }
  });

  it('is the platform’s for texts outside of ASCII, up to the longest', () => {
    for (const unit of ['ü', '€', '𝄞', '\ud800'])
      for (let count = 0; count <= 110; count += 1) {
        const text = unit.repeat(count);
        const isShort = Buffer.byteLength(text) <= MAX_SHORT_BYTES;
        expect(hex(shortHmac('secret', text)), `${unit} ${count}`).toBe(isShort ? expected('secret', text) : undefined);
      }
  });

  it('is none for a longer text', () => {
    expect(shortHmac('secret', 'x'.repeat(MAX_SHORT_BYTES + 1))).toBeUndefined();
  });

  it('is none for a longer secret, and the platform’s then, up to the longest that deployments may have', async () => {
    expect(shortHmac('a'.repeat(MAX_SHORT_BYTES + 1), 'text')).toBeUndefined();
    for (const length of [MAX_SHORT_BYTES, MAX_SHORT_BYTES + 1, 512]) {
      const secret = 'a'.repeat(length);
      expect(hex(await hmac(secret, 'text')), `${length}`).toBe(expected(secret, '4:text'));
    }
  });

  it('is the same after more secrets than are kept', () => {
    const before = hex(shortHmac('first', 'text'));
    for (let i = 0; i < 40; i += 1) shortHmac(`secret ${i}`, 'text');
    expect(hex(shortHmac('first', 'text'))).toBe(before);
  });
});
