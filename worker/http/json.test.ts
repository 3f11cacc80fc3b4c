import { describe, expect, it } from 'vitest';
import { MAX_DEPTH, parseJson, pointer } from './json.ts';

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

describe('JSON from outside', () => {
  it('is refused when it is none', () => {
    for (const text of ['', ' ', '{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":NaN}', '\u0000']) {
      const parsed = parseJson(text);
      expect(parsed.ok ? undefined : parsed.refusal.problem, text).toBe('malformed_json');
    }
  });

  it('names the place of a polluting key, however deep and however written', () => {
    const parsed = parseJson('{"customer":{"list":[{"\\u005f_proto__":{"admin":true}}]}}');
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) {
      expect(parsed.refusal.problem).toBe('unsafe_key');
      expect(parsed.refusal.errors?.[0]?.field).toBe('/customer/list/0/__proto__');
    }
    for (const key of ['constructor', 'prototype']) {
      const refused = parseJson(JSON.stringify({ [key]: 1 }));
      expect(refused.ok ? undefined : refused.refusal.problem).toBe('unsafe_key');
    }
  });

  it('takes such words as values and as parts of keys', () => {
    expect(parseJson('{"a":"__proto__","protocol":1,"constructors":["constructor"]}').ok).toBe(true);
  });

  it(`takes ${MAX_DEPTH} levels and refuses one more, and a hundred thousand`, () => {
    expect(parseJson(nested(MAX_DEPTH)).ok).toBe(true);
    for (const depth of [MAX_DEPTH + 1, 100_000]) {
      const parsed = parseJson(nested(depth));
      expect(parsed.ok ? undefined : parsed.refusal.problem).toBe('invalid_request');
    }
  });

  it('escapes what a pointer must escape', () => {
    expect(pointer(['a/b', '~', 0])).toBe('/a~1b/~0/0');
    expect(pointer([])).toBe('');
  });
});
