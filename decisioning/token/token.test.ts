import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MAX_FEATURES } from '../features/features.ts';
import type { DecisionRecord } from '../record.ts';
import { encodeBase64Url } from './base64url.ts';
import { decodeToken, encodeToken, MAX_TOKEN_LENGTH, type TokenSigner } from './token.ts';

/** A signer as hosts have it: HMAC-SHA256, 128 bits, compared as text. */
function signerOf(keys: Readonly<Record<string, string>>): TokenSigner {
  const known = new Map(Object.entries(keys));
  const [keyId] = known.keys();
  const macOf = (id: string, message: string) =>
    createHmac('sha256', known.get(id) as string)
      .update(message)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  return {
    keyId: keyId as string,
    sign: (message) => macOf(keyId as string, message),
    verify: (id, message, mac) => known.has(id) && macOf(id, message) === mac,
  };
}

const signer = signerOf({ k1: 'first', k0: 'before' });

const record: DecisionRecord = {
  decisionId: 'gQ6R5b8aXzq1w2e3r4t5yA.0123456789abcdefghijkl',
  workspaceId: 'w',
  siteId: 'shop',
  customer: 'gQ6R5b8aXzq1w2e3r4t5yA',
  bucketingId: 'hQ6R5b8aXzq1w2e3r4t5yA',
  placement: 'hero',
  campaignId: 'spring',
  armId: 'blue',
  leaf: 'gold',
  goal: 'purchase',
  goalWindowMs: 604_800_000,
  channel: 'web',
  countsTowardGlobal: true,
  atMs: 1_772_625_600_000,
  claimExpiresAtMs: 1_772_625_720_000,
  expiresAtMs: 1_773_230_400_000,
  propensityCampaign: 0.95,
  propensityArm: 1 / 3,
  sticky: false,
  periodKey: 'days:1772625600000',
  stickyUntilMs: 1_772_884_800_000,
  shard: 3,
  measuresLift: true,
  revision: 12,
};

/** A character that is not the one given, and another for each that is. */
const otherThan = (char: string): string => (char === 'A' ? 'B' : 'A');

afterEach(() => vi.restoreAllMocks());

