import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { optimizeRequest } from '../../contract/checks/requests.ts';
import { MAX_BODY_BYTES } from '../../contract/primitives.ts';
import { type Problem, problem as problemSchema } from '../../contract/problem.ts';
import { insertKey, insertSite, json, ORIGIN, send } from '../testing/fixture.ts';
import { handled, sampleApp } from '../testing/sample-app.ts';
import { App } from './app.ts';
import { route } from './endpoint.ts';

const app = sampleApp();
const good = { name: 'x' };
let pk = '';
let sk = '';
let appKey = '';
let lostKey = '';
let revoked = '';

beforeAll(async () => {
  await insertSite('shop', 'web');
  await insertSite('phone', 'app');
  pk = await insertKey('publishable', 'shop');
  sk = await insertKey('secret', 'shop');
  appKey = await insertKey('publishable', 'phone');
  lostKey = await insertKey('publishable', 'nowhere');
  revoked = await insertKey('secret', 'shop', 1);
});

afterEach(() => vi.restoreAllMocks());

/** Expects a problem of this name, with everything that every answer carries. */
async function expectProblem(response: Response, name: string, status: number): Promise<Problem> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('server-timing')).toContain('total;dur=');
  expect(response.headers.get('vary')).toContain('Origin');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const document = problemSchema.parse(await response.json());
  expect(document.type).toBe(`/problems/${name}`);
  expect(document.status).toBe(status);
  return document;
}

describe('a good request', () => {
  it('reaches the handler with its defaults filled in', async () => {
    const response = await send(app, '/v1/any', json('POST', sk, good));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ site: 'shop', size: 1 });
  });

  it('may carry its key in the body, as text/plain, without a preflight', async () => {
    const body = JSON.stringify({ ...good, key: pk });
    const response = await send(app, '/v1/any', {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8', origin: ORIGIN },
      body,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-expose-headers')).toContain('Server-Timing');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('from an app needs no origin', async () => {
    expect((await send(app, '/v1/any', json('POST', appKey, good))).status).toBe(200);
    expect((await send(app, '/v1/any', json('POST', appKey, good, { origin: 'https://any.example' }))).status).toBe(
      200,
    );
  });

  it('may leave out an optional body, and not a required one', async () => {
    const bare = { method: 'POST', headers: { authorization: `Bearer ${sk}` } };
    expect(await (await send(app, '/v1/optional', bare)).json()).toEqual({ site: 'none', size: 0 });
    await expectProblem(await send(app, '/v1/any', bare), 'malformed_json', 400);
  });

  it('takes a body of exactly the limit', async () => {
    const frame = JSON.stringify({ name: '' }).length;
    const name = 'n'.repeat(MAX_BODY_BYTES - frame);
    expect((await send(app, '/v1/any', json('POST', sk, { name }))).status).toBe(200);
    await expectProblem(await send(app, '/v1/any', json('POST', sk, { name: `${name}n` })), 'body_too_large', 413);
  });
});

describe('a bad body', () => {
  it('is refused for its form, and the handler never runs', async () => {
    handled.count = 0;
    for (const body of ['', '{', '{"name":"x",}', 'name=x', '<xml/>', '\u0000']) {
      await expectProblem(await send(app, '/v1/any', json('POST', sk, body)), 'malformed_json', 400);
    }
    const notUtf8 = { ...json('POST', sk, ''), body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) };
    await expectProblem(await send(app, '/v1/any', notUtf8), 'malformed_json', 400);
    for (const body of ['null', '[]', '1', '"x"', 'true']) {
      await expectProblem(await send(app, '/v1/any', json('POST', sk, body)), 'invalid_request', 422);
    }
    expect(handled.count).toBe(0);
  });

  it('is refused field by field', async () => {
    const document = await expectProblem(
      await send(app, '/v1/any', json('POST', sk, { name: 5, extra: 1 })),
      'invalid_request',
      422,
    );
    expect(document.errors).toEqual([
      { field: '/name', detail: 'must be a string' },
      { field: '/extra', detail: 'is not a known field' },
    ]);
    expect(document.instance).toBe('/v1/any');
  });

  it('is refused for polluting keys at any depth, and nothing is polluted', async () => {
    const body = '{"name":"x","deep":[{"__proto__":{"polluted":true}}]}';
    const document = await expectProblem(await send(app, '/v1/any', json('POST', sk, body)), 'unsafe_key', 400);
    expect(document.errors?.[0]?.field).toBe('/deep/0/__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is refused for its size while it is read, when it does not tell its length', async () => {
    let pulled = 0;
    // 4 MB, not endless: a limit that is broken must fail this test, not hang it.
    const long = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(4_096).fill(0x20));
        if (pulled === 1_024) controller.close();
      },
    });
    const init = { ...json('POST', sk, ''), body: long, duplex: 'half' } as RequestInit;
    await expectProblem(await send(app, '/v1/any', init), 'body_too_large', 413);
    expect(pulled).toBeLessThan(20);
  });

  it('is refused for its media type where the key is secret', async () => {
    const text = { ...json('PUT', sk, good), headers: { authorization: `Bearer ${sk}`, 'content-type': 'text/plain' } };
    await expectProblem(await send(app, '/v1/things/a', text), 'unsupported_media_type', 415);
    const form = json('POST', sk, 'name=x', { 'content-type': 'application/x-www-form-urlencoded' });
    await expectProblem(await send(app, '/v1/any', form), 'unsupported_media_type', 415);
  });
});

