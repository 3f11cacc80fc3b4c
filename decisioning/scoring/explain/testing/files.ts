/** Small files of every kind that is explained, over rows of four columns. */
import { expect } from 'vitest';
import type { ModelGraph } from '../../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../../models/training/onnx/writer.ts';
import type { ModelInput, ModelManifest } from '../../manifest.ts';
import { openModel } from '../../onnx/index.ts';
import { CHURN } from '../../testing/manifest.ts';
import { explainer } from '../explain.ts';
import type { Explanation } from '../explanation.ts';

export type Nodes = ModelGraph['nodes'];

/** A file of some nodes over a row of four columns; the last gives `score`. */
export function fileOf(
  nodes: Nodes,
  constants: Readonly<Record<string, readonly [number[], number[]]>> = {},
): Uint8Array {
  return writeModel({
    name: 'test',
    nodes,
    initializers: Object.entries(constants).map(([name, [dims, values]]) => ({ name, type: 'float', dims, values })),
    inputs: [{ name: 'row', type: 'float', dims: ['rows', 4] }],
    outputs: [{ name: 'score', type: 'float', dims: ['rows', 1] }],
  });
}

export const number = (name: string): ModelInput => ({
  name,
  attribute: name,
  encoding: { kind: 'number' },
  missing: 'nan',
});
export const INPUTS: readonly ModelInput[] = [
  number('a'),
  { name: 'b', attribute: 'b', encoding: { kind: 'one_hot', values: ['x', 'y'] }, missing: 0 },
  number('c'),
];
export const BACKGROUND = [
  [0, 1, 0, 2],
  [1, 0, 1, -1],
  [-2, 0, 0, 0.5],
];

export function manifestOf(change: Partial<ModelManifest> = {}): ModelManifest {
  const { drivers: _drivers, reference: _reference, ...churn } = CHURN;
  const outputs = [
    { name: 'probability', tensor: 'score', column: 0, range: [-1e9, 1e9], kind: 'probability' } as const,
  ];
  return { ...churn, inputs: INPUTS, outputs, background: BACKGROUND, ...change };
}

export function explained(file: Uint8Array, row: readonly number[], change: Partial<ModelManifest> = {}): Explanation {
  const opened = openModel(file);
  if ('refused' in opened) throw new Error(opened.detail);
  const found = explainer({ manifest: manifestOf(change), opened, file })({ row: Float32Array.from(row) });
  if ('unexplained' in found) throw new Error(found.unexplained);
  expect(Math.abs(found.score - opened.run(Float32Array.from(row), 1).score![0]!)).toBeLessThan(1e-5);
  const sum = found.contributions.reduce((total, { contribution }) => total + contribution, 0);
  expect(Math.abs(sum - (found.raw - found.baseline))).toBeLessThan(1e-9);
  const points = found.contributions.reduce((total, each) => total + each.points, 0);
  expect(Math.abs(points - (found.score - found.typical))).toBeLessThan(1e-9);
  return found;
}

export const W = {
  w: [
    [4, 1],
    [0.5, -1, 2, 0.25],
  ],
  bias: [[1], [0.125]],
} satisfies Record<string, [number[], number[]]>;
export const LOGISTIC: Nodes = [
  { op: 'Gemm', inputs: ['row', 'w', 'bias'], outputs: ['raw'] },
  { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] },
];

/** Two trees over columns 0, 2 and 3; missing values go to the right. */
export const TREES = {
  nodes_treeids: { ints: [0, 0, 0, 0, 0, 1, 1, 1] },
  nodes_nodeids: { ints: [0, 1, 2, 3, 4, 0, 1, 2] },
  nodes_featureids: { ints: [0, 3, 0, 0, 0, 2, 0, 0] },
  nodes_modes: { strings: ['BRANCH_LEQ', 'BRANCH_LT', 'LEAF', 'LEAF', 'LEAF', 'BRANCH_GT', 'LEAF', 'LEAF'] },
  nodes_values: { floats: [0.5, 1, 0, 0, 0, 0.5, 0, 0] },
  nodes_truenodeids: { ints: [1, 3, 0, 0, 0, 1, 0, 0] },
  nodes_falsenodeids: { ints: [2, 4, 0, 0, 0, 2, 0, 0] },
  nodes_missing_value_tracks_true: { ints: [0, 0, 0, 0, 0, 0, 0, 0] },
};
export const WEIGHTS = { ids: [0, 0, 0, 1, 1], nodes: [2, 3, 4, 1, 2], values: [-1.5, 0.5, 2, 0.75, -0.25] };
export const REGRESSOR = {
  ...TREES,
  n_targets: { int: 1 },
  target_treeids: { ints: WEIGHTS.ids },
  target_nodeids: { ints: WEIGHTS.nodes },
  target_ids: { ints: [0, 0, 0, 0, 0] },
  target_weights: { floats: WEIGHTS.values },
  base_values: { floats: [0.5] },
};
export const trees = (output: string, input = 'row'): Nodes[number] => ({
  op: 'TreeEnsembleRegressor',
  domain: 'ai.onnx.ml',
  inputs: [input],
  outputs: [output],
  attributes: REGRESSOR,
});

/** A network of four hidden units. */
export const NET: Nodes = [
  { op: 'Gemm', inputs: ['row', 'w1', 'b1'], outputs: ['hidden'] },
  { op: 'Relu', inputs: ['hidden'], outputs: ['active'] },
  { op: 'Gemm', inputs: ['active', 'w2', 'bias'], outputs: ['net'] },
];
export const NET_WEIGHTS = {
  w1: [
    [4, 4],
    [1, -1, 0.5, 0, 2, 0, -0.5, 1, 0, 1, 1, -1, 0.25, 0.5, 0, 1],
  ],
  b1: [[4], [0.1, -0.2, 0.3, 0]],
  w2: [
    [4, 1],
    [1, -2, 0.5, 1.5],
  ],
  bias: [[1], [0.125]],
} satisfies Record<string, [number[], number[]]>;

export const mean = (column: number) => BACKGROUND.reduce((sum, row) => sum + row[column]!, 0) / BACKGROUND.length;
export const ROW = [2, 0, 1, 3];
