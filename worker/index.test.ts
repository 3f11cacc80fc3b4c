import { createExecutionContext, env } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetStandings, recentStanding, rememberStanding } from './edge/standings.ts';
import front from './index.ts';

const NOW_MS = Date.now();
const standing = { isErased: false } as never;

/** Asks the worker in front, with one behind it that answers so. */
function ask(method: string, path: string, answerBehind: () => Response) {
  const behind = vi.fn(async (_passed: Request) => answerBehind());
  const url = `https://api.example${path}`;
  const request = new Request(url, { method, headers: { origin: 'https://shop.example' } });
  // As the runtime hands it on: what a caller writes is not put in order.
  Object.defineProperty(request, 'url', { value: url });
  const bindings = { ...env, CONTROL: { fetch: behind } } as never;
  const answered = Promise.resolve(front.fetch(request as never, bindings, createExecutionContext()));
  return answered.then((answer) => ({
    answer,
    passed: behind.mock.calls.length,
    to: behind.mock.calls.map(([passed]) => passed.url),
  }));
}

const absent = (): Response => {
  throw new Error('not there');
};

afterEach(forgetStandings);

describe('the worker in front', () => {
  it.each([
    ['/v1/optimize', 0],
    ['/v1/%6fptimize', 0],
    ['/%76%31/feedback?a=%2f', 0],
    ['/v1/customers/../optimize', 0],
    ['/v1/%2e%2E/v1/./optimize', 0],
    ['/v1/customers\\..\\optimize', 0],
    ['/v1/optimize/', 1],
    ['/v1/optimize/..', 1],
    ['/v1/customers/a', 1],
  ])('answers %s by itself or passes it on (%i), however it is written', async (path, times) => {
    const { answer, passed } = await ask('PUT', path, () => new Response('behind', { status: 202 }));
    expect([passed, answer.status]).toEqual([times, times === 0 ? 405 : 202]);
  });

  it.each(['/v1/%2e%2e/../optimize', '/v1/./customers/a/../b'])('passes %s on in order', async (path) => {
    const { to } = await ask('PUT', path, () => new Response());
    expect(to).toEqual([new URL(path, 'https://api.example').href]);
  });

  it('answers for a worker that is not there as for every part that is down, readable for pages', async () => {
    const { answer } = await ask('GET', '/v1/campaigns', absent);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ type: '/problems/unavailable', instance: '/v1/campaigns' });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect((await ask('OPTIONS', '/v1/campaigns', absent)).answer.status).toBe(204);
  });

  it.each([
    ['PUT', 204, false],
    ['DELETE', 503, false],
    ['PUT', 401, true],
    ['PUT', 429, true],
    ['GET', 200, true],
    ['HEAD', 200, true],
    ['OPTIONS', 204, true],
  ])('a customer’s %s that was answered %i leaves what was told of consent: %s', async (method, status, isLeft) => {
    rememberStanding('name', standing, NOW_MS);
    await ask(method, '/v1/%63ustomers/a', () => new Response(null, { status }));
    expect(recentStanding('name', NOW_MS) !== undefined).toBe(isLeft);
  });
});
