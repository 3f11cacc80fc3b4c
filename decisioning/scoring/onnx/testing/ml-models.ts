/** Models of ai.onnx.ml's operators, and whole pipelines as exporters write them. */
import type { ModelGraph } from '../../../../models/training/onnx/graph.ts';
import { type Catalogue, floats, ints, ml, model, node, wave } from './models.ts';

const W = 4;
const POST = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];
const toFloat = (name: string) => node('Cast', name, 'y', { to: { int: 1 } });
const toInt = [node('Clip', 'x lo hi', 'k'), node('Cast', 'k', 'i', { to: { int: 7 } })];
const bounds = [floats('lo', [], [-5]), floats('hi', [], [5])];

const linear: Catalogue = Object.fromEntries(
  POST.flatMap((post): [string, ModelGraph][] => [
    [
      // onnxruntime scrambles PROBIT of two classes; we refuse it.
      `LinearClassifier of two, ${post === 'PROBIT' ? 'NONE' : post}`,
      model(
        W,
        [
          ml('LinearClassifier', 'x', 'label p', {
            coefficients: { floats: wave(W, 0.2) },
            intercepts: { floats: [0.1] },
            classlabels_ints: { ints: [0, 1] },
            post_transform: { string: post === 'PROBIT' ? 'NONE' : post },
          }),
        ],
        [],
        [
          ['label', 'int64', 'rows'],
          ['p', 'float', 'rows', 2],
        ],
      ),
    ],
    [
      `LinearClassifier of two with two rows, ${post}`,
      model(
        W,
        [
          ml('LinearClassifier', 'x', 'label p', {
            coefficients: { floats: wave(2 * W, 0.2) },
            intercepts: { floats: [0.1, -0.1] },
            classlabels_ints: { ints: [4, 7] },
            post_transform: { string: post },
          }),
        ],
        [],
        [
          ['label', 'int64', 'rows'],
          ['p', 'float', 'rows', 2],
        ],
      ),
    ],
    [
      `LinearClassifier of three, ${post}`,
      model(
        W,
        [
          ml('LinearClassifier', 'x', 'label p', {
            coefficients: { floats: wave(3 * W, 0.2) },
            intercepts: { floats: [0.1, 0.2, -0.3] },
            classlabels_strings: { strings: ['a', 'b', 'c'] },
            multi_class: { int: 1 },
            post_transform: { string: post },
          }),
        ],
        [],
        [['p', 'float', 'rows', 3]],
      ),
    ],
    [
      `LinearRegressor of three, ${post}`,
      model(W, [
        ml('LinearRegressor', 'x', 'y', {
          coefficients: { floats: wave(3 * W, 0.2) },
          intercepts: { floats: [0.1, 0.2, 0.3] },
          targets: { int: 3 },
          post_transform: { string: post },
        }),
      ]),
    ],
    [
      `LinearRegressor of one, ${post}`,
      model(W, [
        ml('LinearRegressor', 'x', 'y', {
          coefficients: { floats: wave(W, 0.2) },
          intercepts: { floats: [0.1] },
          post_transform: { string: post },
        }),
      ]),
    ],
  ]),
);

const encoders: Catalogue = {
  Scaler: model(W, [ml('Scaler', 'x', 'y', { offset: { floats: wave(W) }, scale: { floats: [2, 0.5, 0.1, 1] } })]),
  'Scaler of one': model(W, [ml('Scaler', 'x', 'y', { offset: { floats: [0.5] }, scale: { floats: [2] } })]),
  'Normalizer MAX': model(W, [ml('Normalizer', 'x', 'y', { norm: { string: 'MAX' } })]),
  'Normalizer L1': model(W, [ml('Normalizer', 'x', 'y', { norm: { string: 'L1' } })]),
  'Normalizer L2': model(W, [ml('Normalizer', 'x', 'y', { norm: { string: 'L2' } })]),
  'Imputer of NaN': model(W, [
    ml('Imputer', 'x', 'y', {
      imputed_value_floats: { floats: [1, 2, 3, 4] },
      replaced_value_float: { float: Number.NaN },
    }),
  ]),
  'Imputer of zero': model(W, [
    ml('Imputer', 'x', 'y', { imputed_value_floats: { floats: [9] }, replaced_value_float: { float: 0 } }),
  ]),
  'Imputer of whole numbers': model(
    W,
    [
      ...toInt,
      ml('Imputer', 'i', 'j', { imputed_value_int64s: { ints: [9] }, replaced_value_int64: { int: 1 } }),
      toFloat('j'),
    ],
    bounds,
  ),
  'OneHotEncoder of floats': model(
    W,
    [ml('OneHotEncoder', 'x', 'y', { cats_int64s: { ints: [0, 1, 2] } })],
    [],
    [['y', 'float', 'rows', W, 3]],
  ),
  'OneHotEncoder of whole numbers': model(
    W,
    [...toInt, ml('OneHotEncoder', 'i', 'o', { cats_int64s: { ints: [-1, 0, 5] } }), node('Reshape', 'o flat', 'y')],
    [...bounds, ints('flat', [0, -1])],
  ),
  'LabelEncoder of whole numbers': model(
    W,
    [
      ...toInt,
      ml('LabelEncoder', 'i', 'y', {
        keys_int64s: { ints: [0, 1, 5] },
        values_floats: { floats: [0.5, 1.5, 2.5] },
        default_float: { float: -7 },
      }),
    ],
    bounds,
  ),
  'LabelEncoder of floats with NaN': model(W, [
    ml('LabelEncoder', 'x', 'y', { keys_floats: { floats: [0, Number.NaN, 1] }, values_floats: { floats: [5, 6, 7] } }),
  ]),
  'LabelEncoder there and back': model(
    W,
    [
      ...toInt,
      ml('LabelEncoder', 'i', 'f', { keys_int64s: { ints: [0, 1, 2] }, values_floats: { floats: [5, 0.5, -1] } }),
      ml('LabelEncoder', 'f', 'j', {
        keys_floats: { floats: [5, 0.5] },
        values_int64s: { ints: [3, 2] },
        default_int64: { int: 8 },
      }),
      toFloat('j'),
    ],
    bounds,
  ),
  ArrayFeatureExtractor: model(W, [ml('ArrayFeatureExtractor', 'x i', 'y')], [ints('i', [3, 1])]),
  'ArrayFeatureExtractor of one': model(W, [ml('ArrayFeatureExtractor', 'x i', 'y')], [ints('i', [2])]),
};

