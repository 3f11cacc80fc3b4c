import { describe, expect, it } from 'vitest';
import { keptUse } from './kept-use.ts';
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
  // Score: 0 to 2; tenure: 3 to 6; plan: 7 to 10; words: 11 to 13, each with its missing ones first.
  const at = [1, 5, 9, 13];

  it('is the score and where it adds to the histograms, an edge belonging to the bin below it', () => {
    expect(keptUse(manifest, use)).toEqual({
      version: 2,
      stage: 'live',
      score: 0.25,
      missing: 0,
      inputs: { length: 14, at },
    });
  });

  it('puts a value of none of the groups into the last bin', () => {
    expect(keptUse(manifest, { ...use, row: [0, 0, 0, 0, 0] }).inputs?.at).toEqual([1, 4, 10, 12]);
  });

  it('counts what stands in for a missing value as training did, and that it was missing', () => {
    const filled = keptUse(manifest, { ...use, row: [0, 0, 0, 0, 0], missing: ['plan', 'words'] });
    expect(filled).toMatchObject({ missing: 2, inputs: { at: [1, 4, 7, 10, 11, 12] } });
    const unknown = keptUse(manifest, { ...use, row: [null, 0, 1, 12, 4], missing: ['tenure'] });
    expect(unknown.inputs?.at).toEqual([1, 3, 9, 13]);
  });

  it('has no score where the model broke', () => {
    const { score, inputs } = keptUse(manifest, { ...use, outputs: {} });
    expect([score, inputs?.at]).toEqual([undefined, [0, 5, 9, 13]]);
  });

  it('names the goal that its manifest is to be judged by', () => {
    expect(keptUse({ ...manifest, watch: { goal: 'purchase' } }, use).goal).toBe('purchase');
  });

  it('keeps a value as its place in the range beside itself, and no bins without a reference', () => {
    const { reference: _, ...bare } = manifest;
    const outputs = [{ name: 'value', tensor: 'v', column: 0, range: [0, 200] as const, kind: 'value' as const }];
    expect(keptUse({ ...bare, outputs }, { ...use, outputs: { value: 50 } })).toEqual({
      version: 2,
      stage: 'live',
      score: 0.25,
      value: 50,
      as: 'ranked',
      missing: 0,
    });
  });

  const two: ModelManifest = {
    ...manifest,
    outputs: [...manifest.outputs, { name: 'lift', tensor: 'l', column: 0, range: [0, 2], kind: 'value' }],
    reference: { ...manifest.reference!, score: { edges: [0.1, 0.2, 0.3, 0.4], shares: [0.2, 0.2, 0.2, 0.2, 0.2] } },
  };
  const scored = { ...use, outputs: { probability: 0.25, lift: 1.5 } };

  it('is of the output that the campaign goes by, in the bins of training where it has them', () => {
    expect(keptUse(two, scored, 'probability')).toMatchObject({ score: 0.25, as: 'judged', bin: 2 });
    expect(keptUse(two, scored)).toMatchObject({ score: 0.25, as: 'judged', bin: 2 });
    const lift = keptUse(two, scored, 'lift');
    expect(lift).toMatchObject({ score: 0.75, value: 1.5, as: 'ranked' });
    expect(lift.bin).toBeUndefined();
    // Drift is the first output’s, whatever is asked.
    expect(lift.inputs).toEqual(keptUse(two, scored).inputs);
  });

  it('is judged by its order alone where the manifest says so, and when it broke by what it would have been', () => {
    expect(keptUse({ ...two, watch: { scale: 'order' } }, scored)).toMatchObject({ as: 'ranked', bin: 2 });
    expect(keptUse(two, { ...scored, outputs: {} }).as).toBe('judged');
  });
});