describe('a bad parameter', () => {
  it('is named', async () => {
    const path = await expectProblem(
      await send(app, '/v1/things/much-too-long', json('PUT', sk, good)),
      'invalid_request',
      422,
    );
    expect(path.errors?.[0]?.field).toBe('id');
    const bearer = { headers: { authorization: `Bearer ${sk}` } };
    const query = await expectProblem(await send(app, '/v1/things/a?limit=1000&x=1', bearer), 'invalid_request', 422);
    expect(query.errors?.map((error) => error.field)).toEqual(['limit', 'x']);
  });
});

describe('a bad key', () => {
  it('is refused: missing, malformed, unknown, revoked, of the wrong kind', async () => {
    handled.count = 0;
    await expectProblem(await send(app, '/v1/any', json('POST', undefined, good)), 'missing_key', 401);
    await expectProblem(await send(app, '/v1/any', json('POST', undefined, { ...good, key: 5 })), 'missing_key', 401);
    await expectProblem(
      await send(app, '/v1/things/a', json('PUT', undefined, { ...good, key: sk })),
      'missing_key',
      401,
    );
    await expectProblem(
      await send(app, '/v1/any', json('POST', undefined, good, { authorization: 'Basic eA==' })),
      'missing_key',
      401,
    );
    for (const key of ['x', `sk_${'y'.repeat(32)}`, `${sk}x`, revoked, "' OR 1=1 --"]) {
      await expectProblem(await send(app, '/v1/any', json('POST', undefined, { ...good, key })), 'unknown_key', 401);
    }
    await expectProblem(await send(app, '/v1/things/a', json('PUT', appKey, good)), 'secret_key_required', 403);
    expect(handled.count).toBe(0);
  });

  it('is told before a byte of the body is read', async () => {
    const huge = json('POST', `sk_${'y'.repeat(32)}`, 'x'.repeat(MAX_BODY_BYTES * 2));
    await expectProblem(await send(app, '/v1/any', huge), 'unknown_key', 401);
  });
});

describe('an origin', () => {
  it('must be the web site’s own, and must be there', async () => {
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`]) {
      const response = await send(app, '/v1/any', json('POST', pk, good, { origin }));
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      await expectProblem(response, 'wrong_origin', 403);
    }
    await expectProblem(await send(app, '/v1/any', json('POST', pk, good)), 'wrong_origin', 403);
    await expectProblem(
      await send(app, '/v1/any', json('POST', lostKey, good, { origin: ORIGIN })),
      'wrong_origin',
      403,
    );
    expect((await send(app, '/v1/any', json('POST', pk, good, { origin: ORIGIN }))).status).toBe(200);
  });

  it('with a secret key is a leak, except on our own pages', async () => {
    await expectProblem(await send(app, '/v1/any', json('POST', sk, good, { origin: ORIGIN })), 'wrong_origin', 403);
    expect((await send(app, '/v1/any', json('POST', sk, good, { origin: 'https://api.example' }))).status).toBe(200);
  });
});

describe('around the routes', () => {
  it('answers a preflight for any path, and tells for how long', async () => {
    const response = await send(app, '/v1/any', {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-max-age')).toBe('86400');
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, if-match, if-none-match',
    );
    expect(response.headers.get('access-control-allow-methods')).toContain('PUT');
  });

  it('tells an unknown path from a wrong method', async () => {
    const unknown = await send(app, '/v1/nothing', { headers: { origin: ORIGIN } });
    expect(unknown.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    await expectProblem(unknown, 'not_found', 404);
    const wrong = await send(app, '/v1/things/a', { method: 'DELETE' });
    expect(wrong.headers.get('allow')).toBe('PUT, GET, HEAD, OPTIONS');
    await expectProblem(wrong, 'method_not_allowed', 405);
    await expectProblem(await send(app, '/v1/things/a/b', { method: 'PUT' }), 'not_found', 404);
  });

  it('tells nothing of an exception to the caller, nor its message to the log', async () => {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const broken = await expectProblem(await send(app, '/v1/broken'), 'internal', 500);
    expect(JSON.stringify(broken)).not.toContain('customer@example.com');
    expect(JSON.stringify(lines.mock.calls)).not.toContain('customer@example.com');
    const down = await send(app, '/v1/down');
    expect(down.headers.get('retry-after')).toBe('2');
    await expectProblem(down, 'unavailable', 503);
  });

  it('logs one line with the route’s pattern and nothing that came from the caller', async () => {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await send(app, '/v1/things/id-77?limit=1000&email=a@b.c', json('PUT', sk, { name: 'private' }));
    expect(lines).toHaveBeenCalledTimes(1);
    const line = String(lines.mock.calls[0]?.[0]);
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      method: 'PUT',
      route: '/v1/things/{id}',
      // A parameter that nobody reads is refused.
      status: 422,
      workspace: 'w-test',
    });
    for (const secret of ['id-77', 'a@b.c', 'private', sk]) expect(line).not.toContain(secret);
  });
});

describe('an endpoint with a stand-in', () => {
  it('begins when all of its request is here, however slowly it was sent', async () => {
    const slow = new App();
    const spec = {
      method: 'post',
      path: '/v1/slow',
      auth: 'none',
      body: optimizeRequest,
      standIn: () => 'late',
    } as const;
    route(slow, spec, (c) => c.json(c.receivedAtMs));
    const nowMs = Date.now();
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          vi.spyOn(Date, 'now').mockReturnValue(nowMs + 60_000);
          controller.enqueue(new TextEncoder().encode('{"placements":["hero"]}'));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const answer = await send(slow, '/v1/slow', { method: 'POST', body });
    vi.restoreAllMocks();
    expect(await answer.json()).toBe(nowMs + 60_000);
  });
});
