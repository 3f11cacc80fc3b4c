import type { Attribute, GraphNode, ModelGraph, Tensor } from '../../../../models/training/onnx/graph.ts';
import { Wire } from '../../../../models/training/onnx/wire.ts';
import { writeModel } from '../../../../models/training/onnx/writer.ts';
import type { ModelProblem } from '../../engine.ts';
import { floats, ints, ml, model, node, wave } from './models.ts';

export const tree = (changes: Record<string, Attribute> = {}): ModelGraph =>
  model(2, [
    ml('TreeEnsembleRegressor', 'x', 'y', {
      nodes_treeids: { ints: [0, 0, 0, 0, 0] },
      nodes_nodeids: { ints: [0, 1, 2, 3, 4] },
      nodes_featureids: { ints: [0, 1, 0, 0, 0] },
      nodes_modes: { strings: ['BRANCH_LEQ', 'BRANCH_GT', 'LEAF', 'LEAF', 'LEAF'] },
      nodes_values: { floats: [0.5, 1, 0, 0, 0] },
      nodes_truenodeids: { ints: [1, 3, 0, 0, 0] },
      nodes_falsenodeids: { ints: [2, 4, 0, 0, 0] },
      target_treeids: { ints: [0, 0, 0] },
      target_nodeids: { ints: [2, 3, 4] },
      target_ids: { ints: [0, 0, 0] },
      target_weights: { floats: [1, 2, 3] },
      ...changes,
    }),
  ]);

export const byPlace = (changes: Record<string, Attribute> = {}): ModelGraph => {
  const tensor = (values: number[], type: 'float' | 'uint8' = 'float'): Attribute => ({
    tensor: { name: '', type, dims: [values.length], values },
  });
  const attributes = {
    nodes_featureids: { ints: [0] },
    nodes_modes: tensor([6], 'uint8'),
    nodes_splits: tensor([0]),
    nodes_truenodeids: { ints: [0] },
    nodes_falsenodeids: { ints: [1] },
    nodes_trueleafs: { ints: [1] },
    nodes_falseleafs: { ints: [1] },
    membership_values: tensor([1, 2, Number.NaN]),
    leaf_targetids: { ints: [0, 0] },
    leaf_weights: tensor([1, 2]),
    tree_roots: { ints: [0] },
    ...changes,
  };
  return { ...model(2, [ml('TreeEnsemble', 'x', 'y', attributes)]), mlOpset: 5 };
};

const one = (op: string, attributes: Record<string, Attribute> = {}): ModelGraph =>
  model(2, [ml(op, 'x', 'y', attributes)]);
const gemm = (w: Tensor, attributes: Record<string, Attribute> = {}, more: GraphNode[] = []): ModelGraph =>
  model(2, [node('Gemm', 'x w', 'y', attributes), ...more], [w]);
const W = floats('w', [2, 3], wave(6));

/** A file around a tensor that the writer would not write. */
function withTensor(tensor: Wire): Uint8Array {
  const whole = writeModel(model(2, [node('Add', 'x w', 'y')]));
  return Uint8Array.from([...whole, ...new Wire().message(7, new Wire().message(5, tensor)).finish()]);
}
/** Field 7 again: the last graph counts. */
const graphFile = (graph: Wire): Uint8Array =>
  new Wire().int(1, 8).message(7, graph).message(8, new Wire().int(2, 15)).finish();

