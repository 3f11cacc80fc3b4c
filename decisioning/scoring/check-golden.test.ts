import { describe, expect, it } from 'vitest';
import { goldenMismatches } from './check-golden.ts';
import type { OpenedModel } from './engine.ts';
import type { ModelManifest } from './manifest.ts';

const MANIFEST: ModelManifest = {
  format: 1,
  id: 'churn',
  name: 'Churn',
  predicts: 'leaves within a month',
  engine: 'hyperedge',
  file: { sha256: '0'.repeat(64), bytes: 1 },
  inputTensor: 'row',
  inputs: [
    { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number', scale: 10 }, missing: 'nan' },
    { name: 'contract', attribute: 'contract', encoding: { kind: 'one_hot', values: ['month', 'year'] }, missing: 0 },
  ],
  outputs: [{ name: 'probability', tensor: 'p', column: 0, range: [0, 1], kind: 'probability' }],
};

/** A tenth of the first column, or a half where it is missing. */
const OPENED: OpenedModel = {
  inputs: [{ name: 'row', width: 3 }],
  outputs: [{ name: 'p', width: 1 }],
  run: (rows) => ({ p: Float32Array.of(Number.isNaN(rows[0]) ? 0.5 : rows[0]! / 10) }),
};

const mismatches = (golden: Partial<Parameters<typeof goldenMismatches>[2][number]>) =>
  goldenMismatches(MANIFEST, OPENED, [
    { attributes: { tenureMonths: 3, contract: 'year' }, row: [0.3, 0, 1], scores: { probability: 0.03 }, ...golden },
  ]);

describe('golden customers', () => {
  it('of the same model differ in nothing, missing values included', () => {
    expect(mismatches({})).toEqual([]);
    expect(mismatches({ attributes: {}, row: [null, 0, 0], scores: { probability: 0.5 } })).toEqual([]);
  });

  it.each([
    [
      'another score',
      { scores: { probability: 0.04 } },
      [0, 'scores', 'probability'],
      'is 0.04, and this file gives 0.0',
    ],
    ['a score that the model has not', { scores: { value: 1 } }, [0, 'scores', 'value'], 'gives no such score'],
    ['another encoding', { row: [0.4, 0, 1] }, [0, 'row', 0], 'is 0.4, and "tenure" is encoded here as 0.3'],
    ['a value where nothing is', { attributes: { contract: 'year' } }, [0, 'row', 0], 'is encoded here as NaN'],
    ['nothing where a value is', { row: [null, 0, 1] }, [0, 'row', 0], 'is null, and "tenure" is encoded here as 0.3'],
    ['rows of another width', { row: [0.3] }, [0, 'row'], 'must have 3 numbers, one a column, and has 1'],
    ['names of prototypes', { scores: { toString: 1 } }, [0, 'scores', 'toString'], 'gives no such score'],
  ])('with %s are told by their field', (_name, golden, path, detail) => {
    const [found] = mismatches(golden);
    expect(found?.path).toEqual(path);
    expect(found?.detail).toContain(detail);
  });
});
