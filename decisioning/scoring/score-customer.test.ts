import { expect, it } from 'vitest';
import { writeModel } from '../../models/training/onnx/writer.ts';
import { explainer } from './explain/explain.ts';
import type { ModelManifest } from './manifest.ts';
import { openModel } from './onnx/index.ts';
import { scoreCustomer, seenInputs } from './score-customer.ts';
import { CHURN } from './testing/manifest.ts';

const { drivers: _drivers, reference: _reference, background: _background, ...churn } = CHURN;
const MANIFEST: ModelManifest = {
  ...churn,
  inputs: churn.inputs.filter(({ name }) => name !== 'spent' && name !== 'reply'),
  // Tenure, three contracts, paperless.
  background: [
    [0, 1, 0, 0, 0],
    [0, 0, 0, 1, 1],
  ],
};
const FILE = writeModel({
  name: 'churn',
  nodes: [
    { op: 'Gemm', inputs: ['row', 'w'], outputs: ['raw'] },
    { op: 'Sigmoid', inputs: ['raw'], outputs: ['probability'] },
  ],
  initializers: [{ name: 'w', type: 'float', dims: [5, 1], values: [-1, 1.5, 0, -1.5, 0.25] }],
  inputs: [{ name: 'row', type: 'float', dims: ['rows', 5] }],
  outputs: [{ name: 'probability', type: 'float', dims: ['rows', 1] }],
});

const opened = openModel(FILE);
if ('refused' in opened) throw new Error(opened.detail);
const served = { manifest: MANIFEST, opened };
const customer: Readonly<Record<string, unknown>> = { tenureMonths: 80, contract: 'Month-to-month' };
const resolve = (path: string) => customer[path];

it('a customer has their score, what it was made of by name, and why', () => {
  const found = scoreCustomer(served, resolve, explainer({ manifest: MANIFEST, opened, file: FILE }));
  expect(found).toMatchObject({
    outputs: { probability: expect.closeTo(1 / (1 + Math.exp(5 / 3 - 1.5)), 6) },
    inputs: [
      { name: 'tenure', attribute: 'tenureMonths', value: 80, missing: false, outside: true },
      { name: 'contract', attribute: 'contract', value: 'Month-to-month', missing: false, outside: false },
      { name: 'paperless', attribute: 'paperlessBilling', value: null, missing: true, outside: false },
    ],
    row: {
      tenure: Math.fround(40 / 24),
      'contract=Month-to-month': 1,
      'contract=One year': 0,
      'contract=Two year': 0,
      paperless: 0,
    },
    explanation: { space: 'log_odds', method: 'exact' },
  });
  expect(found.told?.summary).toBe(
    'Leaves within a month: 46 of 100 customers like this. Mostly because: 72 months as a customer (−42 points), ' +
      'paperless billing not known (−3 points). Against it: contract: Month-to-month (+37 points). ' +
      'A typical customer: 53 of 100.',
  );
});

it('without an explainer there is a score alone, and without a background the reason', () => {
  expect(scoreCustomer(served, resolve)).not.toHaveProperty('explanation');
  const { background: _, ...bare } = MANIFEST;
  const found = scoreCustomer(served, resolve, explainer({ manifest: bare, opened, file: FILE }));
  expect(found).toMatchObject({ outputs: { probability: expect.any(Number) }, unexplained: 'no_background' });
});

it('the row of a receipt says what the model saw', () => {
  expect(seenInputs(served, [40 / 24, 0, 1, 0, 0], ['paperless'])).toEqual({
    tenure: 72,
    contract: 'One year',
    paperless: null,
  });
});
