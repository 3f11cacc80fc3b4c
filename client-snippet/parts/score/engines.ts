/** Who evaluates a model on the page: our own evaluator, or onnxruntime-web where the model or the site asks for it. */
import type { OpenedModel } from '../../../decisioning/scoring/engine.ts';
import type { DeviceManifest } from '../../../decisioning/scoring/on-device.ts';
import { ORT_PATH } from './ort-path.ts';

/** Runs one row; outputs by tensor. */
export type Run = (row: Float32Array) => Promise<Record<string, Float32Array>>;

/** The little of onnxruntime-web that is used here. */
interface Ort {
  readonly env: { readonly wasm: { numThreads: number; wasmPaths: object } };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object, wanted: readonly string[]): Promise<Outputs> }>;
  };
}
type Outputs = Record<string, { readonly data: Float32Array }>;

const own = async (bytes: Uint8Array): Promise<Run> => {
  const file: string = './onnx.js';
  const { start }: { start(): (bytes: Uint8Array) => Promise<OpenedModel> } = await import(file);
  const { run } = await start()(bytes);
  return async (row) => run(row, 1);
};

const ort = async (bytes: Uint8Array, { inputTensor, outputs }: DeviceManifest, src: string): Promise<Run> => {
  const base = new URL(src, import.meta.url);
  const { env, Tensor, InferenceSession }: Ort = await import(new URL('ort.wasm.bundle.min.mjs', base).href);
  env.wasm.numThreads = 1; // more need a page that is isolated from other origins
  env.wasm.wasmPaths = { wasm: new URL('ort-wasm-simd-threaded.wasm', base).href };
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  // Labels, which are no numbers, are not asked for.
  const wanted = [...new Set(outputs.map(({ tensor }) => tensor))];
  return async (row) => {
    const found = await session.run({ [inputTensor]: new Tensor('float32', row, [1, row.length]) }, wanted);
    return Object.fromEntries(wanted.map((name) => [name, (found[name] as Outputs[string]).data]));
  };
};

/** Opens a file. Rejects where the engine refuses it, or does not come: blocked by the page's policy, out of reach. */
export const openWith = (engine: string, bytes: Uint8Array, manifest: DeviceManifest, src = ORT_PATH): Promise<Run> =>
  engine === 'onnxruntime-web' ? ort(bytes, manifest, src) : own(bytes);
