import { describe, expect, it } from 'vitest';
import { keptUse, MISSING_BIN } from './kept-use.ts';
import type { ModelManifest } from './manifest.ts';

const manifest: ModelManifest = {
  format: 1,
  id: 'churn',
  name: 'Churn',
  predicts: 'leaves within a month',
  engine: 'hyperedge',
  file: { sha256: '0'.repeat(64), bytes: 1 },
  inputTensor: 'row',
  inputs: [
    { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number' }, missing: 0 },
    { name: 'plan', attribute: 'plan', encoding: { kind: 'one_hot', values: ['basic', 'more'] }, missing: 0 },
    {
      name: 'words',
      attribute: 'arm.content.text',
      encoding: { kind: 'text', measures: ['length', 'words'] },
      missing: 0,
    },
  ],
  outputs: [{ name: 'probability', tensor: 'p', column: 0, range: [0, 1], kind: 'probability' }],
  reference: {
    score: { edges: [0.5], shares: [0.5, 0.5] },
    inputs: {
      tenure: { edges: [10, 20], shares: [0.3, 0.3, 0.4], missing: 0 },
      plan: { edges: [0.5, 1.5], shares: [0.5, 0.4, 0.1], missing: 0 },
      'words:words': { edges: [3], shares: [0.5, 0.5], missing: 0 },
    },
  },
};
const use = { version: 2, stage: 'live' as const, row: [20, 0, 1, 12, 4], missing: [], outputs: { probability: 0.25 } };

describe('what a decision keeps of a scoring', () => {
  it('is the score and each input’s bin, an edge belonging to the bin below it', () => {
    expect(keptUse(manifest, use)).toEqual({ version: 2, stage: 'live', score: 0.25, missing: 0, bins: [1, 1, 1] });
  });

  it('puts a value of none of the groups into the last bin, and a missing input into none', () => {
    const row = [0, 0, 0, 0, 0];
    expect(keptUse(manifest, { ...use, row }).bins).toEqual([0, 2, 0]);
    expect(keptUse(manifest, { ...use, row, missing: ['plan', 'words'] })).toMatchObject({
      missing: 2,
      bins: [0, MISSING_BIN, MISSING_BIN],
    });
  });

  it('has no score where the model broke', () => {
    expect(keptUse(manifest, { ...use, outputs: {} })).toEqual({
      version: 2,
      stage: 'live',
      missing: 0,
      bins: [1, 1, 1],
    });
  });

  it('keeps a value as its place in the range beside itself, and no bins without a reference', () => {
    const { reference: _, ...bare } = manifest;
    const outputs = [{ name: 'value', tensor: 'v', column: 0, range: [0, 200] as const, kind: 'value' as const }];
    expect(keptUse({ ...bare, outputs }, { ...use, outputs: { value: 50 } })).toEqual({
      version: 2,
      stage: 'live',
      score: 0.25,
      value: 50,
      missing: 0,
    });
  });
});
