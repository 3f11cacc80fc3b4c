import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandEnvironment } from './testing/environment.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'train-'));
const spec = join(folder, 'spec.yaml');

const SPEC = `id: leaving
name: Leaving
predicts: leaves within a month
about: For tests.
seed: 1
data: { file: rows.csv, title: Rows, source: made up, licence: none }
target: { column: left, positive: ['yes'] }
inputs:
  - { column: months, name: tenure, attribute: tenureMonths, encoding: { kind: number }, missing: 0 }
folds: { by: row, count: 2 }
members: [{ kind: logistic }]
gates: [{ metric: auc, atLeast: 0.6 }]
limits: [It is made up.]
fairUse: [None.]
`;

beforeAll(() => {
  writeFileSync(spec, SPEC);
  const rows = Array.from({ length: 90 }, (_, i) => `${i % 30},${(i * 7) % 30 > i % 30 ? 'yes' : 'no'}`);
  writeFileSync(join(folder, 'rows.csv'), `months,left\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function train(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const options = { cwd: root, env: commandEnvironment() };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/train.ts', ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('npm run train', () => {
  test('writes the folder, quietly where nobody looks, and finds it the same when it checks', async () => {
    const written = await train(spec);
    expect(written).toMatchObject({ code: 0, err: '' });
    expect(written.out).toContain('model.onnx, manifest.json, card.md, calibration.svg, golden.json, metrics.json');
    expect((await train(spec, '--check')).out).toContain('6 files the same, byte for byte');
  });

  test('--check tells which file differs, and leaves it as it is', async () => {
    await train(spec);
    writeFileSync(join(folder, 'card.md'), 'mine');
    const checked = await train('--check', spec);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain('differs in card.md');
    expect(readFileSync(join(folder, 'card.md'), 'utf8')).toBe('mine');
  });

  test('a field that is wrong and a gate that is missed end it with one line', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), SPEC.replace('kind: logistic', 'kind: magic'));
    const wrong = await train(join(folder, 'wrong.yaml'));
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/members\.0\.kind/);
    writeFileSync(join(folder, 'gate.yaml'), SPEC.replace('0.6', '0.999'));
    expect((await train(join(folder, 'gate.yaml'))).err).toMatch(
      /^leaving: auc is 0\.\d+, and must be at least 0\.999\n$/,
    );
    expect((await train()).code).toBe(2);
  });

  test("--xgboost says what is wrong with a booster's file, and wants --out", async () => {
    writeFileSync(join(folder, 'booster.json'), '{"learner":{}}');
    const refused = await train('--xgboost', join(folder, 'booster.json'), '--out', join(folder, 'b.onnx'));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('learner.learner_model_param');
    expect((await train('--xgboost', 'b.json')).err).toContain('--out');
  });
});
