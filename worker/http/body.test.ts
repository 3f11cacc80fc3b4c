import { describe, expect, it } from 'vitest';
import { readBody } from './body.ts';

/** A request whose body comes in these parts, and then breaks off where `breaks`. */
function requestOf(
  parts: readonly string[],
  { breaks = false, told }: { breaks?: boolean; told?: string } = {},
): Request {
  const left = parts.map((part) => new TextEncoder().encode(part));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else if (breaks) controller.error(new Error('connection lost'));
      else controller.close();
    },
  });
  return new Request('https://api.example/v1/optimize', {
    method: 'POST',
    body,
    headers: told === undefined ? {} : { 'content-length': told },
  });
}

describe('a body', () => {
  it('is read to its end, up to its limit', async () => {
    expect(await readBody(requestOf(['ab', 'cd']), 4)).toEqual({ ok: true, value: 'abcd' });
    expect(await readBody(requestOf(['ab', 'cde']), 4)).toMatchObject({ refusal: { problem: 'body_too_large' } });
    expect(await readBody(requestOf(['ab'], { told: '5' }), 4)).toMatchObject({
      refusal: { problem: 'body_too_large' },
    });
  });

  it.each([{}, { told: '9' }])(
    'that breaks off is the sender’s fault, not that of a part of ours: %j',
    async (headers) => {
      const read = await readBody(requestOf(['{"a":'], { breaks: true, ...headers }), 10);
      expect(read).toMatchObject({ ok: false, refusal: { problem: 'malformed_json', detail: 'The body broke off' } });
    },
  );
});
