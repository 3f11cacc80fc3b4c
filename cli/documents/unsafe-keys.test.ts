import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readFile } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEYS = ['__proto__', 'constructor', 'prototype'];
/** As deep as files of people are, and deeper. */
const DEPTHS = [0, 1, 2, 5, 20, 60];

function read(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readFile(file);
}

/** An object with the key at a depth, through objects and lists in turn. */
const nested = (depth: number, inner: string): string =>
  Array.from({ length: depth }, (_, i) => i).reduce((text, i) => (i % 2 ? `[${text}]` : `{"a": ${text}}`), inner);

describe('prototype pollution through files', () => {
  test.each(KEYS)(
    '%s as a key is a finding at its place, at every depth, in YAML and JSON, and reaches no object',
    (key) => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      for (const depth of DEPTHS)
        for (const name of ['a.yaml', 'a.json', 'a.jsonc']) {
          const text = nested(depth, `{"${key}": {"polluted": true}}`);
          const { documents, findings } = read(name, text);
          expect(documents, `${name} at ${depth}`).toEqual([]);
          expect(findings).toMatchObject([{ line: 1, column: text.indexOf(`"${key}"`) + 1 }]);
          expect(findings[0]!.message).toContain(`must not be called "${key}"`);
        }
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test('in every spelling of YAML and JSON that stands for the same key', () => {
    for (const [name, text] of [
      ['plain.yaml', 'kind: goal\n__proto__:\n  id: buy\n'],
      ['single.yaml', "kind: goal\n'__proto__': { id: buy }\n"],
      ['escaped.yaml', 'kind: goal\n"\\x5f_proto__": { id: buy }\n'],
      ['complex.yaml', 'kind: goal\n? __proto__\n: id: buy\n'],
      ['tagged.yaml', 'kind: goal\n!!str __proto__: { id: buy }\n'],
      ['second.yaml', 'kind: goal\nid: buy\nname: Buy\n---\nconstructor: 1\n'],
      ['escaped.json', '{"kind":"goal","\\u005f_proto__":{"id":"buy"}}'],
      ['comment.jsonc', '[{"kind":"goal", /* here */ "__proto__": {"id":"buy"},}]'],
    ] as const) {
      const { findings } = read(name, text);
      expect(findings.map(({ message }) => message).join(), name).toContain('must not be called');
    }
  });

  test('as a value, and as a part of a key, is like any other', () => {
    expect(read('fine.yaml', 'kind: __proto__\nprototypes: [constructor]\n').findings).toEqual([]);
    expect(read('fine.json', '{"kind":"constructor","prototypes":["__proto__"]}').findings).toEqual([]);
  });
});
