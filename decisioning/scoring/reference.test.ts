import { describe, expect, it } from 'vitest';
import type { ModelInput, ModelReference } from './manifest.ts';
import { histogramBin, referenceBins } from './reference.ts';
import { encodeRow } from './vector.ts';

const INPUTS: readonly ModelInput[] = [
  { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number' }, missing: 0 },
  { name: 'contract', attribute: 'contract', encoding: { kind: 'one_hot', values: ['month', 'year'] }, missing: 0 },
  { name: 'reply', attribute: 'reply', encoding: { kind: 'text', measures: ['characters', 'words'] }, missing: 0 },
];

const even = (edges: number[]) => ({ edges, shares: edges.map(() => 0), missing: 0 });
const REFERENCE: ModelReference = {
  score: { edges: [], shares: [1] },
  inputs: { 'reply:words': even([1.5]), tenure: even([10, 20]), contract: even([0.5, 1.5]), gone: even([]) },
};

const binsOf = (attributes: Record<string, unknown>) => {
  const { row, missing } = encodeRow(INPUTS, (path) => attributes[path]);
  return referenceBins(INPUTS, REFERENCE, row, missing);
};

describe('bins of a reference', () => {
  it('are those of the number, of the value that the row has, and of each measure, in the order of the reference', () => {
    expect(binsOf({ tenureMonths: 15, contract: 'year', reply: 'not at all' })).toEqual([1, 1, 1, -1]);
  });

  it('a number at an edge is below it, a value that is not listed is behind the last', () => {
    expect(binsOf({ tenureMonths: 20, contract: 'decade', reply: 'no' })).toEqual([0, 1, 2, -1]);
    expect([-1, 10, 10.5, 21, Number.NaN].map((value) => histogramBin(REFERENCE.inputs.tenure!, value))).toEqual([
      0, 0, 1, 2, -1,
    ]);
  });

  it('what is missing has no bin, whatever stands in the row for it', () => {
    expect(binsOf({ tenureMonths: '15' })).toEqual([-1, -1, -1, -1]);
  });
});
