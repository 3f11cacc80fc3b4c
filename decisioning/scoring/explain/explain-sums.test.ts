import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeModel } from '../../../models/training/onnx/writer.ts';
import { openModel } from '../onnx/index.ts';
import { backgroundOf } from './background.ts';
import { contributionOf, explainer } from './explain.ts';
import {
  explained,
  fileOf,
  LOGISTIC,
  manifestOf,
  NET,
  NET_WEIGHTS,
  type Nodes,
  number,
  ROW,
  trees,
  W,
} from './testing/files.ts';

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
