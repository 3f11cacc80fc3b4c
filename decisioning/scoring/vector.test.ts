import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from './manifest.ts';
import { columnNames, encodeInto, encodeRow, rowWidth } from './vector.ts';

const INPUTS: readonly ModelInput[] = [
  {
    name: 'tenure',
    attribute: 'tenureMonths',
    encoding: { kind: 'number', center: 32, scale: 24 },
    missing: 0,
    range: [0, 72],
  },
  { name: 'spent', attribute: 'outcomes.purchase.value.90d', encoding: { kind: 'number', log: true }, missing: 'nan' },
  { name: 'paperless', attribute: 'paperless', encoding: { kind: 'boolean', trueValues: ['Yes'] }, missing: 0.5 },
  {
    name: 'contract',
    attribute: 'contract',
    encoding: { kind: 'one_hot', values: ['Month-to-month', 'Two year'] },
    missing: 0,
  },
  {
    name: 'tier',
    attribute: 'account.tier',
    encoding: { kind: 'ordinal', values: ['basic', 'plus', 'gold'] },
    missing: -1,
  },
  {
    name: 'headline',
    attribute: 'arm.content.headline',
    encoding: { kind: 'text', measures: ['characters', 'words'] },
    missing: 0,
  },
];

const reading = (values: Readonly<Record<string, unknown>>) => (path: string) =>
  Object.hasOwn(values, path) ? values[path] : null;
const only = (name: string) => INPUTS.filter((input) => input.name === name);
const encoded = (name: string, value: unknown) => {
  const inputs = only(name);
  const { row, missing, outside } = encodeRow(inputs, () => value);
  return { row: [...row], missing: missing.length > 0, outside: outside.length > 0 };
};

describe('a row', () => {
  it('has its columns in the order of the inputs, and a name for each', () => {
    expect(rowWidth(INPUTS)).toBe(8);
    expect(columnNames(INPUTS)).toEqual([
      'tenure',
      'spent',
      'paperless',
      'contract=Month-to-month',
      'contract=Two year',
      'tier',
      'headline:characters',
      'headline:words',
    ]);
  });

  it('holds every encoding', () => {
    const { row, missing, outside } = encodeRow(
      INPUTS,
      reading({
        tenureMonths: 56,
        'outcomes.purchase.value.90d': Math.E - 1,
        paperless: 'Yes',
        contract: 'Two year',
        'account.tier': 'gold',
        'arm.content.headline': 'You will never guess',
      }),
    );
    expect([...row]).toEqual([1, 1, 1, 0, 1, 2, 20, 4]);
    expect({ missing, outside }).toEqual({ missing: [], outside: [] });
  });

  it('holds what each input says where nothing is known, and names all of them', () => {
    const { row, missing } = encodeRow(INPUTS, () => undefined);
    expect([...row]).toEqual([0, Number.NaN, 0.5, 0, 0, -1, 0, 0]);
    expect(missing).toEqual(INPUTS.map(({ name }) => name));
  });

  it('takes a number of the wrong type as missing: text that looks like a number is text', () => {
    for (const value of ['12', true, null, undefined, Number.NaN, [12], {}]) {
      expect(encoded('tenure', value), String(value)).toEqual({ row: [0], missing: true, outside: false });
    }
  });

  it('takes a number beyond its range at the nearer end, and says so; the ends themselves are inside', () => {
    expect(encoded('tenure', 72)).toEqual({ row: [Math.fround(40 / 24)], missing: false, outside: false });
    expect(encoded('tenure', 73)).toEqual({ row: [Math.fround(40 / 24)], missing: false, outside: true });
    expect(encoded('tenure', -1)).toEqual({ row: [Math.fround(-32 / 24)], missing: false, outside: true });
    expect(encoded('tenure', Number.POSITIVE_INFINITY).row).toEqual([Math.fround(40 / 24)]);
  });

  it('keeps numbers finite that 32 bits do not hold, and has no logarithm below -1', () => {
    const wide: ModelInput = { ...only('spent')[0]!, encoding: { kind: 'number' } };
    expect(encodeRow([wide], () => 1e300)).toEqual({
      row: Float32Array.of(3.4028234663852886e38),
      missing: [],
      outside: ['spent'],
    });
    expect(encoded('spent', -2)).toEqual({ row: [Number.NaN], missing: true, outside: false });
  });

  it('knows true, the words that mean it, and takes everything else that is there as false', () => {
    for (const value of [true, 'Yes']) expect(encoded('paperless', value).row).toEqual([1]);
    for (const value of [false, 'No', 'yes', 1, []]) expect(encoded('paperless', value).row).toEqual([0]);
    expect(encoded('paperless', null)).toEqual({ row: [0.5], missing: true, outside: false });
  });

  it('gives a value that is none of the listed no column, and says so', () => {
    expect(encoded('contract', 'One year')).toEqual({ row: [0, 0], missing: false, outside: true });
    expect(encoded('contract', ['Two year'])).toEqual({ row: [0, 0], missing: true, outside: false });
  });

  it('names numbers and booleans in lists of values as they are written', () => {
    const day: ModelInput = {
      name: 'd',
      attribute: 'time.day',
      encoding: { kind: 'one_hot', values: ['6', '7'] },
      missing: 0,
    };
    expect([...encodeRow([day], () => 7).row]).toEqual([0, 1]);
    const known: ModelInput = {
      ...day,
      encoding: { kind: 'ordinal', values: ['false', 'true'] },
    };
    expect([...encodeRow([known], () => true).row]).toEqual([1]);
  });

  it('takes a value that is not in an order as missing', () => {
    expect(encoded('tier', 'platinum')).toEqual({ row: [-1], missing: true, outside: false });
  });

  it('refuses a measure that nobody wrote', () => {
    const odd: ModelInput = { ...only('headline')[0]!, encoding: { kind: 'text', measures: ['mood'] } };
    expect(() => encodeRow([odd], () => 'x')).toThrow(new RangeError('no text measure is called mood'));
  });

  it('does not reach beyond the values it was given: names of the language are no category', () => {
    expect(encoded('contract', 'constructor').row).toEqual([0, 0]);
    expect(encoded('tier', '__proto__').row).toEqual([-1]);
  });
});

describe('a matrix', () => {
  it('holds the same numbers to the bit, also in 64 bits, wherever the row stands', () => {
    const values = fc.record({
      tenureMonths: fc.option(fc.oneof(fc.double(), fc.string())),
      'outcomes.purchase.value.90d': fc.option(fc.double()),
      paperless: fc.option(fc.oneof(fc.boolean(), fc.constant('Yes'))),
      contract: fc.option(fc.constantFrom('Month-to-month', 'Two year', 'One year')),
      'account.tier': fc.option(fc.constantFrom('basic', 'plus', 'gold', 'none')),
      'arm.content.headline': fc.option(fc.string()),
    });
    fc.assert(
      fc.property(values, fc.nat(5), (attributes, place) => {
        const width = rowWidth(INPUTS);
        const { row, ...notes } = encodeRow(INPUTS, reading(attributes));
        for (const matrix of [new Float32Array(6 * width), new Float64Array(6 * width).fill(7)]) {
          const found = { missing: [], outside: [] };
          const end = encodeInto(matrix, place * width, INPUTS, reading(attributes), found);
          expect(end).toBe((place + 1) * width);
          expect(Float32Array.from(matrix.subarray(place * width, end))).toEqual(row);
          expect([...matrix.subarray(place * width, end)]).toEqual([...row]);
          expect(found).toEqual(notes);
        }
      }),
      { seed: 61, numRuns: 300 },
    );
  });
});
