import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { openModel } from '../../../decisioning/scoring/onnx/index.ts';
import { outputsOf } from '../../../decisioning/scoring/outputs.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import { randomFor } from '../random.ts';
import { rankFigures, tally } from './measured.ts';
import { trainText } from './recipe.ts';

const SPEC = {
  recipe: 'text',
  id: 'texts-test',
  name: 'Test',
  predicts: 'is clicked',
  about: 'Texts that were made up.',
  seed: 1,
  data: {
    file: 'texts.csv',
    columns: { test: 'test', variant: 'picture', text: 'text', shown: 'shown', clicked: 'clicked' },
    title: 'made up',
    source: 'a seed',
    licence: 'none',
  },
  input: {
    name: 'headline',
    attribute: 'arm.content.text',
    encoding: { kind: 'text', measures: ['words', 'questions', 'second_person'] },
    missing: 'nan',
  },
  folds: 3,
  forest: { weight: 1, trees: 10, depth: 3, minRows: 10, columnsPerNode: 2 },
  boosting: {
    weight: 1,
    rounds: 20,
    depth: 2,
    learningRate: 0.1,
    l2: 5,
    minWeight: 10,
    subsample: 1,
    columnsPerNode: 3,
  },
  mlp: { weight: 1, hidden: [4], epochs: 10, batch: 64, learningRate: 0.01, decay: 1 },
  liftRange: [0.5, 2],
  gates: { decidedAtLeast: 0.6 },
  limits: ['nobody is real'],
  fairUse: ['none'],
};

/** Questions are clicked twice as often, whatever the story; stories differ by a factor of four. */
function madeTests(): string {
  const random = randomFor(9, 'texts');
  const lines = ['test,picture,text,shown,clicked'];
  for (let test = 0; test < 150; test++) {
    const story = 0.01 * 4 ** random.next();
    for (let arm = 0; arm < 4; arm++) {
      const isQuestion = random.next() < 0.5;
      const words = 'word '.repeat(1 + Math.floor(8 * random.next()));
      const clicked = Math.round(3_000 * story * (isQuestion ? 2 : 1) * (0.9 + 0.2 * random.next()));
      lines.push(`t${test},p${arm % 2},${words}${test}${arm}${isQuestion ? '?' : ''},3000,${clicked}`);
    }
  }
  return lines.join('\n');
}

describe('training creative performance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  const train = (document: unknown = SPEC) => trainText(join(folder, 'spec.yaml'), document, () => undefined);
  let files: ReturnType<typeof train>;
  let scoreOf: (arm: Readonly<Record<string, unknown>>) => Readonly<Record<string, number>>;
  beforeAll(() => {
    writeFileSync(join(folder, 'texts.csv'), madeTests());
    files = train();
    const manifest = JSON.parse(files['manifest.json'] as string) as ModelManifest;
    const opened = openModel(files['model.onnx'] as Uint8Array) as OpenedModel;
    scoreOf = (arm) => outputsOf(manifest, opened.run(encodeRow(manifest.inputs, (path) => arm[path]).row, 1));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same bytes again', () => {
    for (const [name, body] of Object.entries(train())) expect(files[name], name).toEqual(body);
  });

  it('learns what makes the difference within tests, not which story was good', () => {
    const [asked, told] = [
      scoreOf({ 'arm.content.text': 'word word 7?' }),
      scoreOf({ 'arm.content.text': 'word word 7' }),
    ];
    expect(asked.lift! / told.lift!).toBeGreaterThan(1.3);
    expect(asked.probability! / asked.lift!).toBeCloseTo(told.probability! / told.lift!, 6);
  });

  it('scores an arm without a text like the average text, and none beyond what is believed', () => {
    expect(scoreOf({}).lift).toBeGreaterThan(0.8);
    expect(scoreOf({}).lift).toBeLessThan(1.25);
    expect(scoreOf({ 'arm.content.text': '?'.repeat(4_000) }).lift).toBeLessThanOrEqual(2);
  });

  it('writes nothing where it ranks too badly', () => {
    // How long a text is says nothing here.
    const input = { ...SPEC.input, encoding: { kind: 'text', measures: ['words'] } };
    expect(() => train({ ...SPEC, input })).toThrow('ranked rightly');
  });

  it('refuses a spec by field, and a table without its columns', () => {
    const input = { ...SPEC.input, encoding: { kind: 'number' } };
    expect(() => train({ ...SPEC, input })).toThrow('input.encoding.kind: must be text');
    const columns = { ...SPEC.data.columns, clicked: 'sold' };
    expect(() => train({ ...SPEC, data: { ...SPEC.data, columns } })).toThrow('no column sold');
  });
});

