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

/** The body as text; empty when there is none. Refused: longer than `maxBytes` by its header or in fact, or not UTF-8. */
export async function readBody(request: Request, maxBytes: number): Promise<Checked<string>> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge(maxBytes);
  if (request.body === null) return { ok: true, value: '' };
  const bytes = await readBytes(request.body, maxBytes);
  if (bytes === undefined) return tooLarge(maxBytes);
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes) };
  } catch {
    return refused('malformed_json', 'The body is not UTF-8');
  }
}
