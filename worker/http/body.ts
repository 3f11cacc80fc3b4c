/** Reads a request's body without ever holding more of it than its limit. */
import { type Checked, refused } from './problem.ts';

function tooLarge(maxBytes: number): Checked<never> {
  return refused('body_too_large', `At most ${maxBytes} bytes`);
}

async function readBytes(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Ends with the stream or once the limit is passed: each round adds at least nothing and at most one chunk.
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** Without a state between texts: one serves all. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The body as text; empty when there is none. Refused: longer than `maxBytes` by its header or in fact, broken off, or not UTF-8.
 *
 * @param told its Content-Length, where it was read already
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  told = request.headers.get('content-length') ?? undefined,
): Promise<Checked<string>> {
  if (Number(told ?? 0) > maxBytes) return tooLarge(maxBytes);
  if (told === undefined && request.body === null) return { ok: true, value: '' };
  let bytes: ArrayBuffer | Uint8Array | undefined;
  try {
    // No more than its header tells comes from a body that has one: it is read at once, at a third of what a reader costs, and as what it comes in. Of any
    // other the stream is looked at, which alone costs as much.
    bytes = await (told === undefined
      ? readBytes(request.body as ReadableStream<Uint8Array>, maxBytes)
      : request.arrayBuffer());
  } catch {
    // Its sender's doing: no part of ours is down, and nobody is to be called for it.
    return refused('malformed_json', 'The body broke off');
  }
  if (bytes === undefined || bytes.byteLength > maxBytes) return tooLarge(maxBytes);
  try {
    return { ok: true, value: utf8.decode(bytes) };
  } catch {
    return refused('malformed_json', 'The body is not UTF-8');
  }
}
