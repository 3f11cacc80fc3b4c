/** The evaluator: from the bytes of an ONNX file to scores. */
export { modelOf, openModel } from './open.ts';
export { readModel } from './proto.ts';
