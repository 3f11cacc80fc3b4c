/** The part `onnx`: the evaluator of models, in a file of its own. Loaded by `score`, when the first model is there. */
import type { OpenedModel } from '../../decisioning/scoring/engine.ts';
import { modelOf, readModel } from '../../decisioning/scoring/onnx/index.ts';

/** Lets the page do what waits. */
const pause = (): Promise<void> => new Promise((done) => setTimeout(done));

/** Returns what opens models, and rejects where a file is none: nothing on a page takes longer, so that it is done in several tasks, the first score in another. */
export const start =
  () =>
  async (bytes: Uint8Array): Promise<OpenedModel> => {
    await pause();
    const said = readModel(bytes);
    await pause();
    const model = modelOf(said);
    await pause();
    return model;
  };
