/**
 * Lets the head of a page go before anything waits. A rewriter sends what it has made of a piece only when it is through with the piece; a page
 * that arrives in one would wait for its decisions as a whole, and its style sheets with it.
 */

/** What ends the head, or stands right behind it. Bytes are read as Latin-1: in every encoding that is filled these are the same. */
const HEAD_END = /<\/head|<body/i;
/** How far it is looked for: what is beyond comes in a later piece anyway. */
const MAX_HEAD_BYTES = 65_536;

/**
 * The same bytes, the first piece cut behind its head. Constant memory: pieces go on as they come. An origin that breaks off breaks it off, too.
 *
 * @param begun called when the head is on its way
 */
export function headFirst(
  body: ReadableStream<Uint8Array>,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  begun: () => void,
): ReadableStream {
  const { readable, writable } = new IdentityTransformStream();
  // The client that went away, and the origin that broke off, are told by the stream itself.
  ctx.waitUntil(pump(body, writable, begun).catch(() => undefined));
  return readable;
}

async function pump(
  body: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  begun: () => void,
): Promise<void> {
  const reader = body.getReader();
  const writer = writable.getWriter();
  try {
    const { value } = await reader.read();
    if (value) {
      const at = new TextDecoder('latin1').decode(value.subarray(0, MAX_HEAD_BYTES)).search(HEAD_END);
      if (at > 0) await writer.write(value.subarray(0, at));
      // Taken is not sent yet: that is the next thing to happen, unless this thread has something to decide.
      await scheduler.wait(0);
      begun();
      await writer.write(at > 0 ? value.subarray(at) : value);
    }
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
    return;
  }
  reader.releaseLock();
  writer.releaseLock();
  await body.pipeTo(writable);
}
