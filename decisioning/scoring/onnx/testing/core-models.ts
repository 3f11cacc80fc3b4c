/** Models of ONNX's own operators. */
import { type Catalogue, floats, ints, model, node, wave } from './models.ts';

const W = 4;
const bools = (name: string): [string, 'bool', string, number] => [name, 'bool', 'rows', W];
const toFloat = (name: string) => node('Cast', name, 'y', { to: { int: 1 } });

const unary = Object.fromEntries(
  ['Exp', 'Identity', 'Log', 'Neg', 'Relu', 'Sigmoid', 'Sqrt', 'Tanh'].map((op) => [
    op,
    model(W, [node(op, 'x', 'y')]),
  ]),
);

const binary = Object.fromEntries(
  ['Add', 'Sub', 'Mul', 'Div', 'Pow'].flatMap((op) => [
    [`${op} by column`, model(W, [node(op, 'x b', 'y')], [floats('b', [W], [0.5, -2, 3, 1])])],
    [`${op} of a number`, model(W, [node(op, 'b x', 'y')], [floats('b', [], [2.5])])],
    [`${op} of each other`, model(W, [node('Exp', 'x', 'z'), node(op, 'z x', 'y')])],
  ]),
);

const compared: Catalogue = {
  Less: model(W, [node('Less', 'x b', 'c'), toFloat('c')], [floats('b', [1, 1], [0.25])]),
  'Less of each other': model(W, [node('Exp', 'x', 'z'), node('Less', 'x z', 'y')], [], [bools('y')]),
};

const folds = Object.fromEntries(
  ['Max', 'Min', 'Mean', 'Sum'].flatMap((op) => [
    [`${op} of three`, model(W, [node(op, 'x a b', 'y')], [floats('a', [1, W], wave(W)), floats('b', [], [0.2])])],
    [`${op} of two`, model(W, [node(op, 'x a', 'y')], [floats('a', [1, W], wave(W))])],
    [`${op} of one`, model(W, [node(op, 'x', 'y')])],
  ]),
);

const W2 = 32;
const mlp = (op: string) => [
  node('Gemm', 'x w1 b1', 'h1'),
  node(op, 'h1', 'a1'),
  node('Gemm', 'a1 w2 b2', 'h2', { transB: { int: 1 } }),
  node(op, 'h2', 'a2'),
  node('MatMul', 'a2 w3', 'h3'),
  node('Add', 'h3 b3', 'z'),
  node('Sigmoid', 'z', 'y'),
];
const weights = [
  floats('w1', [W2, 64], wave(W2 * 64, 0.3)),
  floats('b1', [64], wave(64, 0.3)),
  floats('w2', [32, 64], wave(2048, 0.3)),
  floats('b2', [32], wave(32, 0.3)),
  floats('w3', [32, 1], wave(32, 0.3)),
  floats('b3', [1], [0.1]),
];

const products: Catalogue = {
  'Gemm alone': model(W, [node('Gemm', 'x w', 'y')], [floats('w', [W, 3], wave(12))]),
  'Gemm with alpha and beta': model(
    W,
    [node('Gemm', 'x w c', 'y', { alpha: { float: 0.5 }, beta: { float: -2 } })],
    [floats('w', [W, 3], wave(12)), floats('c', [1, 3], wave(3))],
  ),
  'Gemm with a bias of one number': model(
    W,
    [node('Gemm', 'x w c', 'y')],
    [floats('w', [W, 5], wave(20)), floats('c', [], [3])],
  ),
  'MatMul of many matrices': model(
    W,
    [node('Reshape', 'x s', 'r'), node('MatMul', 'r w', 'y')],
    [ints('s', [-1, 2, 2]), floats('w', [2, 3], wave(6))],
    [['y', 'float', 'rows', 2, 3]],
  ),
  'MLP with Relu': model(W2, mlp('Relu'), weights),
  'MLP with Tanh': model(W2, mlp('Tanh'), weights),
  'logistic regression': model(
    W,
    [node('Gemm', 'x w b', 'z'), node('Sigmoid', 'z', 'y')],
    [floats('w', [W, 1], wave(W)), floats('b', [1], [0.2])],
  ),
};

