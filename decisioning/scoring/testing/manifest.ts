/** A small manifest that is right in every field, for tests to spoil. */
import type { ModelManifest } from '../manifest.ts';

export const CHURN: ModelManifest = {
  format: 1,
  id: 'churn',
  name: 'Churn',
  predicts: 'leaves within a month',
  engine: 'hyperedge',
  file: { sha256: 'a'.repeat(64), bytes: 1_234 },
  inputTensor: 'row',
  inputs: [
    {
      name: 'tenure',
      attribute: 'tenureMonths',
      unit: 'months',
      label: 'months as a customer',
      encoding: { kind: 'number', center: 32, scale: 24 },
      missing: 0,
      range: [0, 72],
    },
    {
      name: 'spent',
      attribute: 'outcomes.purchase.value.90d',
      label: 'spent in 90 days',
      encoding: { kind: 'number', log: true },
      missing: 'nan',
      range: [0, 1e9],
    },
    {
      name: 'contract',
      attribute: 'contract',
      label: 'contract',
      encoding: { kind: 'one_hot', values: ['Month-to-month', 'One year', 'Two year'] },
      missing: 0,
    },
    {
      name: 'paperless',
      attribute: 'paperlessBilling',
      label: 'paperless billing',
      encoding: { kind: 'boolean' },
      missing: 0,
    },
    {
      name: 'reply',
      attribute: 'lastReply',
      encoding: { kind: 'text', measures: ['characters', 'words'] },
      missing: 0,
    },
  ],
  outputs: [{ name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' }],
  baseline: 0.265,
  background: [
    [0, 1, 1, 0, 0, 0, 10, 2],
    [1, null, 0, 0, 1, 1, 0, 0],
  ],
  drivers: [
    {
      input: 'contract',
      when: { oneOf: ['Month-to-month'] },
      words: 'month-to-month contract',
      intervention: 'offer a one-year contract',
    },
    { input: 'reply:words', effect: 'lowers', words: '{value} words in the last reply' },
  ],
  reference: {
    score: { edges: [0.25, 0.5], shares: [0.5, 0.3, 0.2] },
    inputs: { tenure: { edges: [0], shares: [0.4, 0.6], missing: 0 }, spent: { edges: [], shares: [], missing: 1 } },
  },
};
