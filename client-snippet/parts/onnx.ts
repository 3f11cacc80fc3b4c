/** The part `onnx`: the evaluator of models, in a file of its own. Loaded by `score`, when the first model is there. */
import type { OpenModel } from '../../decisioning/scoring/engine.ts';
import { openModel } from '../../decisioning/scoring/onnx/index.ts';

/** Returns what opens models. */
export const start = (): OpenModel => openModel;
