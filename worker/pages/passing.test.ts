import { createExecutionContext } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestWorkspace } from '../../tests/workerd/workspace.ts';
import { servePage } from './serve.ts';
import { app, bindings, type Call, html, look, origin, PAGE, standIn, workspaceWith } from './testing/site.ts';

let open: TestWorkspace;

beforeAll(async () => {
  open = await workspaceWith('not_required', {});
});
beforeEach(standIn);
afterEach(() => vi.restoreAllMocks());

const view = (call: Partial<Call> = {}) => look({ workspace: open, ...call });

describe('what is no page passes through', () => {
  it.each<[string, () => Response]>([
    [
      'a style sheet',
      () =>
        new Response('h1{}', { headers: { 'content-type': 'text/css', etag: '"1"', 'cache-control': 'max-age=9' } }),
    ],
    ['a page that is not found', () => html({ etag: '"1"' }, PAGE, 404)],
    ['a fault of the origin', () => html({}, PAGE, 503)],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example/' } })],
    ['a page that must not be changed', () => html({ 'cache-control': 'max-age=60, no-transform' })],
    ['an encoding that is not ASCII', () => html({ 'content-type': 'text/html; charset=utf-16' })],
    ['a compression that cannot be read', () => html({ 'content-encoding': 'zstd' })],
    ['a download', () => html({ 'content-disposition': 'attachment; filename=a.html' })],
    ['XHTML', () => html({ 'content-type': 'application/xhtml+xml' })],
  ])('%s, with its headers', async (_, page) => {
    origin.answer = page;
    const [expected, got] = [page(), await view()];
    expect([got.status, [...got.headers]]).toEqual([expected.status, [...expected.headers]]);
    if (!expected.headers.has('content-encoding')) expect(got.text).toBe(await expected.text());
  });

  it.each<[string, Partial<Call>]>([
    ['what a page fetches by itself', { headers: { 'sec-fetch-dest': 'empty', 'if-none-match': '"1"' } }],
    ['a page before anybody goes there', { headers: { 'sec-purpose': 'prefetch;prerender', 'if-none-match': '"1"' } }],
    ['an image', { headers: { accept: 'image/avif,image/webp', 'if-none-match': '"1"' } }],
    ['a form that is sent', { method: 'POST', body: 'a=b', headers: { 'if-none-match': '"1"' } }],
    [
      'a path that is left out',
      { path: '/account/', site: { paths: ['/', '/products/*'] }, headers: { 'if-none-match': '"1"' } },
    ],
  ])('%s, with its conditions and its body', async (_, call) => {
    const { text, headers } = await view(call);
    expect([text, headers.getSetCookie()]).toEqual([PAGE, []]);
    expect(origin.received[0]!.headers.get('if-none-match')).toBe('"1"');
    expect(await origin.received[0]!.text()).toBe(call.body ?? '');
  });

  it('a WebSocket, with what it is opened by', async () => {
    await view({ headers: { upgrade: 'websocket', 'sec-websocket-key': 'x' } });
    expect(origin.received[0]!.headers.get('upgrade')).toBe('websocket');
  });

  it('a host that nobody named', async () => {
    const ctx = createExecutionContext();
    const response = await servePage(
      app,
      new Request('https://other.example/'),
      { ...bindings, EDGE_SITES: {} } as Env,
      ctx,
    );
    expect([await response.text(), origin.received[0]!.url]).toEqual([PAGE, 'https://other.example/']);
  });
});

describe('the way to the origin', () => {
  const site = { origin: 'http://origin.example:8080' };

  it('leads to another host where one is named, which is told who was asked', async () => {
    await view({
      site,
      path: '/a?b=c',
      headers: {
        'cf-connecting-ip': '203.0.113.9',
        'x-forwarded-host': 'evil.example',
        connection: 'x',
        te: 'trailers',
      },
    });
    const { url, headers } = origin.received[0]!;
    expect(url).toBe('http://origin.example:8080/a?b=c');
    expect(
      Object.fromEntries(
        ['x-forwarded-host', 'x-forwarded-proto', 'cf-connecting-ip', 'te'].map((name) => [name, headers.get(name)]),
      ),
    ).toEqual({
      'x-forwarded-host': 'shop.example',
      'x-forwarded-proto': 'https',
      'cf-connecting-ip': '203.0.113.9',
      te: null,
    });
  });

  it.each([
    ['http://origin.example:8080/b?c', 'https://shop.example/b?c'],
    ['http://origin.example:8080', 'https://shop.example'],
    ['http://origin.example:80801/b', 'http://origin.example:80801/b'],
    ['/b', '/b'],
  ])('a redirect to %s leads to %s', async (location, expected) => {
    origin.answer = () => new Response(null, { status: 301, headers: { location } });
    expect((await view({ site })).headers.get('location')).toBe(expected);
  });

  it('is not gone in circles; who only says so has the page as it is, who comes from another host of ours a filled one', async () => {
    let status = 200;
    for (let headers = new Headers(); status === 200; headers = origin.received.at(-1)!.headers)
      status = (await view({ headers })).status;
    expect([status, origin.received.length]).toEqual([508, 3]);
    const [said, other] = [
      await view({ headers: { 'hyperedge-pages': 'shop.example' } }),
      await view({ headers: { 'hyperedge-pages': 'www.other.example' } }),
    ];
    expect([said.text, other.text.includes('New<template')]).toEqual([PAGE, true]);
  });

  it('that leads nowhere is said in words', async () => {
    origin.answer = () => Promise.reject(new Error('connection refused'));
    const { status, text, headers } = await view();
    expect([status, text, headers.get('content-type')]).toEqual([
      502,
      'The server of this site did not answer.\n',
      'text/plain; charset=utf-8',
    ]);
  });
});

