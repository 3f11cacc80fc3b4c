/** The work of every operator grows with the attribute as the attribute does, counted in reads of it: no clock, nothing to wait for. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateCondition } from './evaluate.ts';
import { SEGMENT_LIMITS } from './limits.ts';

/** A list that counts how often its elements are read. */
function counting(items: readonly unknown[]) {
  const seen = { reads: 0 };
  const list = new Proxy([...items], {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) seen.reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { list, seen };
}

const LONG = SEGMENT_LIMITS.listLength;
const absent = Array.from({ length: LONG }, (_, i) => `absent-${i}`);
const present = Array.from({ length: LONG }, (_, i) => `item-${i}`);

/** Conditions on `a` that have to look at all of it, with condition lists as long as they may be. */
const CASES: readonly [operator: string, test: unknown][] = [
  ['equality with a text', 'item-0'],
  ['equality with a list', [...absent]],
  ['$eq', { $eq: 'x' }],
  ['$ne', { $ne: 'x' }],
  ['$lt', { $lt: 'x' }],
  ['$lte', { $lte: 'x' }],
  ['$gt', { $gt: 'x' }],
  ['$gte', { $gte: 'x' }],
  ['$veq', { $veq: '1.2.3' }],
  ['$vne', { $vne: '1.2.3' }],
  ['$vlt', { $vlt: '1.2.3' }],
  ['$vlte', { $vlte: '1.2.3' }],
  ['$vgt', { $vgt: '1.2.3' }],
  ['$vgte', { $vgte: '1.2.3' }],
  ['$in', { $in: absent }],
  ['$nin', { $nin: absent }],
  ['$ini', { $ini: absent }],
  ['$nini', { $nini: absent }],
  ['$inGroup', { $inGroup: 'g' }],
  ['$notInGroup', { $notInGroup: 'g' }],
  ['$all', { $all: present }],
  ['$alli', { $alli: present }],
  ['$all of tests', { $all: [{ $gt: 'zz' }] }],
  ['$regex', { $regex: '(a|item)+-(\\d+)*$' }],
  ['$regexi', { $regexi: '(A|ITEM)+-(\\d+)*!$' }],
  ['$notRegex', { $notRegex: '(a*)*b' }],
  ['$notRegexi', { $notRegexi: '(a*)*b' }],
  ['$exists', { $exists: true }],
  ['$type', { $type: 'array' }],
  ['$size', { $size: { $gt: 1 } }],
  ['$not', { $not: { $in: absent } }],
  ['$elemMatch of a test', { $elemMatch: { $in: absent } }],
  ['$elemMatch of fields', { $elemMatch: { name: 'x', 'b.c': { $in: absent } } }],
];

describe('an operator', () => {
  it.each(CASES)('%s reads an attribute twice as long at most twice as often', (_name, test) => {
    const readsOf = (length: number): number => {
      const { list, seen } = counting(Array.from({ length }, (_, i) => `item-${i}`));
      evaluateCondition({ a: test }, { a: list }, { g: absent });
      return seen.reads;
    };
    const [once, twice] = [readsOf(2_000), readsOf(4_000)];
    // At most twice each: once for texts, once for numbers.
    expect(once).toBeLessThanOrEqual(2 * 2_000);
    expect(twice).toBeLessThanOrEqual(2 * once + 2);
  });

  it('is in this list if the reader knows it', () => {
    expect(ALL_OPERATORS.length).toBeGreaterThan(25);
    const listed = new Set(CASES.flatMap(([, test]) => operatorsIn(test)));
    const known = ALL_OPERATORS.filter((operator) => !listed.has(operator));
    expect(known).toEqual([]);
    // Those that the list has and the language has not would be read as data.
    expect([...listed].filter((operator) => !ALL_OPERATORS.includes(operator))).toEqual([]);
  });
});

/** Every operator on a value, from the types of the language. */
const ALL_OPERATORS = [...readFileSync(new URL('./ast.ts', import.meta.url), 'utf8').matchAll(/'(\$\w+)'/g)]
  .map(([, name]) => name!)
  .filter((name) => !name.endsWith('Segment'));

function operatorsIn(test: unknown): string[] {
  if (typeof test !== 'object' || test === null) return [];
  return Object.entries(test).flatMap(([name, inner]) => [
    ...(name.startsWith('$') ? [name] : []),
    ...operatorsIn(inner),
  ]);
}

describe('a long list of clauses', () => {
  it('reads an attribute once for each', () => {
    let reads = 0;
    const attributes = {
      get a() {
        reads += 1;
        return 0;
      },
    };
    const clauses = Array.from({ length: 500 }, () => ({ a: 1 }));
    evaluateCondition({ $or: clauses }, attributes);
    // One check that it is an own property, one read: two at most a clause.
    expect(reads).toBeLessThanOrEqual(2 * clauses.length);
  });
});
