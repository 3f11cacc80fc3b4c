import { describe, expect, it } from 'vitest';
import type { ModelGraph } from '../../../models/training/onnx/graph.ts';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import type { ModelInput } from '../manifest.ts';
import { openModel } from '../onnx/index.ts';
import { contributionOf, explainer } from './explain.ts';
import {
  explained,
  fileOf,
  LOGISTIC,
  manifestOf,
  mean,
  type Nodes,
  number,
  ROW,
  TREES,
  trees,
  W,
  WEIGHTS,
} from './testing/files.ts';

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
