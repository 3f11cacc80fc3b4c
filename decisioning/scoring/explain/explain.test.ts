import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import type { ModelInput, ModelManifest } from '../manifest.ts';
import { openModel } from '../onnx/index.ts';
import { CHURN } from '../testing/manifest.ts';
import { backgroundOf } from './background.ts';
import { contributionOf, explainer } from './explain.ts';
import type { Explanation } from './explanation.ts';

type Nodes = ModelGraph['nodes'];

/** A file of some nodes over a row of four columns; the last gives `score`. */
function fileOf(nodes: Nodes, constants: Readonly<Record<string, readonly [number[], number[]]>> = {}): Uint8Array {
  return writeModel({
    name: 'test',
    nodes,
    initializers: Object.entries(constants).map(([name, [dims, values]]) => ({ name, type: 'float', dims, values })),
    inputs: [{ name: 'row', type: 'float', dims: ['rows', 4] }],
    outputs: [{ name: 'score', type: 'float', dims: ['rows', 1] }],
  });
}

const number = (name: string): ModelInput => ({ name, attribute: name, encoding: { kind: 'number' }, missing: 'nan' });
const INPUTS: readonly ModelInput[] = [
  number('a'),
  { name: 'b', attribute: 'b', encoding: { kind: 'one_hot', values: ['x', 'y'] }, missing: 0 },
  number('c'),
];
const BACKGROUND = [
  [0, 1, 0, 2],
  [1, 0, 1, -1],
  [-2, 0, 0, 0.5],
];

function manifestOf(change: Partial<ModelManifest> = {}): ModelManifest {
  const { drivers: _drivers, reference: _reference, ...churn } = CHURN;
  const outputs = [
    { name: 'probability', tensor: 'score', column: 0, range: [-1e9, 1e9], kind: 'probability' } as const,
  ];
  return { ...churn, inputs: INPUTS, outputs, background: BACKGROUND, ...change };
}

function explained(file: Uint8Array, row: readonly number[], change: Partial<ModelManifest> = {}): Explanation {
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

const W = {
  w: [
    [4, 1],
    [0.5, -1, 2, 0.25],
  ],
  bias: [[1], [0.125]],
} satisfies Record<string, [number[], number[]]>;
const LOGISTIC: Nodes = [
  { op: 'Gemm', inputs: ['row', 'w', 'bias'], outputs: ['raw'] },
  { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] },
];

/** Two trees over columns 0, 2 and 3; missing values go to the right. */
const TREES = {
  nodes_treeids: { ints: [0, 0, 0, 0, 0, 1, 1, 1] },
  nodes_nodeids: { ints: [0, 1, 2, 3, 4, 0, 1, 2] },
  nodes_featureids: { ints: [0, 3, 0, 0, 0, 2, 0, 0] },
  nodes_modes: { strings: ['BRANCH_LEQ', 'BRANCH_LT', 'LEAF', 'LEAF', 'LEAF', 'BRANCH_GT', 'LEAF', 'LEAF'] },
  nodes_values: { floats: [0.5, 1, 0, 0, 0, 0.5, 0, 0] },
  nodes_truenodeids: { ints: [1, 3, 0, 0, 0, 1, 0, 0] },
  nodes_falsenodeids: { ints: [2, 4, 0, 0, 0, 2, 0, 0] },
  nodes_missing_value_tracks_true: { ints: [0, 0, 0, 0, 0, 0, 0, 0] },
};
const WEIGHTS = { ids: [0, 0, 0, 1, 1], nodes: [2, 3, 4, 1, 2], values: [-1.5, 0.5, 2, 0.75, -0.25] };
const REGRESSOR = {
  ...TREES,
  n_targets: { int: 1 },
  target_treeids: { ints: WEIGHTS.ids },
  target_nodeids: { ints: WEIGHTS.nodes },
  target_ids: { ints: [0, 0, 0, 0, 0] },
  target_weights: { floats: WEIGHTS.values },
  base_values: { floats: [0.5] },
};
const trees = (output: string, input = 'row'): Nodes[number] => ({
  op: 'TreeEnsembleRegressor',
  domain: 'ai.onnx.ml',
  inputs: [input],
  outputs: [output],
  attributes: REGRESSOR,
});