export const CRAFTED: readonly (readonly [what: string, file: ModelGraph | Uint8Array, problem: ModelProblem])[] = [
  ['nothing', new Uint8Array(0), 'malformed'],
  ['a text', new TextEncoder().encode('{"not": "a model"}'), 'malformed'],
  ['zeros', new Uint8Array(100), 'malformed'],
  ['bytes of ones', new Uint8Array(100).fill(255), 'malformed'],
  ['more bytes than the limit', new Uint8Array(8_388_609), 'too_large'],
  ['a graph of another type', new Wire().int(7, 1).finish(), 'malformed'],
  [
    'a name that is not UTF-8',
    graphFile(new Wire().message(1, new Wire().bytes(4, Uint8Array.of(255, 254)))),
    'malformed',
  ],
  ['no inputs', graphFile(new Wire().text(2, 'g')), 'unsupported'],
  ['a tensor of huge dims', withTensor(new Wire().ints(1, [1e9, 1e9]).int(2, 1).text(8, 'w')), 'too_large'],
  ['a tensor of a negative dim', withTensor(new Wire().ints(1, [-3]).int(2, 1).text(8, 'w')), 'malformed'],
  [
    'a tensor of many dims',
    withTensor(new Wire().ints(1, Array(30).fill(1)).int(2, 1).floats(4, [1]).text(8, 'w')),
    'too_large',
  ],
  [
    'a tensor with too few elements',
    withTensor(new Wire().ints(1, [4]).int(2, 1).floats(4, [1, 2]).text(8, 'w')),
    'malformed',
  ],
  [
    'a tensor with half a number',
    withTensor(new Wire().ints(1, [1]).int(2, 1).bytes(9, new Uint8Array(3)).text(8, 'w')),
    'malformed',
  ],
  [
    'a tensor of half precision',
    withTensor(new Wire().ints(1, [1]).int(2, 10).bytes(9, new Uint8Array(2)).text(8, 'w')),
    'unsupported',
  ],
  ['weights elsewhere', withTensor(new Wire().ints(1, [1]).int(2, 1).int(14, 1).text(8, 'w')), 'external_data'],
  [
    'weights in a named file',
    withTensor(new Wire().ints(1, [1]).int(2, 1).message(13, new Wire().text(1, 'location')).text(8, 'w')),
    'external_data',
  ],
  [
    'a name that goes on behind its node',
    // A node of two bytes, whose name says that it has four.
    graphFile(new Wire().bytes(1, Uint8Array.of(0x1a, 4)).text(2, 'a graph with a name')),
    'malformed',
  ],
  [
    'more work than one row may take',
    model(
      2,
      ['a', 'b', 'c'].map((out) => node('Add', 'v w', out)),
      [floats('v', [2_000, 1], wave(2_000)), floats('w', [1, 2_000], wave(2_000))],
    ),
    'too_large',
  ],
  [
    'two inputs',
    { ...gemm(W), inputs: [...gemm(W).inputs, { name: 'z', type: 'float', dims: ['rows', 2] }] },
    'unsupported',
  ],
  [
    'an input of whole numbers',
    { ...gemm(W), inputs: [{ name: 'x', type: 'int64', dims: ['rows', 2] }] },
    'unsupported',
  ],
  [
    'an input that does not say its columns',
    { ...gemm(W), inputs: [{ name: 'x', type: 'float', dims: ['rows', 'columns'] }] },
    'unsupported',
  ],
  [
    'an input of three dims',
    { ...gemm(W), inputs: [{ name: 'x', type: 'float', dims: ['rows', 2, 1] }] },
    'unsupported',
  ],
  [
    'an input as wide as a book',
    { ...gemm(W), inputs: [{ name: 'x', type: 'float', dims: ['rows', 1e9] }] },
    'too_large',
  ],
  ['an output that is nowhere', { ...gemm(W), outputs: [{ name: 'z', type: 'float', dims: [] }] }, 'malformed'],
  ['an input of a node that is nowhere', gemm(floats('v', [2, 3], wave(6))), 'malformed'],
  ['nodes in a circle', model(2, [node('Add', 'x b', 'a'), node('Neg', 'a', 'b')]), 'cyclic'],
  ['a node that waits for itself', model(2, [node('Add', 'x a', 'a')]), 'cyclic'],
  ['a name that two nodes give', model(2, [node('Neg', 'x', 'y'), node('Exp', 'x', 'y')]), 'malformed'],
  ['a name of the input that a node gives', model(2, [node('Neg', 'x', 'x')]), 'malformed'],
  [
    '2,001 nodes',
    model(
      2,
      Array.from({ length: 2_001 }, (_, i) => node('Neg', i ? `n${i}` : 'x', `n${i + 1}`)),
    ),
    'too_large',
  ],
  ['an old opset', { ...gemm(W), opset: 6 }, 'unsupported'],
  ['an opset of the future', { ...gemm(W), opset: 26 }, 'unsupported'],
  ['an operator of the object’s prototype', model(2, [node('constructor', 'x', 'y')]), 'unsupported'],
  ['an operator that is unknown', model(2, [node('Conv', 'x', 'y')]), 'unsupported'],
  ['an attribute that is unknown', gemm(W, { broadcast: { int: 1 } }), 'unsupported'],
  ['an attribute of another type', gemm(W, { alpha: { int: 1 } }), 'malformed'],
  ['an output too many', model(2, [node('Neg', 'x', 'y z')]), 'malformed'],
  ['no inputs of a node', model(2, [{ ...node('Add', 'x', 'y'), inputs: [] }]), 'malformed'],
  ['a left out input', model(2, [node('Add', 'x -', 'y')]), 'malformed'],
  ['inputs of two types', model(2, [node('Add', 'x w', 'y')], [ints('w', [1])]), 'malformed'],
  ['shapes that do not meet', model(2, [node('Add', 'x w', 'y')], [floats('w', [3], wave(3))]), 'malformed'],
  [
    'shapes that stretch too far',
    model(
      2,
      [node('Add', 'v w', 'u'), node('Add', 'u x', 'y')],
      [floats('v', [4_000, 1], wave(4_000)), floats('w', [1, 4_000], wave(4_000))],
    ),
    'too_large',
  ],
  ['weights of other dims', gemm(floats('w', [3, 2], wave(6))), 'malformed'],
  ['weights of three dims', gemm(floats('w', [1, 2, 3], wave(6))), 'unsupported'],
  ['rows as columns', gemm(W, { transA: { int: 1 } }), 'unsupported'],
  ['weights that change', model(2, [node('Neg', 'x', 'w'), node('MatMul', 'x w', 'y')]), 'unsupported'],
  ['a bias of another shape', model(2, [node('Gemm', 'x w c', 'y')], [W, floats('c', [4], wave(4))]), 'malformed'],
  ['a bias of more rows', model(2, [node('Gemm', 'x w c', 'y')], [W, floats('c', [5, 3], wave(15))]), 'malformed'],
  ['a type to cast to that is none', model(2, [node('Cast', 'x', 'y', { to: { int: 99 } })]), 'unsupported'],
  ['an axis that is none', model(2, [node('Concat', 'x x', 'y', { axis: { int: 7 } })]), 'malformed'],
  [
    'an axis that is none, from the back',
    model(2, [node('Gather', 'x i', 'y', { axis: { int: -9 } })], [ints('i', [0])]),
    'malformed',
  ],
  ['a shape of other size', model(2, [node('Reshape', 'x s', 'y')], [ints('s', [7])]), 'malformed'],
  ['a shape of a third of them', model(2, [node('Reshape', 'x s', 'y')], [ints('s', [-1, 3])]), 'malformed'],
  ['a shape of negative dims', model(2, [node('Reshape', 'x s', 'y')], [ints('s', [-2, -1])]), 'malformed'],
  [
    'a shape worked out from the row',
    model(2, [node('Cast', 'x', 'i', { to: { int: 7 } }), node('Reshape', 'x i', 'y')]),
    'unsupported',
  ],
  ['a softmax of another axis', model(2, [node('Softmax', 'x', 'y', { axis: { int: 0 } })]), 'unsupported'],
  ['a norm that is none', one('Normalizer', { norm: { string: 'L3' } }), 'unsupported'],
  ['a scaler without scales', one('Scaler'), 'malformed'],
  ['a scaler of other width', one('Scaler', { offset: { floats: [1, 2, 3] }, scale: { floats: [1] } }), 'malformed'],
  ['an imputer without values', one('Imputer'), 'malformed'],
  ['a table without values', one('LabelEncoder', { keys_floats: { floats: [1] } }), 'malformed'],
  [
    'a table of another type',
    one('LabelEncoder', { keys_int64s: { ints: [1] }, values_int64s: { ints: [1] } }),
    'malformed',
  ],
  [
    'a table of texts',
    one('LabelEncoder', { keys_strings: { strings: ['a'] }, values_int64s: { ints: [1] } }),
    'unsupported',
  ],
  ['coefficients of another number', one('LinearRegressor', { coefficients: { floats: [1] } }), 'malformed'],
  [
    'targets below zero',
    one('LinearRegressor', { coefficients: { floats: [1, 2] }, targets: { int: -1 } }),
    'malformed',
  ],
  [
    'intercepts of another number',
    one('LinearRegressor', { coefficients: { floats: [1, 2] }, intercepts: { floats: [1, 2] } }),
    'malformed',
  ],
  [
    'a transform that is none',
    one('LinearRegressor', { coefficients: { floats: [1, 2] }, post_transform: { string: 'CUBE' } }),
    'unsupported',
  ],
  [
    'a classifier without classes',
    one('LinearClassifier', { coefficients: { floats: [1, 2] }, intercepts: { floats: [1] } }),
    'malformed',
  ],
  ['a classifier without anything', one('LinearClassifier'), 'malformed'],
  ['trees without nodes', one('TreeEnsembleRegressor'), 'malformed'],
  ['a tree that leads to its root', tree({ nodes_truenodeids: { ints: [1, 0, 0, 0, 0] } }), 'cyclic'],
  ['a node that leads to itself', tree({ nodes_falsenodeids: { ints: [2, 1, 0, 0, 0] } }), 'cyclic'],
  ['two ways to one node', tree({ nodes_falsenodeids: { ints: [1, 4, 0, 0, 0] } }), 'cyclic'],
  ['a way to nowhere', tree({ nodes_falsenodeids: { ints: [9, 4, 0, 0, 0] } }), 'malformed'],
  ['a way to below zero', tree({ nodes_falsenodeids: { ints: [-1, 4, 0, 0, 0] } }), 'malformed'],
  ['two nodes of one id', tree({ nodes_nodeids: { ints: [0, 1, 2, 3, 3] } }), 'malformed'],
  ['a column that is none', tree({ nodes_featureids: { ints: [0, 2, 0, 0, 0] } }), 'malformed'],
  ['a column below zero', tree({ nodes_featureids: { ints: [-1, 1, 0, 0, 0] } }), 'malformed'],
  ['a column that is a fraction of the list', tree({ nodes_featureids: { ints: [0] } }), 'malformed'],
  [
    'a comparison that is none',
    tree({ nodes_modes: { strings: ['BRANCH_LIKE', 'BRANCH_GT', 'LEAF', 'LEAF', 'LEAF'] } }),
    'malformed',
  ],
  ['too few comparisons', tree({ nodes_modes: { strings: ['BRANCH_LEQ'] } }), 'malformed'],
  ['too few thresholds', tree({ nodes_values: { floats: [1] } }), 'malformed'],
  ['too few ways', tree({ nodes_truenodeids: { ints: [1] } }), 'malformed'],
  ['too few weights', tree({ target_weights: { floats: [1] } }), 'malformed'],
  ['too few ids of leaves', tree({ target_nodeids: { ints: [2] } }), 'malformed'],
  ['a leaf that is none', tree({ target_nodeids: { ints: [2, 3, 8] } }), 'malformed'],
  ['a target that is none', tree({ target_ids: { ints: [0, 0, 1] } }), 'malformed'],
  ['a target below zero', tree({ target_ids: { ints: [0, 0, -1] } }), 'malformed'],
  ['targets of a huge number', tree({ n_targets: { int: 1e9 } }), 'too_large'],
  ['targets below zero, of trees', tree({ n_targets: { int: -5 } }), 'malformed'],
  ['base values of another number', tree({ base_values: { floats: [1, 2] } }), 'malformed'],
  ['an aggregate that is none', tree({ aggregate_function: { string: 'MEDIAN' } }), 'unsupported'],
  ['texts where ids belong', tree({ nodes_nodeids: { strings: ['0'] } }), 'malformed'],
  [
    'a way by place to nowhere',
    byPlace({ nodes_falseleafs: { ints: [0] }, nodes_falsenodeids: { ints: [5] } }),
    'malformed',
  ],
  [
    'a way by place to itself',
    byPlace({ nodes_falseleafs: { ints: [0] }, nodes_falsenodeids: { ints: [0] } }),
    'cyclic',
  ],
  ['a leaf by place that is none', byPlace({ nodes_falsenodeids: { ints: [2] } }), 'malformed'],
  ['a root that is none', byPlace({ tree_roots: { ints: [3] } }), 'malformed'],
  ['a root twice', byPlace({ tree_roots: { ints: [0, 0] } }), 'cyclic'],
  [
    'a set of nothing',
    byPlace({ membership_values: { tensor: { name: '', type: 'float', dims: [1], values: [Number.NaN] } } }),
    'malformed',
  ],
  [
    'no sets',
    byPlace({ membership_values: { tensor: { name: '', type: 'float', dims: [0], values: [] } } }),
    'malformed',
  ],
  ['an aggregate of another number', byPlace({ aggregate_function: { int: 7 } }), 'unsupported'],
  ['a transform of another number', byPlace({ post_transform: { int: -1 } }), 'unsupported'],
];
