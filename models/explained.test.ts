/** Shipped models have explanations that add up, in words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenedModel } from '../decisioning/scoring/engine.ts';
import { explainer } from '../decisioning/scoring/explain/explain.ts';
import type { ModelManifest } from '../decisioning/scoring/manifest.ts';
import { openModel } from '../decisioning/scoring/onnx/index.ts';
import { scoreCustomer } from '../decisioning/scoring/score-customer.ts';
import type { GoldenCase } from './training/run/golden.ts';

const folder = import.meta.dirname;
const shipped = readdirSync(folder).filter((id) => existsSync(join(folder, id, 'manifest.json')));
/** Spread over the golden customers; the last two do not exist: one of whom nothing is known, one beyond everything. */
const CASES = 6;
/** How far 64 rows may be from the mean of all: of money, whose few large amounts no 64 rows hold, some hundredths. */
const NEAR = 0.06;

/** What the files are made of: sums of log-odds, of which only churn's has a network in it. Read as anything else, they would be told less exactly. */
const READ_AS: Readonly<Record<string, object>> = {
  churn: { space: 'log_odds', method: 'estimated' },
  'propensity-bank': { space: 'log_odds', method: 'exact' },
  'purchase-intent': { space: 'log_odds', method: 'exact' },
};

describe.each(shipped)('explanations of %s', (id) => {
  const read = (name: string) => readFileSync(join(folder, id, name));
  const manifest = JSON.parse(read('manifest.json').toString()) as ModelManifest;
  const golden = JSON.parse(read('golden.json').toString()) as GoldenCase[];
  const file = new Uint8Array(read('model.onnx'));
  const opened = openModel(file);
  if ('refused' in opened) throw new Error(`${id}: ${opened.detail}`);
  const explain = explainer({ manifest, opened, file });
  const chosen = [...golden.slice(0, CASES - 2), ...golden.slice(-2)];

  it('add up to score and to raw number, and give every input its part', () => {
    for (const { attributes, scores } of chosen) {
      const { explanation, unexplained } = scoreCustomer({ manifest, opened }, (path) => attributes[path], explain);
      expect(unexplained).toBeUndefined();
      expect(explanation).toMatchObject(READ_AS[id] ?? {});
      const { contributions, raw, baseline, score, typical } = explanation!;
      const sum = (of: 'contribution' | 'points') => contributions.reduce((total, each) => total + each[of], 0);
      expect(Math.abs(sum('contribution') - (raw - baseline))).toBeLessThan(1e-9 * Math.max(1, Math.abs(raw)));
      expect(Math.abs(sum('points') - (score - typical))).toBeLessThan(1e-9 * Math.max(1, Math.abs(score)));
      const first = scores[manifest.outputs[0]!.name]!;
      expect(Math.abs(score - first)).toBeLessThan(1e-4 * Math.max(1, Math.abs(first)));
      expect(new Set(contributions.map(({ input }) => input)).size).toBe(manifest.inputs.length);
      // Estimates are good to a hundredth of the way, or a fiftieth of a unit of log-odds.
      for (const { error = 0 } of contributions)
        expect(error).toBeLessThan(Math.max(0.02, Math.abs(raw - baseline) / 100));
    }
  });

  it('say something of everybody', () => {
    for (const { attributes } of chosen) {
      const { told } = scoreCustomer({ manifest, opened }, (path) => attributes[path], explain);
      expect(told!.summary).toMatch(/^[A-Z].*: .+\. .*[Tt]ypical.*: .+\.$/);
      expect(told!.summary).not.toMatch(/undefined|NaN|\{value\}/);
    }
  });

  it('compare with customers whose mean score is about that of all', () => {
    const rows = manifest.background!.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));
    const { tensor, column } = manifest.outputs[0]!;
    const mean = rows.reduce((sum, row) => sum + opened.run(row, 1)[tensor]![column]!, 0) / rows.length;
    expect(Math.abs(mean / manifest.baseline! - 1)).toBeLessThan(NEAR);
  });
});

it('docs tell of their customer what the churn model says', () => {
  const readme = readFileSync('README.md', 'utf8');
  const traits = JSON.parse(/-d '\{"traits": (\{[^}]*"tenureMonths"[^}]*\})\}'/.exec(readme)![1]!) as Record<
    string,
    unknown
  >;
  const read = (name: string) => readFileSync(join(folder, 'churn', name));
  const manifest = JSON.parse(read('manifest.json').toString()) as ModelManifest;
  const file = new Uint8Array(read('model.onnx'));
  const opened = openModel(file) as OpenedModel;
  const explain = explainer({ manifest, opened, file });
  const { outputs, told } = scoreCustomer({ manifest, opened }, (path) => traits[path], explain);
  const lines = told!.reasons.map(({ moved, words }) => `  ${moved.padStart(10)}  ${words}\n`);
  for (const [guide, count] of [
    ['README.md', 3],
    ['docs/guides/models/registry.md', 8],
  ] as const) {
    const text = readFileSync(guide, 'utf8');
    expect(text).toContain(
      `  probability  ${outputs.probability!.toPrecision(4)}\n\n${lines.slice(0, count).join('')}`,
    );
  }
  const quoted = readFileSync('docs/guides/models/explanations.md', 'utf8').replaceAll('\n> ', ' ');
  expect(quoted).toContain(told!.summary);
});