/** A network of four hidden units. */
const NET: Nodes = [
  { op: 'Gemm', inputs: ['row', 'w1', 'b1'], outputs: ['hidden'] },
  { op: 'Relu', inputs: ['hidden'], outputs: ['active'] },
  { op: 'Gemm', inputs: ['active', 'w2', 'bias'], outputs: ['net'] },
];
const NET_WEIGHTS = {
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

const mean = (column: number) => BACKGROUND.reduce((sum, row) => sum + row[column]!, 0) / BACKGROUND.length;
const ROW = [2, 0, 1, 3];

describe('linear models', () => {
  it.each<[string, Nodes]>([
    ['Gemm and Sigmoid', LOGISTIC],
    [
      'LinearClassifier',
      [
        {
          op: 'LinearClassifier',
          domain: 'ai.onnx.ml',
          inputs: ['row'],
          outputs: ['label', 'both'],
          attributes: {
            coefficients: { floats: W.w[1]! },
            intercepts: { floats: W.bias[1]! },
            classlabels_ints: { ints: [0, 1] },
            post_transform: { string: 'LOGISTIC' },
          },
        },
        { op: 'ArrayFeatureExtractor', domain: 'ai.onnx.ml', inputs: ['both', 'one'], outputs: ['score'] },
      ],
    ],
    [
      'LinearRegressor after a Scaler, and Platt',
      [
        {
          op: 'Scaler',
          domain: 'ai.onnx.ml',
          inputs: ['row'],
          outputs: ['scaled'],
          attributes: { offset: { floats: [1, 0, 0, 2] }, scale: { floats: [2, 1, 1, 4] } },
        },
        {
          op: 'LinearRegressor',
          domain: 'ai.onnx.ml',
          inputs: ['scaled'],
          outputs: ['line'],
          attributes: { coefficients: { floats: [0.125, -0.5, 1, 0.03125] }, intercepts: { floats: [0.25] } },
        },
        { op: 'Mul', inputs: ['line', 'two'], outputs: ['doubled'] },
        { op: 'Add', inputs: ['doubled', 'bias'], outputs: ['raw'] },
        { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] },
      ],
    ],
  ])('are explained exactly in log-odds: %s', (_, nodes) => {
    // int64 places are written as such where the operator asks for them.
    const file = writeModel({
      name: 'linear',
      nodes,
      initializers: [
        { name: 'w', type: 'float', dims: [4, 1], values: W.w[1]! },
        { name: 'bias', type: 'float', dims: [1], values: W.bias[1]! },
        { name: 'two', type: 'float', dims: [1], values: [2] },
        { name: 'one', type: 'int64', dims: [1], values: [1] },
      ].filter(({ name }) => nodes.some(({ inputs }) => inputs.includes(name))) as ModelGraph['initializers'],
      inputs: [{ name: 'row', type: 'float', dims: ['rows', 4] }],
      outputs: [{ name: 'score', type: 'float', dims: ['rows', 1] }],
    });
    const { contributions, space, method } = explained(file, ROW);
    expect({ space, method }).toEqual({ space: 'log_odds', method: 'exact' });
    expect(contributions.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const expected = [0.5 * (2 - mean(0)), -1 * (0 - mean(1)) + 2 * (1 - mean(2)), 0.25 * (3 - mean(3))];
    contributions.forEach(({ contribution }, i) => {
      expect(contribution).toBeCloseTo(expected[i]!, 9);
    });
  });

  it('have their values as the model saw them', () => {
    const { contributions } = explained(fileOf(LOGISTIC, W), ROW);
    expect(contributions.map(({ value }) => value)).toEqual([2, 'y', 3]);
  });

  it('name each measure of a text, and the text has their sum', () => {
    const text: ModelInput = {
      name: 'reply',
      attribute: 'reply',
      encoding: { kind: 'text', measures: ['characters', 'words'] },
      missing: 0,
    };
    const inputs = [number('a'), text, number('c')];
    const found = explained(fileOf(LOGISTIC, W), [2, 12, 3, 3], { inputs });
    expect(found.contributions.map(({ name }) => name)).toEqual(['a', 'reply:characters', 'reply:words', 'c']);
    expect(contributionOf(found, 'reply')).toBeCloseTo(-(12 - mean(1)) + 2 * (3 - mean(2)), 9);
  });
});

describe('trees', () => {
  it('are explained exactly, missing values too, and in log-odds under a sigmoid', () => {
    const file = fileOf([trees('raw'), { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] }]);
    const found = explained(file, [Number.NaN, 1, 0, 3]);
    expect(found).toMatchObject({ space: 'log_odds', method: 'exact', raw: -1.25 });
    // Column 2 belongs to `b`; of `a` and `c` the first tree is asked.
    expect(contributionOf(found, 'b')).toBeCloseTo(-0.25 - (-0.25 + 0.75 - 0.25) / 3, 9);
    expect(found.contributions[0]!.value).toBeNull();
  });

  it('are the same behind an Imputer, whatever they see there', () => {
    const imputer: Nodes[number] = {
      op: 'Imputer',
      domain: 'ai.onnx.ml',
      inputs: ['row'],
      outputs: ['filled'],
      attributes: {
        imputed_value_floats: { floats: [0.25, 0, 0, 0] },
        replaced_value_float: { float: Number.NaN },
      },
    };
    const found = explained(fileOf([imputer, trees('score', 'filled')]), [Number.NaN, 1, 0, 3]);
    expect(found).toMatchObject({ space: 'score', method: 'exact', raw: 0.5 + 2 - 0.25 });
  });

  it('as a classifier of two classes are explained for the class that is asked for', () => {
    const classifier: Nodes = [
      {
        op: 'TreeEnsembleClassifier',
        domain: 'ai.onnx.ml',
        inputs: ['row'],
        outputs: ['label', 'score'],
        attributes: {
          ...TREES,
          class_treeids: { ints: WEIGHTS.ids },
          class_nodeids: { ints: WEIGHTS.nodes },
          class_ids: { ints: [0, 0, 0, 0, 0] },
          class_weights: { floats: WEIGHTS.values },
          base_values: { floats: [0.5] },
          classlabels_int64s: { ints: [0, 1] },
          post_transform: { string: 'LOGISTIC' },
        },
      },
    ];
    const yes = manifestOf().outputs[0]!;
    const change = { outputs: [{ ...yes, column: 1 }] };
    const file = fileOf(classifier);
    const opened = openModel(file);
    if ('refused' in opened) throw new Error(opened.detail);
    const explain = explainer({ manifest: manifestOf(change), opened, file });
    const found = explain({ row: Float32Array.from(ROW) });
    const tree = explained(fileOf([trees('raw'), { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] }]), ROW);
    expect(found).toEqual(tree);
  });
});

