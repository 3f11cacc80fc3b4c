import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmacOfText } from './hmac.ts';
import { digestHex, hmac, hmacHalves, hmacOf, hmacText } from './naming.ts';

const expected = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
const wordsInHex = (words: Int32Array) =>
  Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
const made = (secret: string, text: string) => wordsInHex(hmacOfText(secret, text));

describe('the HMAC of a text', () => {
  it('is that of RFC 4231, cases 1 and 2', () => {
    expect(made('\x0b'.repeat(20), 'Hi There')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(made('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is the platform’s for texts of every length up to seven blocks, and secrets shorter and longer than one', () => {
    const secrets = [
      '',
      'k',
      'a'.repeat(63),
      'b'.repeat(64),
      'c'.repeat(65),
      '0f'.repeat(64),
      'd'.repeat(512),
      'ü€𝄞'.repeat(9),
    ];
    for (const secret of secrets)
      for (let length = 0; length <= 448; length += 1) {
        const text = 'customer:42.'.repeat(38).slice(0, length);
        expect(made(secret, text), `${secret.length} ${length}`).toBe(expected(secret, text));
      }
  });

  it('is the platform’s for texts outside of ASCII, halves of pairs among them', () => {
    for (const unit of ['ü', '€', '𝄞', '\ud800', 'a\udc00b', '\u07ff\u0800\uffff'])
      for (let count = 0; count <= 110; count += 1)
        expect(made('secret', unit.repeat(count)), `${unit} ${count}`).toBe(expected('secret', unit.repeat(count)));
  });

  it('is the platform’s for a text of a megabyte', () => {
    const text = 'A megabyte of it. '.repeat(58_254);
    expect(made('secret', text)).toBe(expected('secret', text));
  });

  it('is the same after more secrets than are kept', () => {
    const before = made('first', 'text');
    for (let i = 0; i < 40; i += 1) made(`secret ${i}`, 'text');
    expect(made('first', 'text')).toBe(before);
  });
});

describe('the digest of a text', () => {
  it('is that of FIPS 180-2 for abc and for 448 bits, and the platform’s for every length up to three blocks', () => {
    expect(digestHex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestHex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
    for (let length = 0; length <= 192; length += 1) {
      const text = 'a key of thirty-two letters or so.'.repeat(6).slice(0, length);
      expect(digestHex(text), String(length)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });
});

describe('the HMAC of parts', () => {
  it('is of each part behind its length, as bytes, as text of 128 bits, and as text and hex of 128 bits each', () => {
    const secret = '5e'.repeat(32);
    const parts = ['workspace', '', 'ü', 'x'.repeat(300)];
    const whole = createHmac('sha256', secret)
      .update(`9:workspace0:1:ü300:${'x'.repeat(300)}`)
      .digest();
    expect(Buffer.from(hmac(secret, ...parts))).toEqual(whole);
    const text = whole.subarray(0, 16).toString('base64url');
    expect(hmacText(secret, ...parts)).toBe(text);
    expect(hmacHalves(secret, ...parts)).toEqual({ text, hex: whole.subarray(16).toString('hex') });
  });

  it('differs when the same characters are parted elsewhere, and from that of the text', () => {
    const all = [hmac('s', 'ab', 'c'), hmac('s', 'a', 'bc'), hmac('s', 'abc'), hmacOf('s', 'abc')];
    expect(new Set(all.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(4);
  });

  it('is written in base64url as the platform writes it, whatever its bits', () => {
    for (let i = 0; i < 2_000; i += 1) {
      const digest = createHmac('sha256', 'secret')
        .update(`${String(i).length}:${i}`)
        .digest();
      expect(hmacText('secret', String(i))).toBe(digest.subarray(0, 16).toString('base64url'));
    }
  });
});