const three = (opset: number, axis: number) =>
  model(
    W,
    [node('Reshape', 'x s', 'r'), node('Softmax', 'r', 'y', { axis: { int: axis } })],
    [ints('s', [-1, 2, 2])],
    [['y', 'float', 'rows', 2, 2]],
    opset,
  );

const softmaxes: Catalogue = {
  'Softmax, opset 11': model(W, [node('Softmax', 'x', 'y')], [], undefined, 11),
  'ArgMax without the dim': model(
    W,
    [node('ArgMax', 'x', 'i', { axis: { int: -1 }, keepdims: { int: 0 } }), toFloat('i')],
    [],
    [['y', 'float', 'rows']],
  ),
  Softmax: model(W, [node('Softmax', 'x', 'y')]),
  'Softmax of the last, opset 12': three(12, 2),
  ArgMax: model(W, [node('ArgMax', 'x', 'i', { axis: { int: 1 } }), toFloat('i')]),
};

const moved: Catalogue = {
  'Cast to whole numbers': model(W, [node('Cast', 'x', 'i', { to: { int: 7 } }), toFloat('i')]),
  'Cast to 32 bits': model(
    W,
    [node('Clip', 'x a b', 'c'), node('Cast', 'c', 'i', { to: { int: 6 } }), toFloat('i')],
    [floats('a', [], [-1e6]), floats('b', [], [1e6])],
  ),
  'Cast to bool': model(W, [node('Cast', 'x', 'y', { to: { int: 9 } })], [], [bools('y')]),
  'Cast to double and back': model(W, [
    node('Cast', 'x', 'd', { to: { int: 11 } }),
    node('Exp', 'd', 'e'),
    toFloat('e'),
  ]),
  'Clip between inputs': model(W, [node('Clip', 'x a b', 'y')], [floats('a', [], [-0.5]), floats('b', [], [0.5])]),
  'Clip from above': model(W, [node('Clip', 'x - b', 'y')], [floats('b', [], [0.5])]),
  'Clip by attributes, opset 10': model(
    W,
    [node('Clip', 'x', 'y', { min: { float: -0.5 }, max: { float: 0.5 } })],
    [],
    undefined,
    10,
  ),
  Concat: model(W, [node('Neg', 'x', 'n'), node('Concat', 'x n x', 'y', { axis: { int: 1 } })]),
  'Concat of inner dims': model(
    W,
    [node('Reshape', 'x s', 'r'), node('Neg', 'r', 'n'), node('Concat', 'r n', 'y', { axis: { int: -2 } })],
    [ints('s', [-1, 2, 2])],
    [['y', 'float', 'rows', 4, 2]],
  ),
  'Gather with negative places': model(W, [node('Gather', 'x i', 'y', { axis: { int: 1 } })], [ints('i', [2, -1, 0])]),
  'Gather of a matrix of places': model(
    W,
    [node('Gather', 'x i', 'y', { axis: { int: 1 } })],
    [ints('i', [0, 1, 3, 2], [2, 2])],
    [['y', 'float', 'rows', 2, 2]],
  ),
  'Reshape that keeps': model(
    W,
    [node('Reshape', 'x s', 'y')],
    [ints('s', [0, 2, -1])],
    [['y', 'float', 'rows', 2, 2]],
  ),
  Where: model(W, [node('Less', 'x b', 'l'), node('Where', 'l b x', 'y')], [floats('b', [W], wave(W))]),
  'whole numbers': model(
    W,
    [
      node('Clip', 'x lo hi', 'k'),
      node('Cast', 'k', 'i', { to: { int: 7 } }),
      node('Mul', 'i three', 'm'),
      node('Sub', 'm seven', 's'),
      node('Div', 's two', 'd'),
      node('Neg', 'd', 'n'),
      node('Less', 'n three', 'e'),
      node('Where', 'e n d', 'w'),
      toFloat('w'),
    ],
    [ints('three', [3]), ints('seven', [7]), ints('two', [2]), floats('lo', [], [-1e6]), floats('hi', [], [1e6])],
  ),
};

export const CORE_MODELS: Catalogue = {
  ...unary,
  ...binary,
  ...compared,
  ...folds,
  ...products,
  ...softmaxes,
  ...moved,
};
