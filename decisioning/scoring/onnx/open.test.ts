/** The evaluator on small models whose scores are worked out by hand. */
import { expect, test } from 'vitest';
import type { GraphNode, ModelGraph, Tensor } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import type { OpenedModel } from '../engine.ts';
import { openModel } from './index.ts';

const floats = (name: string, dims: number[], values: number[]): Tensor => ({ name, type: 'float', dims, values });

function graphOf(width: number, nodes: GraphNode[], initializers: Tensor[] = []): ModelGraph {
  const last = nodes.at(-1)!.outputs.at(-1)!;
  return {
    name: 'test',
    nodes,
    initializers,
    inputs: [{ name: 'x', type: 'float', dims: ['rows', width] }],
    outputs: [{ name: last, type: 'float', dims: ['rows', 1] }],
  };
}

function opened(graph: ModelGraph): OpenedModel {
  const model = openModel(writeModel(graph));
  if ('refused' in model) throw new Error(JSON.stringify(model));
  return model;
}

const logistic = graphOf(
  2,
  [
    { op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] },
    { op: 'Sigmoid', inputs: ['z'], outputs: ['p'] },
  ],
  [floats('w', [2, 1], [1, -2]), floats('b', [1], [0.5])],
);

test('a logistic model scores rows one by one and together', () => {
  const model = opened(logistic);
  expect(model.inputs).toEqual([{ name: 'x', width: 2 }]);
  expect(model.outputs).toEqual([{ name: 'p', width: 1 }]);
  const rows = [3, 1, 0, 0, -1, 2];
  const expected = [1.5, 0.5, -4.5].map((z) => 1 / (1 + Math.exp(-z)));
  const together = model.run(Float32Array.from(rows), 3).p!;
  expect(together).toHaveLength(3);
  expected.forEach((p, i) => {
    expect(together[i]).toBeCloseTo(p, 6);
    expect(model.run(Float32Array.from(rows.slice(2 * i, 2 * i + 2)), 1).p![0]).toBe(together[i]);
  });
});

test('scores stay what they are when the model runs again', () => {
  const model = opened(logistic);
  const first = model.run(Float32Array.of(3, 1), 1).p!;
  const kept = first[0];
  model.run(Float32Array.of(-9, 9), 1);
  expect(first[0]).toBe(kept);
});

test('no rows have no scores, and half a row is refused', () => {
  const model = opened(logistic);
  expect(model.run(new Float32Array(0), 0).p).toHaveLength(0);
  expect(() => model.run(Float32Array.of(1, 2, 3), 1)).toThrow(RangeError);
  expect(() => model.run(Float32Array.of(1, 2), 2)).toThrow(RangeError);
});

test('a tree sends a missing value where its node says', () => {
  const tree = (tracks: number): ModelGraph =>
    graphOf(1, [
      {
        op: 'TreeEnsembleRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['y'],
        attributes: {
          nodes_treeids: { ints: [0, 0, 0] },
          nodes_nodeids: { ints: [0, 1, 2] },
          nodes_featureids: { ints: [0, 0, 0] },
          nodes_modes: { strings: ['BRANCH_LT', 'LEAF', 'LEAF'] },
          nodes_values: { floats: [2, 0, 0] },
          nodes_truenodeids: { ints: [1, 0, 0] },
          nodes_falsenodeids: { ints: [2, 0, 0] },
          nodes_missing_value_tracks_true: { ints: [tracks, 0, 0] },
          target_treeids: { ints: [0, 0] },
          target_nodeids: { ints: [1, 2] },
          target_ids: { ints: [0, 0] },
          target_weights: { floats: [10, 20] },
        },
      },
    ]);
  const rows = Float32Array.of(1, 2, Number.NaN, -Infinity, Infinity);
  expect([...opened(tree(0)).run(rows, 5).y!]).toEqual([10, 20, 20, 10, 20]);
  expect([...opened(tree(1)).run(rows, 5).y!]).toEqual([10, 20, 10, 10, 20]);
});

test('an operator outside the subset is refused by name', () => {
  const model = openModel(writeModel(graphOf(2, [{ op: 'Conv', inputs: ['x'], outputs: ['y'] }])));
  expect(model).toMatchObject({ refused: 'unsupported', node: 'Conv #1', takenBy: 'onnxruntime-web' });
});

/** Types of a graph's output in the file: rows of two floats, and what ZipMap makes of them, a list of maps; as many bytes. */
const ROWS_OF_TWO = [0x0a, 12, 8, 1, 0x12, 8, 0x0a, 2, 0x12, 0, 0x0a, 2, 8, 2];
const LIST_OF_MAPS = [0x22, 12, 0x0a, 10, 0x2a, 8, 8, 7, 0x12, 4, 0x0a, 2, 8, 1];

test.each([{ classlabels_int64s: { ints: [0, 1] } }, { classlabels_strings: { strings: ['stays', 'leaves'] } }])(
  'the maps that converters make of probabilities are their numbers, in the order of the classes: %o',
  (attributes) => {
    const classes = graphOf(
      1,
      [
        { op: 'Concat', inputs: ['x', 'x'], outputs: ['both'], attributes: { axis: { int: 1 } } },
        { op: 'Mul', inputs: ['both', 'w'], outputs: ['p'] },
        { op: 'ZipMap', domain: 'ai.onnx.ml', inputs: ['p'], outputs: ['output_probability'], attributes },
      ],
      [floats('w', [1, 2], [0.25, 0.75])],
    );
    const file = writeModel({ ...classes, outputs: [{ name: 'output_probability', type: 'float', dims: ['', 2] }] });
    const at = file.findIndex((_, i) => ROWS_OF_TWO.every((byte, j) => file[i + j] === byte));
    file.set(LIST_OF_MAPS, at);
    const model = openModel(file) as OpenedModel;
    expect(model.outputs).toEqual([{ name: 'output_probability', width: 2 }]);
    expect([...model.run(Float32Array.of(1, 4), 2).output_probability!]).toEqual([0.25, 0.75, 1, 3]);
  },
);
