import { describe, expect, it } from 'vitest';
import { modelManifest } from '../../../contract/models/manifest.ts';
import { encodeRow } from '../../../decisioning/scoring/vector.ts';
import { auc } from '../measure/metrics.ts';
import { randomFor } from '../random.ts';
import { checkSpec } from '../spec/read.ts';
import type { Table } from '../spec/table.ts';
import { opened, sha256Of } from './files.ts';
import { trainModel } from './train.ts';

/** 600 customers who leave when they are new or pay by hand. */
function customers(): Table {
  const random = randomFor(5, 'customers');
  const records = Array.from({ length: 600 }, () => {
    const months = Math.floor(random.next() * 60);
    const pays = random.next() < 0.5 ? 'hand' : 'card';
    const left = random.next() < 1 / (1 + Math.exp(months / 12 - (pays === 'hand' ? 2.5 : 0.5)));
    return { months: random.next() < 0.05 ? '' : String(months), pays, left: left ? 'yes' : 'no' };
  });
  return { records, sha256: '0'.repeat(64) };
}

const SPEC = {
  id: 'leaving',
  name: 'Leaving',
  predicts: 'leaves within a month',
  about: 'For tests.',
  seed: 3,
  data: { file: 'none.csv', title: 'Customers', source: 'made up', licence: 'none' },
  target: { column: 'left', positive: ['yes'] },
  inputs: [
    {
      column: 'months',
      name: 'tenure',
      attribute: 'tenureMonths',
      unit: 'months',
      encoding: { kind: 'number' },
      missing: 'nan',
      range: [0, 60],
    },
    {
      column: 'pays',
      name: 'pays',
      attribute: 'pays',
      encoding: { kind: 'one_hot', values: ['hand', 'card'] },
      missing: 0,
    },
  ],
  folds: { by: 'row', count: 3 },
  later: 0.25,
  members: [
    { kind: 'logistic' },
    { kind: 'forest', trees: 8, depth: 4 },
    { kind: 'boosting', rounds: 60, depth: 2, patience: 5 },
    { kind: 'mlp', hidden: [4], epochs: 60, batch: 16 },
  ],
  calibration: 'platt',
  gates: [{ metric: 'auc', atLeast: 0.7 }],
  drivers: [{ input: 'pays', when: { oneOf: ['hand'] }, words: 'pays by hand', intervention: 'Offer the card.' }],
  limits: ['It is made up.'],
  fairUse: ['None.'],
};

const train = (changes: object = {}) =>
  trainModel(checkSpec('spec.yaml', { ...SPEC, ...changes }), customers(), () => undefined);

describe('a training', () => {
  const { files, validated } = train();
  const manifest = modelManifest.parse(JSON.parse(files['manifest.json'] as string));

  it('gives the same files again, byte for byte, from its seed, and others from another', () => {
    expect(train().files).toEqual(files);
    expect(train({ seed: 4 }).files['model.onnx']).not.toEqual(files['model.onnx']);
  });

  it('names the file by its bytes, and its baseline is the rate of the rows', () => {
    const bytes = files['model.onnx'] as Uint8Array;
    expect(manifest.file).toEqual({ sha256: sha256Of(bytes), bytes: bytes.length });
    const rate = customers().records.filter(({ left }) => left === 'yes').length / 600;
    expect(Math.abs(manifest.baseline! - rate)).toBeLessThan(0.01);
  });

  it('has golden customers whom the evaluator gives the same row and score', () => {
    const golden = JSON.parse(files['golden.json'] as string);
    expect(golden.length).toBeGreaterThanOrEqual(20);
    const model = opened(files['model.onnx'] as Uint8Array);
    for (const { attributes, row, scores } of golden) {
      const encoded = encodeRow(manifest.inputs, (path) => attributes[path]).row;
      expect(Array.from(encoded, (value) => (Number.isNaN(value) ? null : value))).toEqual(row);
      expect(Math.abs(model.run(encoded, 1).probability![0]! - scores.probability)).toBeLessThan(1e-6);
    }
  });

  it('keeps what rows and scores looked like: shares of inputs, of what was missing, and of scores', () => {
    const { reference } = manifest;
    expect(reference!.inputs.pays!.edges).toEqual([0.5, 1.5]);
    const byHand = customers().records.filter(({ pays }) => pays === 'hand').length / 600;
    expect(reference!.inputs.pays!.shares[0]).toBeCloseTo(byHand, 5);
    expect(reference!.inputs.tenure!.missing).toBeCloseTo(0.05, 1);
    expect(reference!.inputs.tenure!.shares).toHaveLength(10);
    expect(reference!.score.shares.every((share) => share > 0.02)).toBe(true);
  });

  it('its card tells the inputs, the metrics of each fold, the later rows and the limits', () => {
    const card = files['card.md'] as string;
    for (const words of [
      '`tenureMonths`',
      'rounds of the folds',
      '**In time.**',
      'It is made up.',
      'Offer the card.',
    ]) {
      expect(card).toContain(words);
    }
    expect(validated.importances[0]!.name).toBe('tenure');
  });

  it('measures rows that it was not trained on: what learns noise by heart foretells nothing', () => {
    const { records, sha256 } = customers();
    const random = randomFor(9, 'noise');
    const noise = records.map((record) => ({ ...record, left: random.next() < 0.5 ? 'yes' : 'no' }));
    const members = [{ kind: 'boosting', rounds: 80, depth: 6, minWeight: 0.01 }];
    const spec = checkSpec('spec.yaml', { ...SPEC, members, gates: [] });
    const measured = trainModel(spec, { records: noise, sha256 }, () => undefined).validated;
    expect(Math.abs(auc(measured.scored) - 0.5)).toBeLessThan(0.08);
    expect(Math.abs(auc(measured.later!) - 0.5)).toBeLessThan(0.12);
  });

  it('is refused where a gate is missed, and says by how much', () => {
    expect(() => train({ gates: [{ metric: 'auc', atLeast: 0.99 }] })).toThrow(
      /leaving: auc is 0\.\d{4}, and must be at least 0\.99/,
    );
    expect(() => train({ gates: [{ metric: 'auc', member: 'mlp', atMost: 0.1 }] })).toThrow('auc of mlp alone is');
  });
});
