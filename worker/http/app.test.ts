import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../testing/fixture.ts';
import { App } from './app.ts';
import { problem } from './problem.ts';

const app = new App();
app.on('GET', '/v1/things/{id}', (c) => c.json(c.params, 200, { etag: '"1"' }));
app.on('GET', '/v1/spans/{name}', (c) => {
  c.timing.start(c.params.name as string);
  return c.params.name === 'replaced' ? c.json({}) && c.body(null, 204) : c.json({});
});
app.on('POST', '/v1/broken', () => {
  throw 'no error, and customer@example.com';
});

let lines: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe('an application', () => {
  it('answers HEAD as GET, without the body', async () => {
    const [get, head] = [await send(app, '/v1/things/a'), await send(app, '/v1/things/a', { method: 'HEAD' })];
    expect(await get.json()).toEqual({ id: 'a' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, '"1"', '']);
    expect(head.headers.get('x-content-type-options')).toBe('nosniff');
    expect(head.headers.get('server-timing')).toMatch(/^total;dur=\d+\.\d$/);
  });

  it('tells of each answer where its own time went, however it was made', async () => {
    for (const name of ['one', 'other', 'replaced']) {
      const { headers } = await send(app, `/v1/spans/${name}`);
      expect(headers.get('server-timing')).toMatch(new RegExp(`^${name};dur=\\d+\\.\\d, total;dur=\\d+\\.\\d$`));
    }
  });

  it('answers 500 whatever is thrown, and tells nobody what it was', async () => {
    const answer = await send(app, '/v1/broken', { method: 'POST', headers: { origin: 'https://shop.example' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([500, 'https://shop.example']);
    expect(await answer.json()).toMatchObject({ type: '/problems/internal' });
    expect(JSON.stringify(lines.mock.calls)).not.toContain('customer@example.com');
  });

  it('leaves what nobody takes to whom it was made with', async () => {
    const standIn = new App((c) => problem(c, 'unavailable'));
    for (const method of ['GET', 'PUT', 'HEAD'])
      expect((await send(standIn, '/v1/things/a', { method })).status).toBe(503);
    expect((await send(standIn, '/v1/things/a', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('is handed on as a function', async () => {
    const { fetch } = app;
    expect((await send({ fetch } as App, '/v1/nothing')).status).toBe(404);
  });
});
