/** The evaluator: from the bytes of an ONNX file to scores. */
export { openModel } from './open.ts';
