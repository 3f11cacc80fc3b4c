import { expect, test } from 'vitest';
import type { ModelInput } from '../../../decisioning/scoring/manifest.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import { randomFor } from '../random.ts';
import { inventCustomers, inventedBackground } from './invented.ts';

const number = (name: string): ModelInput => ({ name, attribute: name, encoding: { kind: 'number' }, missing: 'nan' });
const inputs = [number('age'), number('spent')];

/** Who is older has spent more, to the cent: no two are alike. */
function customers(count: number) {
  const random = randomFor(1, 'people');
  const attributes = Array.from({ length: count }, (_, i) => {
    const known = [['age', 20 + i] as const, ['spent', (20 + i) * 100 + random.next()] as const];
    return new Map<string, unknown>(known);
  });
  const rows = attributes.map((one) => encodeRow(inputs, (path) => one.get(path)).row);
  return { inputs, attributes, rows: { values: Float64Array.from(rows.flatMap((row) => [...row])), width: 2 } };
}

const pairs = ({ values }: { readonly values: Float64Array }) =>
  Array.from({ length: values.length / 2 }, (_, i) => `${values[2 * i]} ${values[2 * i + 1]}`);

test('values are those of the table and no customer is: each input is dealt out on its own, the same from the same seed', () => {
  const real = customers(200);
  const { attributes, rows } = inventCustomers({ ...real, seed: 3 });
  const known = new Set(pairs(real.rows));
  // A dealing leaves about one of any number as they were.
  const seeds = Array.from({ length: 10 }, (_, seed) => inventCustomers({ ...real, seed }));
  expect(seeds.flatMap((one) => pairs(one.rows)).filter((pair) => known.has(pair))).toEqual([]);
  expect(attributes.length).toBeGreaterThan(190);
  const ages = new Set(real.attributes.map((one) => one.get('age')));
  expect(attributes.every((one) => ages.has(one.get('age')))).toBe(true);
  expect(inventCustomers({ ...real, seed: 3 }).rows).toEqual(rows);
  expect(inventCustomers({ ...real, seed: 4 }).rows).not.toEqual(rows);
});

test('where hardly any row is new, all stay: whoever has one input shares each row with others', () => {
  const real = customers(200);
  const one = { inputs: inputs.slice(0, 1), attributes: real.attributes };
  const values = Float64Array.from(real.attributes, (known) => known.get('age') as number);
  expect(inventCustomers({ ...one, rows: { values, width: 1 }, seed: 3 }).attributes).toHaveLength(200);
});

test('what cannot be together is put right before a row is made of it', () => {
  const mend = () =>
    new Map<string, unknown>([
      ['age', 1],
      ['spent', 2],
    ]);
  const { rows } = inventCustomers({ ...customers(100), seed: 3, mend });
  expect([...rows.values.subarray(0, 4)]).toEqual([1, 2, 1, 2]);
});

test('the background has the mean and the spread of the real scores, though invented customers score otherwise', () => {
  const random = randomFor(2, 'scores');
  const real = Float64Array.from({ length: 5_000 }, () => random.next() ** 4);
  const values = Float64Array.from({ length: 5_000 }, () => random.next());
  const background = inventedBackground({ rows: { values, width: 1 } }, values, real);
  const scores = background.map(([score]) => score!);
  const mean = (list: ArrayLike<number>) => Array.from(list).reduce((sum, one) => sum + one, 0) / list.length;
  expect(scores).toHaveLength(64);
  expect(new Set(scores).size).toBe(64);
  expect(Math.abs(mean(scores) - mean(real))).toBeLessThan(0.005);
  expect(Math.abs(Math.max(...scores) - 0.97)).toBeLessThan(0.03);
  expect(mean(values)).toBeGreaterThan(0.45);
});
