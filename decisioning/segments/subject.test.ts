import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { evaluateCondition } from './evaluate.ts';
import { readPath } from './paths.ts';
import { attributeResolver, subjectResolver } from './subject.ts';

const counters = { touches: [], outcomes: [{ at: 500, goal: 'signup', valueMinor: 0 }], behaviour: [] };

describe('subjectResolver', () => {
  const attributes = JSON.parse(
    '{"plan":"pro","outcomes":{"signup":{"count":{"1d":99}}},"cart":{"items":[{"sku":"x"}]}}',
  );
  const resolve = subjectResolver({ attributes, counters, nowMs: 1_000 });

  it('reads attributes by dotted path, list positions included, and null where a part is missing', () => {
    expect(resolve('plan')).toBe('pro');
    expect(resolve('cart.items.0.sku')).toBe('x');
    expect(resolve('cart.items.1.sku')).toBeNull();
    expect(resolve('plan.length')).toBeNull();
    expect(resolve('')).toBeNull();
  });

  it('answers a counter root from the history, whatever the attributes claim', () => {
    expect(resolve('outcomes.signup.count.1d')).toBe(1);
  });
});

describe('prototype names', () => {
  afterEach(() => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__proto__.polluted',
    'constructor.name',
  ])('%s never resolves on plain data', (path) => {
    expect(attributeResolver({ a: 1 })(path)).toBeNull();
  });

  it('never resolve even when the data owns them', () => {
    const hostile = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":{"__proto__":1}}',
    );
    for (const path of ['__proto__.admin', 'constructor.prototype.admin', 'a.__proto__', 'admin']) {
      expect(readPath(hostile, path), path).toBeNull();
    }
  });

  it('do nothing as keys of a condition or of saved groups', () => {
    const condition = JSON.parse('{"__proto__":{"polluted":true},"a":{"$inGroup":"__proto__"}}');
    expect(evaluateCondition(condition, { a: 1 }, JSON.parse('{"__proto__":[1]}'))).toBe(false);
    expect(evaluateCondition({ a: { $inGroup: 'constructor' } }, { a: 1 })).toBe(false);
  });

  it('is the same as reading own properties step by step, for any JSON and path', () => {
    const name = fc.constantFrom('a', 'b', '0', 'length', '__proto__', 'constructor');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.array(name, { minLength: 1, maxLength: 4 }), (root, names) => {
        let expected: unknown = root;
        for (const part of names) {
          const forbidden = part === '__proto__' || part === 'constructor';
          const open = typeof expected === 'object' && expected !== null && !forbidden && Object.hasOwn(expected, part);
          expected = open ? (expected as Record<string, unknown>)[part] : null;
        }
        expect(readPath(root, names.join('.'))).toBe(expected);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