describe('ensembles', () => {
  const average: Nodes = [
    { op: 'Gemm', inputs: ['row', 'w', 'bias'], outputs: ['line'] },
    trees('forest'),
    { op: 'Concat', inputs: ['line', 'forest'], outputs: ['members'], attributes: { axis: { int: 1 } } },
    { op: 'Gemm', inputs: ['members', 'shares', 'bias'], outputs: ['raw'] },
    { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] },
  ];
  const constants = {
    ...W,
    shares: [
      [2, 1],
      [0.25, 0.75],
    ],
  } satisfies Record<string, [number[], number[]]>;

  it('have the average of their members', () => {
    const found = explained(fileOf(average, constants), ROW);
    const line = explained(fileOf([LOGISTIC[0]!, { op: 'Identity', inputs: ['raw'], outputs: ['score'] }], W), ROW);
    const forest = explained(fileOf([trees('score')]), ROW);
    expect(found).toMatchObject({ space: 'log_odds', method: 'exact' });
    for (const name of ['a', 'b', 'c']) {
      const members = 0.25 * contributionOf(line, name) + 0.75 * contributionOf(forest, name);
      expect(contributionOf(found, name)).toBeCloseTo(members, 9);
    }
  });

  it('keep their shares under steps of calibration: only the points change', () => {
    const plain = explained(fileOf(average, constants), ROW);
    const steps: Nodes[number] = {
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: ['raw'],
      outputs: ['score'],
      attributes: {
        n_targets: { int: 1 },
        nodes_treeids: { ints: [0, 0, 0] },
        nodes_nodeids: { ints: [0, 1, 2] },
        nodes_featureids: { ints: [0, 0, 0] },
        nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
        nodes_values: { floats: [(plain.raw + plain.baseline) / 2, 0, 0] },
        nodes_truenodeids: { ints: [1, 0, 0] },
        nodes_falsenodeids: { ints: [2, 0, 0] },
        target_treeids: { ints: [0, 0] },
        target_nodeids: { ints: [1, 2] },
        target_ids: { ints: [0, 0] },
        target_weights: { floats: [0.1, 0.9] },
      },
    };
    const stepped = explained(fileOf([...average.slice(0, 4), steps], constants), ROW);
    expect(stepped).toMatchObject({
      space: 'raw',
      method: 'exact',
      typical: expect.closeTo(0.9),
      score: expect.closeTo(0.1),
    });
    expect(stepped.contributions.map(({ contribution }) => contribution)).toEqual(
      plain.contributions.map(({ contribution }) => contribution),
    );
  });

  it('with a network have its shares by asking it, exact for so few inputs', () => {
    const nodes: Nodes = [
      ...NET,
      trees('forest'),
      { op: 'Sum', inputs: ['net', 'forest'], outputs: ['raw'] },
      { op: 'Sigmoid', inputs: ['raw'], outputs: ['score'] },
    ];
    const found = explained(fileOf(nodes, NET_WEIGHTS), ROW);
    const net = explained(fileOf([...NET, { op: 'Identity', inputs: ['net'], outputs: ['score'] }], NET_WEIGHTS), ROW);
    const forest = explained(fileOf([trees('score')]), ROW);
    expect(found).toMatchObject({ space: 'log_odds', method: 'exact' });
    for (const name of ['a', 'b', 'c'])
      expect(contributionOf(found, name)).toBeCloseTo(contributionOf(net, name) + contributionOf(forest, name), 6);
  });

  it('of probabilities, which no sum of log-odds is, are explained as a whole', () => {
    const nodes: Nodes = [
      { op: 'Gemm', inputs: ['row', 'w', 'bias'], outputs: ['line'] },
      { op: 'Sigmoid', inputs: ['line'], outputs: ['one'] },
      trees('forest'),
      { op: 'Sigmoid', inputs: ['forest'], outputs: ['other'] },
      { op: 'Mean', inputs: ['one', 'other'], outputs: ['score'] },
    ];
    expect(explained(fileOf(nodes, W), ROW)).toMatchObject({ space: 'score', method: 'exact' });
  });
});

