import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { openModel } from '../../../decisioning/scoring/onnx/index.ts';
import { randomFor } from '../random.ts';
import { trainLifetime } from './recipe.ts';

const BOOSTING = { rounds: 8, depth: 2, learningRate: 0.1, l2: 10, minWeight: 20 };
const input = (name: string, range: [number, number]) => ({
  name,
  attribute: `orders.${name}`,
  encoding: { kind: 'number' },
  missing: range[0],
  range,
});
const SPEC = {
  recipe: 'lifetime',
  id: 'lifetime-test',
  name: 'Test',
  predicts: 'what a customer spends within a quarter',
  about: 'Customers who were made up.',
  seed: 1,
  data: {
    orders: 'orders.txt',
    columns: { customer: 0, date: 1, value: 2 },
    heldOut: 'held.txt',
    title: 'made up',
    source: 'a seed',
    licence: 'none',
  },
  unit: 'EUR',
  inputs: [input('count', [1, 200]), input('first', [14, 730]), input('last', [0, 730]), input('mean', [0, 1_000])],
  fittedUntil: '2026-04-30',
  horizonDays: 90,
  extrapolatedDays: 270,
  asOf: ['2026-03-31', '2026-04-30'],
  comparison: { day: '2026-04-30', days: 120, earlierDay: '2026-03-01', earlierDays: 60 },
  interval: [0.1, 0.9],
  correction: BOOSTING,
  ends: BOOSTING,
  gates: { totalWithin: 0.9, distanceAtMost: 0.9, coverageWithin: 0.5 },
  limits: ['nobody is real'],
  fairUse: ['none'],
};

/** Customers of a shop: orders at rates of their own, from a first day in January, and chances to stop. */
function madeOrders(customers: number): string {
  const random = randomFor(5, 'orders');
  const dateOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + Math.floor(day))).toISOString().slice(0, 10);
  const lines: string[] = [];
  for (let id = 0; id < customers; id++) {
    const rate = -Math.log(1 - random.next()) / 40;
    const stops = random.next() * 0.6;
    const size = 10 + 50 * random.next();
    for (let day = random.next() * 31; day < 240; day += -Math.log(1 - random.next()) / rate) {
      lines.push(`${id} ${dateOf(day)} ${(size * (0.5 + random.next())).toFixed(2)}`);
      if (random.next() < stops) break;
    }
  }
  return lines.join('\n');
}

describe('training lifetime value', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifetime-'));
  const spec = join(folder, 'spec.yaml');
  const train = (document: unknown = SPEC) => trainLifetime(spec, document, () => undefined);
  let files: ReturnType<typeof train>;
  beforeAll(() => {
    writeFileSync(join(folder, 'orders.txt'), madeOrders(1_200));
    writeFileSync(join(folder, 'held.txt'), Array.from({ length: 200 }, (_, i) => String(i * 6)).join('\n'));
    files = train();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same bytes again', () => {
    const again = train();
    expect(Object.keys(again).sort()).toEqual([
      'calibration.svg',
      'card.md',
      'golden.json',
      'manifest.json',
      'metrics.json',
      'model.onnx',
    ]);
    for (const [name, body] of Object.entries(files)) expect(again[name], name).toEqual(body);
  });

  it('writes a model whose interval holds the value, and whose longer forecast is the larger one', () => {
    const opened = openModel(files['model.onnx'] as Uint8Array) as OpenedModel;
    const rows = [1, 30, 30, 20, 8, 100, 3, 50, 3, 100, 90, 50];
    const { value, value_low, value_high, value_3y_extrapolated, returns, alive } = opened.run(
      Float32Array.from(rows),
      3,
    );
    for (let i = 0; i < 3; i++) {
      expect(value_low![i]).toBeLessThanOrEqual(value![i]!);
      expect(value_high![i]).toBeGreaterThanOrEqual(value![i]!);
      expect(value_3y_extrapolated![i]).toBeGreaterThan(value![i]!);
      for (const probability of [returns![i]!, alive![i]!]) expect(probability > 0 && probability <= 1).toBe(true);
    }
    expect(alive![0]).toBe(1);
    expect(value![1]).toBeGreaterThan(value![2]!);
  });

  it('says in the manifest where each number comes from, and that three years are extrapolated', () => {
    const manifest = JSON.parse(files['manifest.json'] as string) as ModelManifest;
    expect(manifest.inputs.map(({ attribute }) => attribute)).toEqual(SPEC.inputs.map(({ attribute }) => attribute));
    expect(manifest.outputs.map(({ name }) => name)).toContain('value_3y_extrapolated');
    expect(files['card.md']).toContain('extrapolated far beyond the data');
  });

  it('writes nothing where a gate is missed, and says which', () => {
    const gates = { ...SPEC.gates, distanceAtMost: 1e-6 };
    expect(() => train({ ...SPEC, gates })).toThrow('from uniform');
  });

  it('refuses a spec by field, and data that is not there', () => {
    expect(() => train({ ...SPEC, horizonDays: 0 })).toThrow('horizonDays');
    expect(() => train({ ...SPEC, data: { ...SPEC.data, orders: 'none.txt' } })).toThrow('cannot read the data');
    const everybody = { ...SPEC.data, heldOut: 'orders.txt' };
    expect(() => train({ ...SPEC, data: everybody })).toThrow('and not all');
  });
});
