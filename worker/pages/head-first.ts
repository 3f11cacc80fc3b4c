/**
 * Lets the head of a page go before anything waits. A rewriter sends what it has made of a piece only when it is through with the piece; a page
 * that arrives in one would wait for its decisions as a whole, and its style sheets with it.
 */

import { Ahead } from './ahead.ts';
import { joined } from './bytes.ts';

/** What ends the head, or stands right behind it. Bytes are read as Latin-1: in every encoding that is filled these are the same. */
const HEAD_END = /<\/head|<body/i;
/** How far it is looked for: what is beyond comes in a later piece anyway. */
const MAX_HEAD_BYTES = 65_536;

/** How long bytes are kept back for the end of an element that has begun. */
const MAX_KEPT_MS = 100;

/** Bytes that the rewriter must not see: what has come of them, and where the others come from. */
export interface Rest {
  readonly begin: Uint8Array;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}

/** A page on its way to the rewriter. */
export interface HeadFirst {
  readonly readable: ReadableStream;
  /** What goes by behind it; settled when `readable` is through. Undefined: all of it went in. */
  readonly rest: Promise<Rest | undefined>;
}

/**
 * The same bytes, the first piece cut behind its head, and what {@link Ahead} says of them. Constant memory: pieces go on as they come, but for a
 * tag that is not whole and an element whose end is looked for. An origin that breaks off breaks it off, too.
 *
 * @param begun called when the head is on its way
 */
export function headFirst(
  body: ReadableStream<Uint8Array>,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  begun: () => void,
): HeadFirst {
  const { readable, writable } = new IdentityTransformStream();
  // The client that went away, and the origin that broke off, are told by the stream itself.
  const rest = pump(body.getReader(), writable.getWriter(), begun).catch(() => undefined);
  ctx.waitUntil(rest);
  return { readable, rest };
}

async function pump(
  reader: Rest['reader'],
  writer: WritableStreamDefaultWriter<Uint8Array>,
  begun: () => void,
): Promise<Rest | undefined> {
  const ahead = new Ahead();
  const write = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of pieces) await writer.write(piece);
  };
  /** What has come, until the rewriter has seen enough. */
  const put = async (piece: Uint8Array): Promise<Uint8Array | undefined> => {
    const { pieces, rest } = ahead.read(piece);
    await write(pieces);
    return rest;
  };
  try {
    const { value: first } = await reader.read();
    let begin: Uint8Array | undefined;
    if (first) {
      const at = new TextDecoder('latin1').decode(first.subarray(0, MAX_HEAD_BYTES)).search(HEAD_END);
      if (at > 0) begin = await put(first.subarray(0, at));
      // Taken is not sent yet: that is the next thing to happen, unless this thread has something to decide.
      await scheduler.wait(0);
      begun();
      const others = at > 0 ? first.subarray(at) : first;
      begin = begin ? joined(begin, others) : await put(others);
    }
    while (!begin) {
      const next = reader.read();
      if (ahead.waits) {
        const came = await Promise.race([next, scheduler.wait(MAX_KEPT_MS)]);
        if (!came) await write(ahead.letGo());
      }
      const { value } = await next;
      if (!value) break;
      begin = await put(value);
    }
    if (!begin) await write(ahead.end());
    await writer.close();
    return begin && { begin, reader };
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
    return undefined;
  }
}

/**
 * What the rewriter made of a page, and behind it what the rewriter must not see, as it is.
 *
 * @param atEnd what stands at the very end
 */
export async function withRest(
  filled: ReadableStream<Uint8Array>,
  rest: HeadFirst['rest'],
  writable: WritableStream<Uint8Array>,
  atEnd: () => string,
): Promise<void> {
  const writer = writable.getWriter();
  let reader = filled.getReader();
  // Not `pipeTo`: the runtime has none from one of these streams to another.
  const pass = async (): Promise<void> => {
    for (let next = await reader.read(); next.value; next = await reader.read()) await writer.write(next.value);
  };
  try {
    await pass();
    const behind = await rest;
    if (behind) {
      reader = behind.reader;
      await writer.write(behind.begin);
      await pass();
    }
    await writer.write(new TextEncoder().encode(atEnd()));
    await writer.close();
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  }
}
