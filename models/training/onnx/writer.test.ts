import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelGraph } from './graph.ts';
import { writeModel } from './writer.ts';

const linear: ModelGraph = {
  name: 'linear',
  nodes: [
    {
      op: 'Gemm',
      inputs: ['row', 'w', 'b'],
      outputs: ['sum'],
      attributes: { alpha: { float: 0.5 }, transB: { int: 1 } },
    },
    { op: 'Sigmoid', inputs: ['sum'], outputs: ['probability'] },
  ],
  initializers: [
    { name: 'w', type: 'float', dims: [1, 3], values: [1, -2, 0.25] },
    { name: 'b', type: 'float', dims: [1], values: [0.125] },
  ],
  inputs: [{ name: 'row', type: 'float', dims: ['rows', 3] }],
  outputs: [{ name: 'probability', type: 'float', dims: ['rows', 1] }],
};

const stump: ModelGraph = {
  name: 'stump',
  nodes: [
    {
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['row'],
      outputs: ['value'],
      attributes: {
        n_targets: { int: 1 },
        nodes_treeids: { ints: [0, 0, 0] },
        nodes_nodeids: { ints: [0, 1, 2] },
        nodes_featureids: { ints: [1, 0, 0] },
        nodes_values: { floats: [2.5, 0, 0] },
        nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
        nodes_truenodeids: { ints: [1, 0, 0] },
        nodes_falsenodeids: { ints: [2, 0, 0] },
        nodes_missing_value_tracks_true: { ints: [1, 0, 0] },
        target_treeids: { ints: [0, 0] },
        target_nodeids: { ints: [1, 2] },
        target_ids: { ints: [0, 0] },
        target_weights: { floats: [-1.5, 300] },
        base_values: { floats: [0.5] },
      },
    },
  ],
  initializers: [],
  inputs: [{ name: 'row', type: 'float', dims: ['rows', 2] }],
  outputs: [{ name: 'value', type: 'float', dims: ['rows', 1] }],
};

async function scores(graph: ModelGraph, rows: number[], width: number): Promise<number[]> {
  const session = await ort.InferenceSession.create(writeModel(graph));
  const row = new ort.Tensor('float32', Float32Array.from(rows), [rows.length / width, width]);
  const output = (await session.run({ row }))[graph.outputs[0]!.name]!;
  return [...(output.data as Float32Array)];
}

describe('model files', () => {
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  it('onnxruntime opens a linear model and scores it as its formula says', async () => {
    const z = (row: readonly number[]) => 0.5 * (row[0]! - 2 * row[1]! + 0.25 * row[2]!) + 0.125;
    const rows = [
      [1, 2, 3],
      [-4, 0.5, 8],
    ];
    const got = await scores(linear, rows.flat(), 3);
    for (const [i, row] of rows.entries()) expect(got[i]).toBeCloseTo(1 / (1 + Math.exp(-z(row))), 6);
  });

  it('onnxruntime walks a tree, with the missing value on the side that is said', async () => {
    expect(await scores(stump, [0, 2.5, 0, 2.6, 0, Number.NaN], 2)).toEqual([-1, 300.5, -1]);
  });

  it('writes the same bytes for the same graph, and imports only the operator sets that are used', () => {
    expect(writeModel(linear)).toEqual(writeModel(linear));
    const text = (graph: ModelGraph) => new TextDecoder('latin1').decode(writeModel(graph));
    expect(text(linear)).not.toContain('ai.onnx.ml');
    expect(text(stump)).toContain('ai.onnx.ml');
  });

  it('refuses a tensor whose values do not fill its dims', () => {
    const graph = { ...linear, initializers: [{ name: 'w', type: 'float', dims: [2, 3], values: [1] } as const] };
    expect(() => writeModel(graph)).toThrow('tensor "w": 1 values for dims [2, 3]');
  });

  it('writes texts, whole numbers below zero and doubles as constants', async () => {
    const graph: ModelGraph = {
      name: 'constants',
      nodes: [
        { op: 'Cast', inputs: ['deep'], outputs: ['deepFloat'], attributes: { to: { int: 1 } } },
        { op: 'Gather', inputs: ['deepFloat', 'at'], outputs: ['picked'], attributes: { axis: { int: -1 } } },
        { op: 'Add', inputs: ['row', 'picked'], outputs: ['value'] },
      ],
      initializers: [
        { name: 'deep', type: 'double', dims: [1, 3], values: [1, 2, 4] },
        { name: 'at', type: 'int64', dims: [1], values: [-1] },
        { name: 'words', type: 'string', dims: [2], values: ['ä', ''] },
      ],
      inputs: [{ name: 'row', type: 'float', dims: ['rows', 1] }],
      outputs: [{ name: 'value', type: 'float', dims: ['rows', 1] }],
    };
    expect(await scores(graph, [10, 20], 1)).toEqual([14, 24]);
  });
});
