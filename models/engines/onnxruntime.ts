/** onnxruntime-web behind the interface of engines, in Node: for models outside our evaluator's operators, and to compare with it. */
import * as ort from 'onnxruntime-web';
import type { ModelRefusal, OpenedModel } from '../../decisioning/scoring/engine.ts';

/** As `OpenedModel`, but that scores have to be waited for, and that its memory is outside of what is collected. */
export interface OpenedSession extends Omit<OpenedModel, 'run'> {
  /** @throws RangeError when `rows` is not `count` rows of the input's width */
  readonly run: (rows: Float32Array, count: number) => Promise<Readonly<Record<string, Float32Array>>>;
  /** Gives the memory back. */
  readonly close: () => Promise<void>;
}

/** Numbers as floats, whole ones included; undefined for texts. */
function floatsOf({ type, data }: ort.Tensor): Float32Array | undefined {
  if (type === 'string') return undefined;
  return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number);
}

/** Opens a file with one input of rows that says how many columns they have. Outputs of text are left out. */
export async function openSession(bytes: Uint8Array): Promise<OpenedSession | ModelRefusal> {
  // More threads than one need memory that is shared, and cost more than a row takes.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  const refusal = (detail: string): ModelRefusal => ({ refused: 'unsupported', detail, takenBy: null });
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: 4 });
  } catch (error) {
    return { ...refusal(String(error)), refused: 'malformed' };
  }
  const [input, another] = session.inputMetadata;
  const width = input?.isTensor ? input.shape[1] : undefined;
  if (!input || another || typeof width !== 'number') return refusal('inputs other than one of rows of so many floats');
  const score = async (rows: Float32Array, count: number): Promise<Record<string, Float32Array>> => {
    const made = await session.run({ [input.name]: new ort.Tensor('float32', rows, [count, width]) });
    const floats = Object.entries(made).map(([name, tensor]) => [name, floatsOf(tensor)] as const);
    return Object.fromEntries(floats.filter((entry): entry is [string, Float32Array] => entry[1] !== undefined));
  };
  // What a file says of its outputs may be wrong: a row tells.
  const first = await score(new Float32Array(width), 1);
  return {
    inputs: [{ name: input.name, width }],
    outputs: Object.entries(first).map(([name, { length }]) => ({ name, width: length })),
    run: async (rows, count) => {
      if (rows.length !== count * width)
        throw new RangeError(`${rows.length} numbers are not ${count} rows of ${width}`);
      return score(rows, count);
    },
    close: () => session.release(),
  };
}