describe('heads beside the clicks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heads-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const heads = [
    { name: 'conversion', column: 'sold', kind: 'probability', rankedAtLeast: 0.6 },
    { name: 'cost', column: 'spent', kind: 'value', unit: 'dollars a view', rankedAtLeast: 0.6 },
  ];
  const train = (told: readonly object[] = heads) =>
    trainText(join(folder, 'spec.yaml'), { ...SPEC, heads: told }, () => undefined);
  // Questions sell half as often as the others, and what is read by many costs three dollars a view instead of two.
  beforeAll(() => {
    const random = randomFor(4, 'heads');
    const [head, ...lines] = madeTests().split('\n');
    const more = lines.map((line) => {
      const isQuestion = line.includes('?');
      const sold = Math.round(60 * (isQuestion ? 1 : 2) * (0.9 + 0.2 * random.next()));
      return `${line},${sold},${(3_000 * (isQuestion ? 3 : 2) * (0.9 + 0.2 * random.next())).toFixed(2)}`;
    });
    writeFileSync(join(folder, 'texts.csv'), [`${head},sold,spent`, ...more].join('\n'));
  });

  it('foretell what else a text brings, each by its own column, unit and range, while clicks stay as they were', () => {
    const files = train();
    const manifest = JSON.parse(files['manifest.json'] as string) as ModelManifest;
    expect(manifest.outputs.map(({ name, kind, unit }) => [name, kind, unit])).toEqual([
      ['probability', 'probability', undefined],
      ['lift', 'value', undefined],
      ['conversion', 'probability', undefined],
      ['cost', 'value', 'dollars a view'],
    ]);
    const opened = openModel(files['model.onnx'] as Uint8Array) as OpenedModel;
    const scored = (text: string) => {
      const { row } = encodeRow(manifest.inputs, (path) => (path === 'arm.content.text' ? text : undefined));
      return outputsOf(manifest, opened.run(row, 1));
    };
    const [asked, told] = [scored('word word 7?'), scored('word word 7')];
    expect(asked.conversion! / told.conversion!).toBeLessThan(0.7);
    expect(asked.cost! / told.cost!).toBeGreaterThan(1.2);
    // In the table's own units: 60 to 120 of 3,000 views, two to three dollars each.
    expect(told.conversion).toBeGreaterThan(0.03);
    expect(told.conversion).toBeLessThan(0.045);
    expect(asked.cost).toBeGreaterThan(2.4);
    expect(asked.cost).toBeLessThan(3.3);
    expect(files['card.md']).toContain('`cost` | `spent` per view, dollars a view');
    const metrics = JSON.parse(files['metrics.json'] as string);
    expect(metrics.conversion_pairs_right).toBeGreaterThan(0.6);
    const alone = trainText(join(folder, 'spec.yaml'), SPEC, () => undefined);
    const { probability } = (openModel(alone['model.onnx'] as Uint8Array) as OpenedModel).run(
      encodeRow(manifest.inputs, () => 'word word 7?').row,
      1,
    );
    expect(probability![0]).toBe(asked.probability);
  });

  it('are refused by name: an output that is there, a column that holds something else, one that ranks too badly', () => {
    expect(() => train([heads[0]!, heads[0]!])).toThrow('heads.1.name: there is another output "conversion"');
    expect(() => train([{ ...heads[0], name: 'lift' }])).toThrow('heads.0.name');
    expect(() => train([{ ...heads[0], column: 'spent' }])).toThrow(
      'column spent: must hold numbers from 0 to the views',
    );
    expect(() => train([{ ...heads[0], column: 'bought' }])).toThrow('no column bought');
    expect(() => train([{ ...heads[0], rankedAtLeast: 0.999 }])).toThrow('conversion: of the pairs');
  });
});

describe('ranking within tests', () => {
  const tests = {
    contests: [
      { test: 'a', from: 0, to: 3 },
      { test: 'b', from: 3, to: 5 },
    ],
    texts: ['x', 'y', 'x', 'z', 'w'],
    shown: Float64Array.of(1_000, 1_000, 1_000, 1_000, 1_000),
    clicked: Float64Array.of(10, 100, 11, 20, 21),
    lifts: Float64Array.of(-0.75, 1.5, -0.73, -0.02, 0.02),
  };

  it('counts pairs of different texts of one test, and those that differ beyond chance', () => {
    const [a, b] = tally(tests, Float64Array.of(1, 2, 3, 0, 1));
    expect([a!.pairs, a!.right, a!.decided, a!.decidedRight]).toEqual([2, 1, 2, 1]);
    expect([b!.pairs, b!.right, b!.decided]).toEqual([1, 1, 0]);
    expect([a!.chosen, a!.best, b!.chosen]).toEqual([-0.73, 1.5, 0.02]);
  });

  it('counts ties half: who says nothing is a coin', () => {
    const { pairs, decided } = rankFigures(tally(tests, new Float64Array(5)), 1);
    expect([pairs.value, decided.value]).toEqual([0.5, 0.5]);
  });
});
