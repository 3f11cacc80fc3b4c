/** From the bytes of an ONNX file to a model that scores, in the ES library alone: no generated code, no wasm. */
import type { OpenedModel, OpenModel, RowTensor } from '../engine.ts';
import { type Port, planOf } from './plan.ts';
import { type ModelProto, readModel } from './proto.ts';
import type { Refused } from './refuse.ts';

const rowTensor = ({ name, data }: Port): RowTensor => ({ name, width: data.length });

/**
 * What a file says as a model. Rows are scored one by one, each as if it were alone. A label that is a word is given as its place among the classes.
 *
 * @param at told of the node that is worked out
 * @throws Refused, or whatever comes of reading what is not there
 */
export function modelOf(proto: ModelProto, at = { node: '' }): OpenedModel {
  const { input, steps, cost, outputs } = planOf(proto, at);
  const width = input.data.length;
  return {
    inputs: [rowTensor(input)],
    outputs: outputs.map(rowTensor),
    steps: cost,
    run: (rows, count) => {
      if (rows.length !== count * width) throw new RangeError('rows');
      const scores: Record<string, Float32Array> = {};
      for (const { name, data } of outputs) scores[name] = new Float32Array(count * data.length);
      for (let row = 0; row < count; row++) {
        for (let i = 0; i < width; i++) input.data[i] = rows[row * width + i]!;
        for (const step of steps) step();
        for (const { name, data } of outputs) scores[name]!.set(data, row * data.length);
      }
      return scores;
    },
  };
}

/** Opens a model of the declared subset: docs/reference/models.md. */
export const openModel: OpenModel = (bytes) => {
  const at = { node: '' };
  try {
    return modelOf(readModel(bytes), at);
  } catch (error) {
    // Whatever else is thrown comes of reading what is not there: past the end, or a text that is not UTF-8.
    const { problem: refused = 'malformed', message: detail } = error as Partial<Refused> & Error;
    const takenBy = ['unsupported', 'too_large'].includes(refused) ? 'onnxruntime-web' : null;
    return { refused, ...(at.node && at), detail, takenBy };
  }
};