describe('a network', () => {
  it('of many inputs is estimated, with errors, and adds up', () => {
    const width = 12;
    const inputs = Array.from({ length: width }, (_, i) => number(`i${i}`));
    const background = [0, 1].map((row) => inputs.map((_, i) => ((i * 7 + row * 3) % 5) - 2));
    const weights = Array.from({ length: width * 3 }, (_, i) => ((i * 11) % 7) / 5 - 0.6);
    const file = writeModel({
      name: 'net',
      nodes: [
        { op: 'MatMul', inputs: ['row', 'w1'], outputs: ['hidden'] },
        { op: 'Tanh', inputs: ['hidden'], outputs: ['active'] },
        { op: 'MatMul', inputs: ['active', 'w2'], outputs: ['score'] },
      ],
      initializers: [
        { name: 'w1', type: 'float', dims: [width, 3], values: weights },
        { name: 'w2', type: 'float', dims: [3, 1], values: [1, -2, 3] },
      ],
      inputs: [{ name: 'row', type: 'float', dims: ['rows', width] }],
      outputs: [{ name: 'score', type: 'float', dims: ['rows', 1] }],
    });
    const row = inputs.map((_, i) => (i % 3) + 0.5);
    const found = explained(file, row, { inputs, background });
    expect(found.method).toBe('estimated');
    for (const { error } of found.contributions) expect(error).toBeLessThan(0.5);
    expect(explained(file, row, { inputs, background })).toEqual(found);
  });
});

describe('what cannot be explained', () => {
  const file = fileOf(LOGISTIC, W);
  const opened = openModel(file);
  const row = Float32Array.from(ROW);

  it('says why: no background, no such output, no score', () => {
    if ('refused' in opened) throw new Error(opened.detail);
    const { background: _, ...bare } = manifestOf();
    expect(explainer({ manifest: bare, opened, file })({ row })).toEqual({ unexplained: 'no_background' });
    const explain = explainer({ manifest: manifestOf(), opened, file });
    expect(explain({ row, output: 'value' })).toEqual({ unexplained: 'no_output' });
    expect(explain({ row: row.map(() => Number.NaN) })).toEqual({ unexplained: 'no_score' });
  });

  it('and a file that is not the model that scores is not believed', () => {
    if ('refused' in opened) throw new Error(opened.detail);
    const other = fileOf(LOGISTIC, {
      ...W,
      w: [
        [4, 1],
        [5, 5, 5, 5],
      ],
    });
    const found = explainer({ manifest: manifestOf(), opened, file: other })({ row });
    expect(found).toMatchObject({ space: 'score' });
    expect(found).toEqual(explainer({ manifest: manifestOf(), opened })({ row }));
  });
});

describe('a background', () => {
  it('has rows at even places of the scores, and NaN as null', () => {
    const scores = Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const rows = Float64Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? scores[at / 2]! : Number.NaN));
    expect(backgroundOf(rows, 2, scores, 4)).toEqual([
      [12, null],
      [37, null],
      [62, null],
      [87, null],
    ]);
    expect(backgroundOf(rows, 2, scores)).toHaveLength(64);
    expect(backgroundOf(rows.subarray(0, 6), 2, scores.subarray(0, 3))).toHaveLength(3);
  });

  it('is written in as many digits as bring the number back', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [[written]] = backgroundOf(Float32Array.of(value), 1, [0]) as [[number]];
        expect(Math.fround(written)).toBe(value + 0);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
