/** A logistic model of two inputs, small enough to check by hand. */
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';

/** Bytes as the API takes them. */
export const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** sigmoid(bias + tenure · months / 10 + contract · (monthly contract)) as an upload. */
export async function smallModel(
  weights: { readonly bias?: number; readonly tenure?: number; readonly contract?: number } = {},
  manifestChanges: Partial<ModelManifest> = {},
) {
  const { bias = 0, tenure = -1, contract = 2 } = weights;
  const graph: ModelGraph = {
    name: 'churn',
    nodes: [
      { op: 'Gemm', inputs: ['row', 'w', 'b'], outputs: ['sum'] },
      { op: 'Sigmoid', inputs: ['sum'], outputs: ['probability'] },
    ],
    initializers: [
      { name: 'w', type: 'float', dims: [2, 1], values: [tenure, contract] },
      { name: 'b', type: 'float', dims: [1], values: [bias] },
    ],
    inputs: [{ name: 'row', type: 'float', dims: ['rows', 2] }],
    outputs: [{ name: 'probability', type: 'float', dims: ['rows', 1] }],
  };
  return uploadOf(graph, manifestChanges);
}

/** A graph with its manifest as an upload: that of the small model, but for what is told. */
export async function uploadOf(graph: ModelGraph, manifestChanges: Partial<ModelManifest> = {}) {
  const file = writeModel(graph);
  const manifest: ModelManifest = {
    format: 1,
    id: 'churn',
    name: 'Churn',
    predicts: 'leaves within a month',
    engine: 'hyperedge',
    file: {
      sha256: hexOf(await crypto.subtle.digest('SHA-256', file as Uint8Array<ArrayBuffer>)),
      bytes: file.byteLength,
    },
    inputTensor: 'row',
    inputs: [
      {
        name: 'tenure',
        attribute: 'tenureMonths',
        label: 'months as a customer',
        unit: 'months',
        encoding: { kind: 'number', scale: 10 },
        missing: 0,
      },
      {
        name: 'contract',
        attribute: 'contract',
        label: 'contract',
        encoding: { kind: 'boolean', trueValues: ['monthly'] },
        missing: 0,
      },
    ],
    outputs: [{ name: 'probability', tensor: 'probability', column: 0, range: [0, 1], kind: 'probability' }],
    ...manifestChanges,
  };
  return { manifest, file: base64Of(file) };
}

/** erf(x · weights), of the small model's width: an operator that our own evaluator does not have, and onnxruntime-web has. */
export const erfGraph = (weights: readonly number[] = [1, 1], rows: string | number = 'rows'): ModelGraph => ({
  name: 'erf',
  nodes: [
    { op: 'MatMul', inputs: ['row', 'w'], outputs: ['sum'] },
    { op: 'Erf', inputs: ['sum'], outputs: ['probability'] },
  ],
  initializers: [{ name: 'w', type: 'float', dims: [2, 1], values: weights }],
  inputs: [{ name: 'row', type: 'float', dims: [rows, 2] }],
  outputs: [{ name: 'probability', type: 'float', dims: [rows, 1] }],
});

/** A campaign on `hero` for those whose probability is as told, such as `{ $gt: 0.7 }`. */
export const stayFor = (probability: Readonly<Record<string, number>>) => ({
  kind: 'campaign',
  id: 'stay',
  name: 'Stay',
  objective: { goal: 'click' },
  placements: ['hero'],
  audience: { condition: { 'models.churn.probability': probability } },
  arms: [{ id: 'a', content: { text: 'stay' } }],
});
