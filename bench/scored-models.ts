/** The models that scores are timed with: logistic regression, a network of 32-64-32-1, and 100 trees of depth 6. */
import type { GraphNode, ModelGraph, Tensor } from '../models/training/onnx/graph.ts';

export interface ScoredModel {
  readonly id: string;
  readonly what: string;
  readonly width: number;
  readonly graph: ModelGraph;
}

const wave = (count: number, scale: number): number[] =>
  Array.from({ length: count }, (_, i) => scale * Math.sin((i + 1) * 12.9898) * Math.cos((i + 1) * 4.1414));

function graphOf(width: number, nodes: readonly GraphNode[], initializers: readonly Tensor[] = []): ModelGraph {
  return {
    name: 'bench',
    nodes,
    initializers,
    inputs: [{ name: 'x', type: 'float', dims: ['rows', width] }],
    outputs: [{ name: 'y', type: 'float', dims: ['rows', 1] }],
  };
}

const floats = (name: string, dims: readonly number[]): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return { name, type: 'float', dims, values: wave(count, 1 / Math.sqrt(dims[0]!)) };
};

const layer = (from: string, to: string, weights: string, bias: string): GraphNode => ({
  op: 'Gemm',
  inputs: [from, weights, bias],
  outputs: [to],
});
const relu = (from: string, to: string): GraphNode => ({ op: 'Relu', inputs: [from], outputs: [to] });
const sigmoid = (from: string): GraphNode => ({ op: 'Sigmoid', inputs: [from], outputs: ['y'] });

const COLUMNS = 20;
const TREES = 100;
const DEPTH = 6;

/** Full trees, each node's children behind it as in a heap. */
function forest(): ModelGraph {
  const inner = 2 ** DEPTH - 1;
  const size = 2 * inner + 1;
  const nodes = Array.from({ length: TREES * size }, (_, i) => ({
    tree: Math.floor(i / size),
    id: i % size,
    isLeaf: i % size >= inner,
    i,
  }));
  const leaves = nodes.filter(({ isLeaf }) => isLeaf);
  const values = wave(nodes.length, 2);
  return graphOf(COLUMNS, [
    {
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['x'],
      outputs: ['y'],
      attributes: {
        n_targets: { int: 1 },
        nodes_treeids: { ints: nodes.map(({ tree }) => tree) },
        nodes_nodeids: { ints: nodes.map(({ id }) => id) },
        nodes_featureids: { ints: nodes.map(({ i, isLeaf }) => (isLeaf ? 0 : (i * 7) % COLUMNS)) },
        nodes_modes: { strings: nodes.map(({ isLeaf }) => (isLeaf ? 'LEAF' : 'BRANCH_LEQ')) },
        nodes_values: { floats: nodes.map(({ i, isLeaf }) => (isLeaf ? 0 : values[i]!)) },
        nodes_truenodeids: { ints: nodes.map(({ id, isLeaf }) => (isLeaf ? 0 : 2 * id + 1)) },
        nodes_falsenodeids: { ints: nodes.map(({ id, isLeaf }) => (isLeaf ? 0 : 2 * id + 2)) },
        target_treeids: { ints: leaves.map(({ tree }) => tree) },
        target_nodeids: { ints: leaves.map(({ id }) => id) },
        target_ids: { ints: leaves.map(() => 0) },
        target_weights: { floats: leaves.map(({ i }) => values[i]!) },
      },
    },
  ]);
}

export const SCORED: readonly ScoredModel[] = [
  {
    id: 'logistic',
    what: `logistic regression of ${COLUMNS} columns`,
    width: COLUMNS,
    graph: graphOf(COLUMNS, [layer('x', 'z', 'w', 'b'), sigmoid('z')], [floats('w', [COLUMNS, 1]), floats('b', [1])]),
  },
  {
    id: 'mlp',
    what: 'network 32-64-32-1',
    width: 32,
    graph: graphOf(
      32,
      [
        layer('x', 'h', 'w1', 'b1'),
        relu('h', 'r'),
        layer('r', 'i', 'w2', 'b2'),
        relu('i', 's'),
        layer('s', 'z', 'w3', 'b3'),
        sigmoid('z'),
      ],
      [
        floats('w1', [32, 64]),
        floats('b1', [64]),
        floats('w2', [64, 32]),
        floats('b2', [32]),
        floats('w3', [32, 1]),
        floats('b3', [1]),
      ],
    ),
  },
  { id: 'trees', what: `${TREES} trees of depth ${DEPTH}`, width: COLUMNS, graph: forest() },
];