describe('when something of ours is wrong, the page keeps its own content', () => {
  it('an unknown key', async () => {
    const { text, status } = await view({ site: { key: 'pk_00000000000000000000000000000000' } });
    expect([status, text.includes('<h1 data-hyperedge="hero">own</h1>')]).toEqual([200, true]);
  });

  it.each<[string, object]>([
    ['a secret key', { key: 'sk_00000000000000000000000000000000' }],
    ['an origin with a path', { origin: 'https://origin.example/shop' }],
    ['a field that nobody knows', { orign: 'https://origin.example' }],
  ])('%s in what the deployment says: the host passes through', async (_, site) => {
    expect((await view({ site })).text).toBe(PAGE);
  });

  it('an API that throws, or talks nonsense', async () => {
    for (const reply of [() => Promise.reject(new Error('down')), () => Promise.resolve(new Response('<html>'))]) {
      vi.spyOn(app, 'fetch').mockImplementation(reply);
      expect((await view()).text).toContain('<h1 data-hyperedge="hero">own</h1>');
    }
  });

  it('decisions that do not come: what is asked is not waited for twice', async () => {
    vi.spyOn(app, 'fetch').mockImplementation(() => new Promise(() => undefined));
    origin.answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
    const startMs = Date.now();
    const { text, block } = await view({ site: { waitMs: 100 } });
    expect(Date.now() - startMs).toBeLessThan(5_000);
    expect([text.includes('<template'), block?.decisions]).toEqual([false, []]);
  });
});

describe('pages that are too much for a rewriter come whole', () => {
  const first = '<body><h1 data-hyperedge="hero">own</h1>';
  it.each([
    ['20,000 list items that nothing ends', `${first}<ul>${'<li>item'.repeat(20_000)}</ul>`],
    ['12,000 table cells', `${first}<table>${'<tr><td>a<td>b'.repeat(6_000)}</table>`],
    ['20,000 elements in each other', `${first}${'<div data-hyperedge="none"><b>'.repeat(10_000)}`],
    ['an image of 4 MB', `${first}<img src="data:image/png;base64,${'A'.repeat(4_000_000)}">`],
  ])('%s: filled as far as that goes, decided at the end', async (_, body) => {
    origin.answer = () => html({}, `${body}<p>end</p></body>`);
    const { text, block } = await view();
    expect(
      text.replace(/<script type.*/, '') ===
        `${body}<p>end</p></body>`.replace('own', 'New<template data-hyperedge-own>own</template>'),
    ).toBe(true);
    expect(block?.decisions[0]).toMatchObject({ placement: 'hero', outcome: 'campaign' });
  });

  it('a wrong end tag hides nothing: the text is left to the page script', async () => {
    const body = '<body><h1 data-hyperedge="hero">own</h2><p>after</p></body>';
    origin.answer = () => html({}, body);
    const { text, block } = await view();
    expect(text.replace(/<script type.*/, '')).toBe(body);
    expect(block?.decisions[0]).toMatchObject({ placement: 'hero', content: { text: 'New' } });
  });

  it('an element that goes on slowly keeps nothing back for long', async () => {
    const bytes = (part: string) => new TextEncoder().encode(part);
    origin.answer = () => {
      const { readable, writable } = new IdentityTransformStream();
      const writer = writable.getWriter();
      void (async () => {
        await writer.write(bytes('<body><h1 data-hyperedge="hero">o'));
        await scheduler.wait(300);
        await writer.write(bytes('wn</h1></body>'));
        await writer.close();
      })();
      return new Response(readable, { headers: { 'content-type': 'text/html' } });
    };
    expect((await view()).text).toContain('<h1 data-hyperedge="hero">own</h1>');
  });
});
