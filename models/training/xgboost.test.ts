import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from './onnx/writer.ts';
import { opened } from './run/files.ts';
import { importXgboost } from './xgboost.ts';

/** A tree as XGBoost's schema has it (doc/model.schema): root, leaf on the left, a split on the right. */
function tree(id: number, [low, middle, high]: readonly [number, number, number]) {
  return {
    base_weights: [0, 0, 0, 0, 0],
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: [1, 0, 0, 0, 0],
    id,
    left_children: [1, -1, 3, -1, -1],
    loss_changes: [3, 0, 1, 0, 0],
    parents: [2147483647, 0, 0, 2, 2],
    right_children: [2, -1, 4, -1, -1],
    split_conditions: [0.5, low, 10, middle, high],
    split_indices: [0, 0, 1, 0, 0],
    split_type: [0, 0, 0, 0, 0],
    sum_hessian: [10, 4, 6, 3, 3],
    tree_param: { num_deleted: '0', num_feature: '2', num_nodes: '5', size_leaf_vector: '1' },
  };
}

function booster(
  objective: string,
  changes: { base?: string; classes?: string; trees?: unknown[]; info?: number[] } = {},
) {
  const trees = changes.trees ?? [tree(0, [-0.4, 0.1, 0.6]), tree(1, [-0.2, 0.05, 0.3])];
  return {
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length) },
          iteration_indptr: [0, 1, 2],
          tree_info: changes.info ?? trees.map(() => 0),
          trees,
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: changes.base ?? '5E-1',
        boost_from_average: '1',
        num_class: changes.classes ?? '0',
        num_feature: '2',
        num_target: '1',
      },
      objective: { name: objective, reg_loss_param: { scale_pos_weight: '1' } },
    },
    version: [2, 0, 3],
  };
}

async function scores(document: unknown, rows: number[][], output: string, options = {}): Promise<number[]> {
  const session = await ort.InferenceSession.create(writeModel(importXgboost(document, options)));
  const row = new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 2]);
  return [...((await session.run({ row }))[output]!.data as Float32Array)];
}

const close = (got: number[], wanted: number[]) => {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-6);
};
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe('models of XGBoost', () => {
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  it('binary:logistic: below the threshold to the left, at it to the right, missing where it is said', async () => {
    const rows = [
      [0.4, 0],
      [0.5, 9],
      [0.5, 10],
      [Number.NaN, 0],
      [1, Number.NaN],
    ];
    const raw = [-0.6, 0.15, 0.9, -0.6, 0.9];
    close(await scores(booster('binary:logistic'), rows, 'probability'), raw.map(sigmoid));
    // A base score is written as a probability, and added as its log-odds.
    const based = booster('binary:logistic', { base: '[2.5E-1]' });
    close(
      await scores(based, rows, 'raw'),
      raw.map((z) => z + Math.log(1 / 3)),
    );
  });

  it('reg:squarederror adds its base score; count:poisson multiplies', async () => {
    close(await scores(booster('reg:squarederror', { base: '1.25E1' }), [[0, 0]], 'value'), [12.5 - 0.6]);
    close(await scores(booster('count:poisson', { base: '2E0' }), [[0, 0]], 'value'), [2 * Math.exp(-0.6)]);
  });

  it('multi:softprob: each tree adds to its class', async () => {
    const trees = [tree(0, [1, 0, 0]), tree(1, [0, 2, 0]), tree(2, [0, 0, -1])];
    const document = booster('multi:softprob', { classes: '3', trees, info: [0, 1, 2] });
    const softmax = (values: number[]) => {
      const sum = values.reduce((total, value) => total + Math.exp(value), 0);
      return values.map((value) => Math.exp(value) / sum);
    };
    close(
      await scores(
        document,
        [
          [0, 0],
          [1, 0],
          [1, 11],
        ],
        'probabilities',
      ),
      [softmax([1, 0, 0]), softmax([0, 2, 0]), softmax([0, 0, -1])].flat(),
    );
  });

  it('keeps the asked rounds, and refuses more than there are', async () => {
    close(await scores(booster('reg:squarederror', { base: '0' }), [[0, 0]], 'value', { rounds: 1 }), [-0.4]);
    expect(() => importXgboost(booster('reg:squarederror'), { rounds: 3 })).toThrow('rounds: must be 1 to 2');
  });

  it('passes over nodes that pruning has taken away', async () => {
    const pruned = tree(0, [-0.4, 0.1, 0.6]);
    pruned.left_children[2] = -1;
    pruned.right_children[2] = -1;
    pruned.split_conditions[2] = 7;
    close(await scores(booster('reg:squarederror', { base: '0', trees: [pruned] }), [[1, 0]], 'value'), [7]);
  });

  it.each([
    ['an objective that is unknown', booster('rank:ndcg'), 'learner.objective.name: "rank:ndcg"'],
    [
      'another booster',
      { learner: { ...booster('binary:logistic').learner, gradient_booster: { name: 'gblinear' } } },
      'gblinear',
    ],
    [
      'a tree that leads back',
      booster('binary:logistic', { trees: [{ ...tree(0, [1, 2, 3]), right_children: [0, -1, 4, -1, -1] }] }),
      'trees.0: node 0',
    ],
    [
      'a feature that is not there',
      booster('binary:logistic', { trees: [{ ...tree(0, [1, 2, 3]), split_indices: [5, 0, 1, 0, 0] }] }),
      'trees.0: node 0',
    ],
    [
      'a categorical split',
      booster('binary:logistic', { trees: [{ ...tree(0, [1, 2, 3]), split_type: [1, 0, 0, 0, 0] }] }),
      'categorical',
    ],
    [
      'lists of different lengths',
      booster('binary:logistic', { trees: [{ ...tree(0, [1, 2, 3]), default_left: [1] }] }),
      'of one length',
    ],
    ['a base score of no probability', booster('binary:logistic', { base: '1.5' }), 'base_score'],
    ['a file of something else', { trees: [] }, "XGBoost's file: learner"],
  ])('refuses %s', (_, document, message) => {
    expect(() => importXgboost(document)).toThrow(message);
  });
});

describe('files that XGBoost wrote itself (fixtures/make.py)', () => {
  const read = (name: string) => JSON.parse(readFileSync(`models/training/xgboost/fixtures/${name}.json`, 'utf8'));

  it.each([
    ['binary-logistic', 'probability'],
    ['multi-softprob', 'probabilities'],
    ['reg-squarederror', 'value'],
    ['count-poisson', 'value'],
  ])('%s: rows with missing values score in our evaluator as in XGBoost, to 1e-6', (name, output) => {
    const { rows, scores: own }: { rows: (number | null)[][]; scores: number[][] } = read(`${name}.scores`);
    const model = opened(writeModel(importXgboost(read(name))));
    const given = model.run(
      Float32Array.from(rows.flat(), (value) => value ?? Number.NaN),
      rows.length,
    )[output]!;
    expect(rows.flat().filter((value) => value === null).length).toBeGreaterThan(5);
    expect(given).toHaveLength(own.flat().length);
    for (const [i, wanted] of own.flat().entries())
      expect(Math.abs(given[i]! - wanted)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted)));
  });
});
