/** onnxruntime-web behind the interface of engines, inside a decision: opens and scores at once, as our own evaluator does. */
import type { ModelRefusal, OpenedModel, OpenModel } from '../../decisioning/scoring/engine.ts';
import type { Runtime } from './runtime.ts';
import { closeSession, FLOAT, isReadable, openSession, runSession, type Session } from './session.ts';

/**
 * Sessions that lie open in the runtime's memory, which nothing collects; the least recently used are closed, and opened again from their file when
 * they are asked. As many as an isolate keeps models.
 */
export const MAX_SESSIONS = 32;

/** @returns an engine that keeps at most `maxSessions` open */
export function onnxruntimeEngine(runtime: Runtime, maxSessions = MAX_SESSIONS): OpenModel {
  const open = new Map<Uint8Array, Session>();
  const sessionOf = (file: Uint8Array): Session => {
    const session = open.get(file) ?? openSession(runtime, file);
    open.delete(file);
    open.set(file, session);
    for (const [oldest, least] of open) {
      if (open.size <= maxSessions) break;
      open.delete(oldest);
      closeSession(runtime, least);
    }
    return session;
  };
  return (bytes) => {
    // A copy of its own: it names the session, and nobody writes into it.
    const file = new Uint8Array(bytes);
    try {
      return modelOf(file, { runtime, sessionOf, session: sessionOf(file) });
    } catch (error) {
      return refusal('malformed', error instanceof Error ? error.message : 'it breaks');
    }
  };
}

interface Opening {
  readonly runtime: Runtime;
  readonly sessionOf: (file: Uint8Array) => Session;
  readonly session: Session;
}

const refusal = (refused: ModelRefusal['refused'], detail: string): ModelRefusal => ({
  refused,
  detail,
  takenBy: null,
});

function modelOf(file: Uint8Array, { runtime, sessionOf, session }: Opening): OpenedModel | ModelRefusal {
  const [input, another] = session.inputs;
  const width = input?.dims[1] ?? -1;
  if (!input || another || input.type !== FLOAT || input.dims.length !== 2 || width < 1)
    return refusal('unsupported', 'inputs other than one of rows of so many floats');
  // A file of a batch of one is asked row by row.
  const single = input.dims[0] === 1;
  const score = (rows: Float32Array, count: number): readonly (readonly [string, Float32Array])[] => {
    const held = sessionOf(file);
    const outputs = held.outputs.filter(isReadable);
    const made = runSession(runtime, held, { rows, count, outputs });
    return outputs.map(({ name }, i) => [name, made[i]!] as const);
  };
  // What a file says of its outputs may be wrong: a row tells.
  const first = score(new Float32Array(width), 1);
  return {
    inputs: [{ name: input.name, width }],
    outputs: first.map(([name, { length }]) => ({ name, width: length })),
    // It does not tell what a row costs. A weight is used once at least, and four bytes of file hold one: counted dearer than that. A graph that makes its
    // numbers itself (ConstantOfShape, Expand, Loop) may cost far more than its file says.
    steps: file.byteLength,
    run: (rows, count) => {
      if (rows.length !== count * width)
        throw new RangeError(`${rows.length} numbers are not ${count} rows of ${width}`);
      if (!single || count === 1) return Object.fromEntries(score(rows, count));
      const each = Array.from({ length: count }, (_, i) => score(rows.subarray(i * width, (i + 1) * width), 1));
      return Object.fromEntries(first.map(([name], at) => [name, joined(each.map((row) => row[at]![1]))]));
    },
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}