describe('a token that we signed', () => {
  test('carries every field of its record', () => {
    expect(decodeToken(encodeToken(record, signer), signer)).toEqual(record);
  });

  test('carries any values: booleans either way, numbers to the bit, text of any script', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3 });
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    const shapes = Object.entries(record).map(([field, value]) => [
      field,
      typeof value === 'boolean' ? fc.boolean() : typeof value === 'number' ? number : text,
    ]);
    const records = fc.record(Object.fromEntries(shapes)) as unknown as fc.Arbitrary<DecisionRecord>;
    fc.assert(
      fc.property(records, (any) => {
        const token = encodeToken(any, signer);
        expect(token).toMatch(/^ht1\.k1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$/);
        expect(decodeToken(token, signer)).toEqual(any);
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  test('carries features when the record has them, and is the same as ever when it has none', () => {
    const features = { key: '0a1b2c3d', z: [1_000, -250, 0, 8_000] };
    const rich = { ...record, features };
    expect(decodeToken(encodeToken(rich, signer), signer)).toEqual(rich);
    const payload = encodeToken(record, signer).split('.')[2] as string;
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toHaveLength(24);
  });

  test('carries when the message is to be sent, with features or without', () => {
    const features = { key: '0a1b2c3d', z: [1_000] };
    for (const later of [
      { ...record, sendAtMs: 1_772_000_000_000 },
      { ...record, features, sendAtMs: 1 },
    ])
      expect(decodeToken(encodeToken(later, signer), signer)).toEqual(later);
  });

  test('of the longest record that can be is still short enough to come back', () => {
    const id = 'x'.repeat(64);
    const widest = 'w'.repeat(64);
    const atMs = 9_999_999_999_999;
    const longest: DecisionRecord = {
      decisionId: `${'x'.repeat(22)}.${'x'.repeat(22)}`,
      workspaceId: widest,
      siteId: id,
      customer: 'x'.repeat(22),
      bucketingId: 'x'.repeat(22),
      placement: id,
      campaignId: id,
      armId: id,
      // A campaign that compares strategies keeps their leaves apart: <strategy>/<leaf>.
      leaf: `${id}/${id}`,
      goal: id,
      goalWindowMs: 7_776_000_000,
      channel: id,
      countsTowardGlobal: false,
      atMs,
      claimExpiresAtMs: atMs,
      expiresAtMs: atMs,
      propensityCampaign: 1 / 8_100_000_007,
      propensityArm: 1 / 8_100_000_007,
      sticky: false,
      // A session id is 64 characters that the client chooses.
      periodKey: `session:${'é'.repeat(64)}`,
      stickyUntilMs: atMs,
      shard: 999,
      measuresLift: false,
      revision: 999_999_999,
      features: { key: 'ffffffff', z: [1_000, ...new Array<number>(MAX_FEATURES).fill(-8_000)] },
      sendAtMs: atMs,
    };
    const long = signerOf({ k2345678: 'secret' });
    const token = encodeToken(longest, long);
    expect(token.length).toBe(1_980);
    expect(token.length).toBeLessThanOrEqual(MAX_TOKEN_LENGTH);
    expect(decodeToken(token, long)).toEqual(longest);
  });

  test('of the key before still counts, and of a withdrawn key no longer', () => {
    const old = encodeToken(record, signerOf({ k0: 'before' }));
    expect(decodeToken(old, signer)).toEqual(record);
    expect(decodeToken(old, signerOf({ k1: 'first' }))).toBeUndefined();
  });
});

describe('a token that we did not sign', () => {
  test('one character altered, at any position, by any class of character: refused', () => {
    const token = encodeToken(record, signer);
    expect(token.length).toBeGreaterThan(300);
    for (let at = 0; at < token.length; at++) {
      for (const char of [otherThan(token[at]!), token[at] === '.' ? '_' : '.', '=', 'é']) {
        const altered = token.slice(0, at) + char + token.slice(at + 1);
        expect(decodeToken(altered, signer), `${char} at ${at}`).toBeUndefined();
      }
    }
  });

  test('every spelling of the last character but its own: refused, spare bits or not', () => {
    const token = encodeToken(record, signer);
    for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (char === token.at(-1)) continue;
      expect(decodeToken(token.slice(0, -1) + char, signer)).toBeUndefined();
    }
  });

  test('cut anywhere, extended, or with its parts in another order: refused', () => {
    const token = encodeToken(record, signer);
    for (let length = 0; length < token.length; length++)
      expect(decodeToken(token.slice(0, length), signer)).toBeUndefined();
    const [prefix, key, payload, mac] = token.split('.');
    for (const text of [`${token}A`, `${token}.`, `${token}.A`, `.${token}`, ` ${token}`, `${token}\n`])
      expect(decodeToken(text, signer)).toBeUndefined();
    expect(decodeToken([prefix, key, mac, payload].join('.'), signer)).toBeUndefined();
    expect(decodeToken([prefix, key, payload, ''].join('.'), signer)).toBeUndefined();
  });

  test('another prefix, key id or key of the same id: refused', () => {
    const token = encodeToken(record, signer);
    expect(decodeToken(token.replace('ht1', 'ht2'), signer)).toBeUndefined();
    expect(decodeToken(token.replace('.k1.', '.k0.'), signer)).toBeUndefined();
    expect(decodeToken(token.replace('.k1.', '.k9.'), signer)).toBeUndefined();
    expect(decodeToken(encodeToken(record, signerOf({ k1: 'forged' })), signer)).toBeUndefined();
  });
});

describe('what is signed is looked at only after the signature', () => {
  test('a bad one is verified once and nothing in it is parsed', () => {
    const token = encodeToken(record, signer);
    const verify = vi.fn(signer.verify);
    const parse = vi.spyOn(JSON, 'parse');
    const forged = `${token.slice(0, -1)}${otherThan(token.at(-1)!)}`;
    expect(decodeToken(forged, { ...signer, verify })).toBeUndefined();
    expect(verify).toHaveBeenCalledOnce();
    expect(parse).not.toHaveBeenCalled();
    // The spy does see the parsing of a good one.
    expect(decodeToken(token, { ...signer, verify })).toEqual(record);
    expect(parse).toHaveBeenCalledOnce();
  });

  test('prefix, key id and payload are all signed', () => {
    const verify = vi.fn(signer.verify);
    const token = encodeToken(record, signer);
    decodeToken(token, { ...signer, verify });
    const [prefix, key, payload, mac] = token.split('.');
    expect(verify).toHaveBeenCalledWith(key, `${prefix}.${key}.${payload}`, mac);
  });

  test('one that is too long is refused before it is verified', () => {
    const verify = vi.fn(() => true);
    const long = (length: number) => `ht1.k1.${encodeBase64Url('[]').padEnd(length - 'ht1.k1..mac'.length, 'A')}.mac`;
    expect(long(MAX_TOKEN_LENGTH)).toHaveLength(MAX_TOKEN_LENGTH);
    decodeToken(long(MAX_TOKEN_LENGTH + 1), { ...signer, verify });
    expect(verify).not.toHaveBeenCalled();
    decodeToken(long(MAX_TOKEN_LENGTH), { ...signer, verify });
    expect(verify).toHaveBeenCalledOnce();
  });

  test('a signed payload that is no record of ours is refused, not half read', () => {
    const signed = (payload: string) => {
      const message = `ht1.k1.${payload}`;
      return `${message}.${signer.sign(message)}`;
    };
    for (const json of ['{}', '[]', '[1,2,3]', '"text"', 'null', '{"length":99}'])
      expect(decodeToken(signed(encodeBase64Url(json)), signer), json).toBeUndefined();
    expect(decodeToken(signed('not*base64'), signer)).toBeUndefined();
  });
});
