import { describe, expect, test } from 'vitest';
import { type FeatureSpec, featureLength, featureSet, featureVector, MAX_FEATURE, namedFeatures } from './features.ts';

const SPECS: readonly FeatureSpec[] = [
  { id: 'age', attribute: 'age', type: 'number', center: 40, scale: 10 },
  { id: 'member', attribute: 'member', type: 'boolean' },
  { id: 'plan', attribute: 'account.plan', type: 'category', values: ['gold', 'silver'] },
];
const set = featureSet(SPECS)!;
const vectorOf = (values: Readonly<Record<string, unknown>>) => featureVector(set, (path) => values[path]).z;

describe('featureVector', () => {
  test('is the constant, then every feature in its order, in thousandths', () => {
    expect(vectorOf({ age: 55, member: true, 'account.plan': 'silver' })).toEqual([1_000, 1_500, 1_000, 0, 1_000]);
    expect(featureLength(SPECS)).toBe(5);
  });

  test.each([
    ['nothing is known', {}],
    ['null', { age: null, member: null, 'account.plan': null }],
    ['a moment that never came', { age: undefined, member: undefined, 'account.plan': undefined }],
    ['values of other types', { age: '55', member: 1, 'account.plan': ['gold'] }],
    ['numbers that are none', { age: Number.NaN, member: 'true', 'account.plan': 'bronze' }],
    ['infinity', { age: Number.POSITIVE_INFINITY, member: false, 'account.plan': '' }],
  ])('counts as 0: %s', (_name, values) => {
    expect(vectorOf(values)).toEqual([1_000, 0, 0, 0, 0]);
  });

  test('cuts numbers off at the largest, and never says minus zero', () => {
    expect(vectorOf({ age: 1e300 })[1]).toBe(MAX_FEATURE * 1_000);
    expect(vectorOf({ age: -1e300 })[1]).toBe(-MAX_FEATURE * 1_000);
    expect(Object.is(vectorOf({ age: 39.999999 })[1], 0)).toBe(true);
  });
});

describe('a vector by name', () => {
  test('has every number under its feature, the values of a category each, and no constant', () => {
    const vector = featureVector(set, (path) => ({ age: 55, member: true, 'account.plan': 'gold' })[path]);
    const named = namedFeatures(set, vector)!;
    expect(Object.keys(named)).toHaveLength(featureLength(SPECS) - 1);
    expect(Object.values(named)).toEqual(vector.z.slice(1).map((value) => value / 1_000));
    expect(named).toMatchObject({ [SPECS[0]!.id]: vector.z[1]! / 1_000, [`${SPECS[2]!.id}=gold`]: 1 });
  });

  test('is not told of a vector that other features were read into', () => {
    expect(namedFeatures(set, { key: 'other', z: [1_000] })).toBeUndefined();
  });
});

describe('featureSet', () => {
  test('is undefined without features', () => {
    expect(featureSet(undefined)).toBeUndefined();
    expect(featureSet([])).toBeUndefined();
  });

  test('is named by what is read, not by what it is called or in which order its fields stand', () => {
    const renamed = SPECS.map((spec) => ({ ...spec, id: `${spec.id}-2` }));
    const reordered = SPECS.map(
      (spec) => Object.fromEntries(Object.entries(spec).toReversed()) as unknown as FeatureSpec,
    );
    expect(featureSet(renamed)!.key).toBe(set.key);
    expect(featureSet(reordered)!.key).toBe(set.key);
  });

  test.each<[string, readonly FeatureSpec[]]>([
    ['another scale', [{ ...SPECS[0]!, scale: 11 } as FeatureSpec, ...SPECS.slice(1)]],
    ['another attribute', [{ ...SPECS[0]!, attribute: 'years' }, ...SPECS.slice(1)]],
    ['another order', SPECS.toReversed()],
    ['other values', [...SPECS.slice(0, 2), { ...SPECS[2]!, values: ['silver', 'gold'] } as FeatureSpec]],
    ['one less', SPECS.slice(0, 2)],
  ])('has another name with %s', (_name, specs) => {
    expect(featureSet(specs)!.key).not.toBe(set.key);
  });
});
