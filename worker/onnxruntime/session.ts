/** A model in onnxruntime's memory: its ports, and runs that are over when they return. */
import { lastError, type Runtime, withMemory } from './runtime.ts';

/** An input or output as the file tells it. */
export interface SessionPort {
  /** Address of the name, which lives as long as the session. */
  readonly nameAt: number;
  readonly name: string;
  /** Of ONNX's TensorProto; 0 for what is no tensor (ZipMap). */
  readonly type: number;
  /** −1 for a dimension that is a name. */
  readonly dims: readonly number[];
}

export interface Session {
  readonly handle: number;
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
}

export const FLOAT = 1;
const OF_CPU = 1;
const OPTIMIZE_ALL = 99;
const LOG_FATAL = 4;

type Reader = (buffer: ArrayBufferLike, at: number, count: number) => ArrayLike<number | bigint>;

/** How numbers of a type lie in memory; texts and halves are not read. */
const READERS: Readonly<Record<number, Reader>> = {
  [FLOAT]: (buffer, at, count) => new Float32Array(buffer, at, count),
  2: (buffer, at, count) => new Uint8Array(buffer, at, count),
  3: (buffer, at, count) => new Int8Array(buffer, at, count),
  6: (buffer, at, count) => new Int32Array(buffer, at, count),
  7: (buffer, at, count) => new BigInt64Array(buffer, at, count),
  9: (buffer, at, count) => new Uint8Array(buffer, at, count),
  11: (buffer, at, count) => new Float64Array(buffer, at, count),
};

/** Whether an output's numbers can be read. */
export const isReadable = ({ type }: SessionPort): boolean => READERS[type] !== undefined;

/** @throws Error in onnxruntime's words where it does not take the file */
export function openSession(runtime: Runtime, file: Uint8Array): Session {
  const { ort } = runtime;
  // As its own JavaScript does: all optimisations, arena and memory pattern, one node after the other, no profile.
  const options = ort._OrtCreateSessionOptions(OPTIMIZE_ALL, true, true, 0, false, 0, 0, LOG_FATAL, 0, 0);
  if (options === 0) throw lastError(runtime);
  const handle = withMemory(runtime, file.byteLength, (at) => {
    runtime.bytes().set(file, at);
    return ort._OrtCreateSession(at, file.byteLength, options);
  });
  ort._OrtReleaseSessionOptions(options);
  if (handle === 0) throw lastError(runtime);
  const [inputs, outputs] = withMemory(runtime, 8, (at) => {
    if (ort._OrtGetInputOutputCount(handle, at, at + 4) !== 0) throw lastError(runtime);
    return runtime.ints().slice(at >> 2, (at >> 2) + 2);
  }) as unknown as [number, number];
  const ports = Array.from({ length: inputs + outputs }, (_, i) => portOf(runtime, handle, i));
  return { handle, inputs: ports.slice(0, inputs), outputs: ports.slice(inputs) };
}

/** Metadata lie as type, rank, an address a dimension (of its name, or 0), and the dimensions. */
function portOf(runtime: Runtime, handle: number, index: number): SessionPort {
  const { ort } = runtime;
  const [nameAt, metadata] = withMemory(runtime, 8, (at) => {
    if (ort._OrtGetInputOutputMetadata(handle, index, at, at + 4) !== 0) throw lastError(runtime);
    return runtime.ints().slice(at >> 2, (at >> 2) + 2);
  }) as unknown as [number, number];
  const words = runtime.ints().subarray(metadata >> 2);
  const type = words[0]!;
  const rank = type === 0 ? 0 : words[1]!;
  const dims = Array.from({ length: rank }, (_, i) => (words[2 + i] === 0 ? words[2 + rank + i]! : -1));
  ort._OrtFree(metadata);
  return { nameAt, name: ort.UTF8ToString(nameAt), type, dims };
}

export function closeSession({ ort }: Runtime, { handle, inputs, outputs }: Session): void {
  for (const { nameAt } of [...inputs, ...outputs]) ort._OrtFree(nameAt);
  ort._OrtReleaseSession(handle);
}

/**
 * Runs rows of floats through a session's first input.
 *
 * @param outputs those that are wanted; each must be readable
 * @returns their numbers, in the same order
 * @throws Error in onnxruntime's words
 */
export function runSession(
  runtime: Runtime,
  { handle, inputs }: Session,
  { rows, count, outputs }: { rows: Float32Array; count: number; outputs: readonly SessionPort[] },
): readonly Float32Array[] {
  const { ort } = runtime;
  // One piece of memory: the input's dimensions, name and tensor; then names and tensors of the outputs; then the rows.
  const wanted = outputs.length;
  const head = 4 * (4 + 2 * wanted);
  return withMemory(runtime, head + rows.byteLength, (at) => {
    runtime.bytes().set(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), at + head);
    const words = runtime.ints();
    const word = at >> 2;
    words.set([count, rows.length / count], word);
    const input = ort._OrtCreateTensor(FLOAT, at + head, rows.byteLength, at, 2, OF_CPU);
    if (input === 0) throw lastError(runtime);
    runtime.ints().set([inputs[0]!.nameAt, input, ...outputs.map(({ nameAt }) => nameAt)], word + 2);
    runtime.ints().fill(0, word + 4 + wanted, word + 4 + 2 * wanted);
    const tensorsAt = at + 16 + 4 * wanted;
    try {
      if (ort._OrtRun(handle, at + 8, at + 12, 1, at + 16, wanted, tensorsAt, 0) !== 0) throw lastError(runtime);
      return Array.from({ length: wanted }, (_, i) => numbersOf(runtime, runtime.ints()[(tensorsAt >> 2) + i]!));
    } finally {
      for (const tensor of runtime.ints().slice(tensorsAt >> 2, (tensorsAt >> 2) + wanted))
        if (tensor !== 0) ort._OrtReleaseTensor(tensor);
      ort._OrtReleaseTensor(input);
    }
  });
}

/** A tensor's numbers as floats. */
function numbersOf(runtime: Runtime, tensor: number): Float32Array {
  const { ort } = runtime;
  return withMemory(runtime, 16, (at) => {
    if (ort._OrtGetTensorData(tensor, at, at + 4, at + 8, at + 12) !== 0) throw lastError(runtime);
    const [type, dataAt, dimsAt, rank] = runtime.ints().slice(at >> 2, (at >> 2) + 4);
    const dims = runtime.ints().slice(dimsAt! >> 2, (dimsAt! >> 2) + rank!);
    ort._OrtFree(dimsAt!);
    const read = READERS[type!];
    if (!read) throw new Error(`numbers of type ${type} are not read`);
    return Float32Array.from(
      read(
        runtime.bytes().buffer,
        dataAt!,
        dims.reduce((product, dim) => product * dim, 1),
      ),
      Number,
    );
  });
}
