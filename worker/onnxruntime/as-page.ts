/**
 * Imported before onnxruntime-web's loader, which takes whatever has `process.versions.node` for Node, and then wants files and threads. The compatibility
 * flag `nodejs_compat` gives workers that; the one word by which the loader knows a page in spite of it is this. The entry takes it back.
 */
Object.assign((globalThis as { process?: object }).process ?? {}, { type: 'renderer' });
