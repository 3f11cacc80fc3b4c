/** The parts of onnxruntime-web that a worker takes: its loader, and the wasm as a module that was compiled at deployment. */
declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  const factory: import('./runtime').OrtFactory;
  // biome-ignore lint/style/noDefaultExport: the package's
  export default factory;
}
declare module 'onnxruntime-web/ort-wasm-simd-threaded.wasm' {
  const module: WebAssembly.Module;
  // biome-ignore lint/style/noDefaultExport: the package's
  export default module;
}
