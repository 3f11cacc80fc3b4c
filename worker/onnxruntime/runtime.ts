/**
 * onnxruntime-web's wasm, called without its JavaScript: that one waits for a promise at every run, and a decision is one transaction that cannot. The
 * calls are those of its `lib/wasm/wasm-core-impl.ts`; the package's version is pinned, and the tests run every one of them.
 */

/** The little of the compiled module (32 bits) that is called here. Numbers are addresses, unless they are counts; 0 of a call means that it went well. */
export interface OrtModule {
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
  readonly _OrtInit: (threads: number, logLevel: number) => number;
  readonly _OrtGetLastError: (code: number, message: number) => number;
  readonly _OrtCreateSessionOptions: (...options: readonly (number | boolean)[]) => number;
  readonly _OrtReleaseSessionOptions: (options: number) => number;
  readonly _OrtCreateSession: (file: number, bytes: number, options: number) => number;
  readonly _OrtReleaseSession: (session: number) => number;
  readonly _OrtGetInputOutputCount: (session: number, inputs: number, outputs: number) => number;
  readonly _OrtGetInputOutputMetadata: (session: number, index: number, name: number, metadata: number) => number;
  readonly _OrtCreateTensor: (
    type: number,
    data: number,
    bytes: number,
    dims: number,
    rank: number,
    place: number,
  ) => number;
  readonly _OrtGetTensorData: (tensor: number, type: number, data: number, dims: number, rank: number) => number;
  readonly _OrtReleaseTensor: (tensor: number) => number;
  readonly _OrtRun: (
    session: number,
    inputNames: number,
    inputs: number,
    inputCount: number,
    outputNames: number,
    outputCount: number,
    outputs: number,
    options: number,
  ) => number;
  readonly _OrtFree: (address: number) => number;
  readonly UTF8ToString: (address: number) => string;
}

/** What the package's loader script exports. */
export type OrtFactory = (options: {
  readonly numThreads: 1;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
  readonly instantiateWasm: (
    imports: Record<string, Record<string, unknown>>,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => void;
}) => Promise<OrtModule>;

/** The module and its memory, which is another buffer each time it grows. */
export interface Runtime {
  readonly ort: OrtModule;
  readonly ints: () => Int32Array;
  readonly bytes: () => Uint8Array;
}

/** Only what ends the process is logged: what a model does wrong is told to whoever runs it. */
const LOG_FATAL = 4;

/**
 * Starts the runtime from a module that was compiled when the worker was deployed: workerd compiles none later, so the loader's own ways to the
 * file are not taken. Some 10 ms; its first session takes ten times that.
 */
export async function startRuntime(factory: OrtFactory, wasm: WebAssembly.Module): Promise<Runtime> {
  let memory: WebAssembly.Memory | undefined;
  const ort = await factory({
    numThreads: 1,
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm: (imports, done) => {
      memory = Object.values(imports.a ?? {}).find((each) => each instanceof WebAssembly.Memory);
      done(new WebAssembly.Instance(wasm, imports as WebAssembly.Imports), wasm);
    },
  });
  if (!memory || ort._OrtInit(1, LOG_FATAL) !== 0) throw new Error('onnxruntime-web does not start');
  const { buffer } = memory;
  const views = { ints: new Int32Array(buffer), bytes: new Uint8Array(buffer) };
  const grown = memory;
  const viewsNow = (): typeof views => {
    const { buffer: now } = grown;
    if (views.bytes.buffer !== now) Object.assign(views, { ints: new Int32Array(now), bytes: new Uint8Array(now) });
    return views;
  };
  return { ort, ints: () => viewsNow().ints, bytes: () => viewsNow().bytes };
}

/** Memory that is given back when `use` is over, whatever it throws. The first four bytes are 0. */
export function withMemory<T>({ ort, ints }: Runtime, bytes: number, use: (address: number) => T): T {
  const address = ort._malloc(Math.max(bytes, 4));
  if (address === 0) throw new Error(`no memory for ${bytes} bytes`);
  ints()[address >> 2] = 0;
  try {
    return use(address);
  } finally {
    ort._free(address);
  }
}

/** The error of the last call, in onnxruntime's words. */
export function lastError(runtime: Runtime): Error {
  return withMemory(runtime, 8, (at) => {
    runtime.ort._OrtGetLastError(at, at + 4);
    const message = runtime.ints()[(at >> 2) + 1]!;
    return new Error(message === 0 ? 'onnxruntime-web failed' : runtime.ort.UTF8ToString(message));
  });
}
