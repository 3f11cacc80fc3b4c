/** Where Hyperedge serves the files of onnxruntime-web from: a path that changes with its version. */
export const ORT_PATH = '/ort/1.30.0/';
