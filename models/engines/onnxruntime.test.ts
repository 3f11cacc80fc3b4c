/** Both engines behind one interface. */
import { expect, test } from 'vitest';
import type { OpenedModel } from '../../decisioning/scoring/engine.ts';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';
import { floats, model, node, wave } from '../../decisioning/scoring/onnx/testing/models.ts';
import { writeModel } from '../training/onnx/writer.ts';
import { type OpenedSession, openSession } from './onnxruntime.ts';

const bytes = writeModel(
  model(
    3,
    [node('Gemm', 'x w', 'z'), node('Sigmoid', 'z', 'p')],
    [floats('w', [3, 2], wave(6))],
    [['p', 'float', 'rows', 2]],
  ),
);

test('says the same of a model and scores it alike', async () => {
  const [ours, theirs] = [openModel(bytes) as OpenedModel, (await openSession(bytes)) as OpenedSession];
  expect({ inputs: theirs.inputs, outputs: theirs.outputs }).toEqual({ inputs: ours.inputs, outputs: ours.outputs });
  const rows = Float32Array.from(wave(12));
  const [one, other] = [ours.run(rows, 4).p!, (await theirs.run(rows, 4)).p!];
  expect(other).toHaveLength(one.length);
  other.forEach((score, i) => {
    expect(score).toBeCloseTo(one[i]!, 6);
  });
  await expect(theirs.run(rows, 5)).rejects.toThrow(RangeError);
  await theirs.close();
});

test('takes an operator that the evaluator refuses', async () => {
  const file = writeModel(model(2, [node('Erf', 'x', 'y')]));
  expect(openModel(file)).toMatchObject({ refused: 'unsupported', takenBy: 'onnxruntime-web' });
  const session = (await openSession(file)) as OpenedSession;
  const { y } = await session.run(Float32Array.of(0, 1), 1);
  expect(y![1]).toBeCloseTo(0.8427, 4);
  await session.close();
});

test('refuses what is no model, and inputs that are no rows', async () => {
  expect(await openSession(new Uint8Array(10))).toMatchObject({ refused: 'malformed', takenBy: null });
  const open = model(2, [node('Neg', 'x', 'y')]);
  const file = writeModel({ ...open, inputs: [{ name: 'x', type: 'float', dims: ['rows', 'columns'] }] });
  expect(await openSession(file)).toMatchObject({ refused: 'unsupported' });
});
