import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { randomFor } from '../random.ts';
import { opened } from '../run/files.ts';
import { OUTPUTS } from './graph.ts';

const CUSTOMERS = 4_000;
const WIDTH = 4;

it('scores 4,000 customers alike in our evaluator and in onnxruntime, to 1e-5, those that are gone for good included', async () => {
  const bytes = Uint8Array.from(readFileSync('models/lifetime-value/model.onnx'));
  const random = randomFor(1, 'customers');
  const rows = new Float32Array(CUSTOMERS * WIDTH);
  for (let at = 0; at < rows.length; at += WIDTH) {
    const first = 42 + Math.floor(random.next() * 688);
    rows.set(
      [1 + Math.floor(random.next() ** 3 * 40), first, Math.floor(random.next() * first), random.next() * 200],
      at,
    );
  }
  const ours = opened(bytes).run(rows, CUSTOMERS);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(bytes);
  const theirs = await session.run({ row: new ort.Tensor('float32', rows, [CUSTOMERS, WIDTH]) });
  for (const name of OUTPUTS) {
    const [one, other] = [ours[name]!, theirs[name]!.data as Float32Array];
    const worst = one.reduce(
      (most, score, i) => Math.max(most, Math.abs(score - other[i]!) / Math.max(1, Math.abs(score))),
      0,
    );
    expect(worst, name).toBeLessThan(1e-5);
  }
});
