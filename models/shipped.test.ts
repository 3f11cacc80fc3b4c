/** The models that come with the project: their files belong together, and every host's engine gives their golden scores. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelManifest } from '../contract/models/manifest.ts';
import { checkModel } from '../decisioning/scoring/check-model.ts';
import { encodeRow } from '../decisioning/scoring/vector.ts';
import { opened, sha256Of } from './training/run/files.ts';
import type { GoldenCase } from './training/run/golden.ts';
import { differenceOf, GOLDEN_TOLERANCE } from './training/run/golden-tolerance.ts';

/** What travels to isolates and pages. */
const MAX_BYTES = 300_000;

const folders = readdirSync('models').filter((folder) => existsSync(`models/${folder}/manifest.json`));

describe.each(folders)('models/%s', (folder) => {
  const read = (name: string) => readFileSync(`models/${folder}/${name}`);
  const manifest = modelManifest.parse(JSON.parse(read('manifest.json').toString()));
  const golden: GoldenCase[] = JSON.parse(read('golden.json').toString());
  const bytes = Uint8Array.from(read('model.onnx'));
  const model = opened(bytes);

  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
  });

  it('is the file that its manifest names, small enough, under its own id', () => {
    expect(manifest.id).toBe(folder);
    expect(manifest.file).toEqual({ sha256: sha256Of(bytes), bytes: bytes.length });
    expect(bytes.length).toBeLessThan(MAX_BYTES);
    expect(checkModel(manifest, model)).toEqual([]);
  });

  it('has a card with limits, fair use and a picture that is there', () => {
    const card = read('card.md').toString();
    expect(card).toMatch(/fair use/i);
    expect(card).toContain(manifest.file.sha256);
    for (const [, picture] of card.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      expect(existsSync(`models/${folder}/${picture}`)).toBe(true);
  });

  it('gives its golden customers their rows and scores', () => {
    expect(golden.length).toBeGreaterThanOrEqual(20);
    for (const { attributes, row, missing, scores } of golden) {
      const encoded = encodeRow(manifest.inputs, (path) => attributes[path]);
      expect(Array.from(encoded.row, (value) => (Number.isNaN(value) ? null : value))).toEqual(row);
      expect(encoded.missing).toEqual(missing);
      const given = model.run(encoded.row, 1);
      for (const { name, tensor, column, kind } of manifest.outputs) {
        expect(differenceOf(given[tensor]![column]!, scores[name]!)).toBeLessThanOrEqual(GOLDEN_TOLERANCE[kind]);
      }
    }
  });

  it('gives them in onnxruntime too', async () => {
    const session = await ort.InferenceSession.create(bytes);
    const rows = Float32Array.from(golden.flatMap(({ row }) => row.map((value) => value ?? Number.NaN)));
    const input = new ort.Tensor('float32', rows, [golden.length, rows.length / golden.length]);
    const outputs = await session.run({ [manifest.inputTensor]: input });
    for (const { name, tensor, column, kind } of manifest.outputs) {
      const data = outputs[tensor]!.data as Float32Array;
      const width = data.length / golden.length;
      for (const [i, { scores }] of golden.entries()) {
        expect(differenceOf(data[i * width + column]!, scores[name]!)).toBeLessThanOrEqual(GOLDEN_TOLERANCE[kind]);
      }
    }
  });
});
