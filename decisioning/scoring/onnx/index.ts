/** The evaluator: from the bytes of an ONNX file to scores. */
import type { OpenModel } from '../engine.ts';

export const openModel: OpenModel = () => ({
  refused: 'unsupported',
  detail: 'no operator is known yet',
  takenBy: 'onnxruntime-web',
});