/** A neural classifier of scikit-learn as its converter writes it. */
const neural = model(
  W,
  [
    node('Cast', 'x', 'c', { to: { int: 1 } }),
    node('MatMul', 'c w1', 'm1'),
    node('Add', 'm1 b1', 'a1'),
    node('Relu', 'a1', 'r1'),
    node('MatMul', 'r1 w2', 'm2'),
    node('Add', 'm2 b2', 'a2'),
    node('Sigmoid', 'a2', 's'),
    node('Sub', 'one s', 'n'),
    node('Concat', 'n s', 'p', { axis: { int: 1 } }),
    node('ArgMax', 'p', 'i', { axis: { int: 1 } }),
    ml('ArrayFeatureExtractor', 'classes i', 'e'),
    node('Cast', 'e', 'f', { to: { int: 7 } }),
    node('Reshape', 'f shape', 'label'),
  ],
  [
    floats('w1', [W, 8], wave(32)),
    floats('b1', [1, 8], wave(8)),
    floats('w2', [8, 1], wave(8)),
    floats('b2', [1, 1], [0.1]),
    floats('one', [], [1]),
    ints('classes', [3, 5]),
    ints('shape', [-1]),
  ],
  [
    ['label', 'int64', 'rows'],
    ['p', 'float', 'rows', 2],
  ],
);

/** Logistic regression behind an imputer and a scaler, its probabilities normalised. */
const pipeline = model(
  W,
  [
    ml('Imputer', 'x', 'i', {
      imputed_value_floats: { floats: [0.1, 0.2, 0.3, 0.4] },
      replaced_value_float: { float: Number.NaN },
    }),
    ml('Scaler', 'i', 's', { offset: { floats: wave(W) }, scale: { floats: [1, 2, 0.5, 1.5] } }),
    ml('LinearClassifier', 's', 'label q', {
      coefficients: { floats: wave(3 * W, 0.1) },
      intercepts: { floats: [0.1, 0, -0.1] },
      classlabels_ints: { ints: [0, 1, 2] },
      multi_class: { int: 1 },
      post_transform: { string: 'LOGISTIC' },
    }),
    ml('Normalizer', 'q', 'p', { norm: { string: 'L1' } }),
  ],
  [],
  [
    ['label', 'int64', 'rows'],
    ['p', 'float', 'rows', 3],
  ],
);

/** Two models' mean, calibrated: a · log(p / (1 − p)) + b. */
const calibrated = model(
  W,
  [
    node('Gemm', 'x w b', 'z'),
    node('Sigmoid', 'z', 'p1'),
    node('Gemm', 'x v b', 'u'),
    node('Sigmoid', 'u', 'p2'),
    node('Mean', 'p1 p2', 'm'),
    node('Clip', 'm lo hi', 'k'),
    node('Sub', 'one k', 'n'),
    node('Div', 'k n', 'odds'),
    node('Log', 'odds', 'l'),
    node('Mul', 'l slope', 't'),
    node('Add', 't shift', 'a'),
    node('Sigmoid', 'a', 'y'),
  ],
  [
    floats('w', [W, 1], wave(W, 0.5)),
    floats('v', [W, 1], wave(W, 0.5, 9)),
    floats('b', [1], [0.3]),
    floats('lo', [], [0.001]),
    floats('hi', [], [0.999]),
    floats('one', [], [1]),
    floats('slope', [], [1.1]),
    floats('shift', [], [-0.2]),
  ],
);

export const ML_MODELS: Catalogue = {
  ...linear,
  ...encoders,
  'scikit-learn’s neural classifier': neural,
  'imputed, scaled, classified': pipeline,
  'an average, calibrated': calibrated,
};
