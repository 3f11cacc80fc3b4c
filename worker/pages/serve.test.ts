import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../../tests/workerd/workspace.ts';
import { createApp } from '../app.ts';
import { forgetPages } from './memory.ts';
import { servePage } from './serve.ts';

const bindings = env as unknown as Env;
const app = createApp();
/** A site whose visitors are asked, one that needs no consent, and one without a cookie. */
let asking: TestWorkspace;
let open: TestWorkspace;
let bare: TestWorkspace;

const PAGE = '<!doctype html><head><title>Shop</title></head><body><h1 data-hyperedge="hero">own</h1></body>';
const html = (headers: Record<string, string> = {}, body = PAGE, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });

/** The site's own server, a third party's: what it got, and what it answers. */
let received: Request[];
let answer: (request: Request) => Response | Promise<Response>;

async function workspaceWith(consent: 'required' | 'not_required', cookie: object | undefined): Promise<TestWorkspace> {
  const workspace = await createWorkspace(bindings, { consent });
  const site = {
    kind: 'site',
    id: 'shop',
    name: 'Shop',
    siteKind: 'web',
    origins: [workspace.origin],
    consent,
    ...(cookie && { cookie }),
  };
  const arms = [{ id: 'a', content: { text: 'New' } }];
  const campaign = {
    kind: 'campaign',
    id: 'demo',
    name: 'Demo',
    objective: { goal: 'click' },
    placements: ['hero', 'side'],
    arms,
  };
  const placements = ['hero', 'side'].map((id) => ({ kind: 'placement', id, name: id }));
  await publishDemo(bindings, workspace, [site, ...placements, campaign]);
  return workspace;
}

beforeAll(async () => {
  asking = await workspaceWith('required', {});
  open = await workspaceWith('not_required', {});
  bare = await workspaceWith('not_required', undefined);
});
beforeEach(() => {
  forgetPages();
  received = [];
  answer = () => html();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    received.push(input as Request);
    return answer(input as Request);
  });
});
afterEach(() => vi.restoreAllMocks());

interface Call extends RequestInit {
  readonly workspace?: TestWorkspace;
  readonly path?: string;
  readonly site?: object;
}

async function view({ workspace = open, path = '/', site, ...init }: Call = {}) {
  const ctx = createExecutionContext();
  const consentCookie = { name: 'consent', granted: ['*yes*'], denied: ['*no*'] };
  const told = { key: workspace.publishableKey, waitMs: 250, ...(workspace === asking && { consentCookie }), ...site };
  const vars = { ...bindings, EDGE_SITES: { 'shop.example': told } } as Env;
  const response = await servePage(app, new Request(`https://shop.example${path}`, init), vars, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  const block = /<script type="application\/json" id="hyperedge-decisions">(.*)<\/script>/.exec(text)?.[1];
  return {
    status: response.status,
    headers: response.headers,
    text,
    /** Cookies as the browser would send them back. */
    cookie: response.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; '),
    block:
      block === undefined
        ? undefined
        : (JSON.parse(block) as { consent: string; anonymousId?: string; preview?: true; decisions: DecisionAnswer[] }),
  };
}

describe('a page', () => {
  it('is filled, and says what was decided', async () => {
    const { text, block } = await view();
    expect(text).toContain('<h1 data-hyperedge="hero">New<template data-hyperedge-own>own</template></h1>');
    expect(block).toMatchObject({
      consent: 'granted',
      decisions: [{ placement: 'hero', outcome: 'campaign', arm: 'a' }],
    });
    expect(block?.decisions[0]?.token).toMatch(/^ht1\./);
  });

  it('is for one visitor: nothing of it may be kept or compared, what is the origin’s own stays', async () => {
    answer = () =>
      html({
        etag: '"1"',
        'last-modified': 'Sun, 01 Nov 2026 00:00:00 GMT',
        'cache-control': 'public, max-age=600',
        'cdn-cache-control': 'max-age=60',
        'accept-ranges': 'bytes',
        age: '3',
        expires: 'Sun, 01 Nov 2026 00:00:00 GMT',
        vary: 'Accept-Encoding',
        'content-security-policy': "default-src 'self'",
        'set-cookie': 'theme=dark',
      });
    const { headers } = await view();
    for (const name of [
      'etag',
      'last-modified',
      'accept-ranges',
      'age',
      'expires',
      'cdn-cache-control',
      'content-length',
    ])
      expect(headers.get(name), name).toBeNull();
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('vary')).toBe('Accept-Encoding, Cookie');
    expect(headers.get('content-security-policy')).toBe("default-src 'self'");
    expect(headers.getSetCookie()).toEqual([
      'theme=dark',
      expect.stringMatching(/^hyperedge=a1\..*; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    answer = () => html({ 'cache-control': 'no-store' });
    expect((await view()).headers.get('cache-control')).toBe('private, no-store');
  });

  it('is asked for as a whole: whoever has the page as it is has not this one', async () => {
    await view({
      headers: {
        'if-none-match': '"1"',
        'if-modified-since': 'Sun, 01 Nov 2026 00:00:00 GMT',
        'accept-encoding': 'gzip, deflate, br, zstd',
      },
    });
    const { headers, redirect } = received[0]!;
    expect([
      headers.get('if-none-match'),
      headers.get('if-modified-since'),
      headers.get('accept-encoding'),
      redirect,
    ]).toEqual([null, null, 'gzip, br', 'manual']);
  });

  it('seen before has all its decisions asked for at once, and in time for the first', async () => {
    answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
    const asked = vi.spyOn(app, 'fetch');
    await view();
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mockClear();
    answer = () =>
      scheduler.wait(20).then(() => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>'));
    const { block } = await view();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(block?.decisions.map(({ placement }) => placement)).toEqual(['hero', 'side']);
  });

  it('without placements is what it is from the second time on, and may be had already', async () => {
    answer = ({ headers }) =>
      headers.get('if-none-match') === '"1"'
        ? new Response(null, { status: 304 })
        : html({ etag: '"1"' }, '<p>Imprint</p>');
    expect((await view()).headers.get('etag')).toBeNull();
    const again = await view();
    expect([again.headers.get('etag'), again.headers.getSetCookie(), again.text]).toEqual([
      '"1"',
      [],
      '<p>Imprint</p>',
    ]);
    expect((await view({ headers: { 'if-none-match': '"1"' } })).status).toBe(304);
    // It has become another one.
    answer = () => html({ etag: '"2"' });
    expect((await view({ headers: { 'if-none-match': '"1"' } })).text).toContain('New');
  });

  it('asked for by HEAD has the headers that it would have', async () => {
    answer = () => html({ etag: '"1"' });
    const { text, headers } = await view({ method: 'HEAD' });
    expect([text, headers.get('etag'), headers.get('cache-control')]).toEqual(['', null, 'private, no-cache']);
  });

  it('may be kept by Cloudflare as it is, where the site says so and nobody is signed in', async () => {
    const init = vi.spyOn(globalThis, 'Request');
    const keeps = () =>
      init.mock.calls.some(
        ([, options]) => (options as { cf?: { cacheEverything?: boolean } } | undefined)?.cf?.cacheEverything,
      );
    await view();
    expect(keeps()).toBe(false);
    await view({ site: { cache: true }, headers: { authorization: 'Basic eDp5' } });
    expect(keeps()).toBe(false);
    await view({ site: { cache: true } });
    expect(keeps()).toBe(true);
  });
});

describe('a visitor', () => {
  it('is recognised on the next page, and has one id in cookie and block', async () => {
    const first = await view();
    expect(first.cookie).toBe(`hyperedge=${first.block?.anonymousId}`);
    const second = await view({ headers: { cookie: first.cookie } });
    expect(second.block?.anonymousId).toBe(first.block?.anonymousId);
    expect(second.cookie).toBe(first.cookie);
  });

  it('has the same id where placements are asked for one by one', async () => {
    answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
    const { block } = await view();
    const names = block?.decisions.map(({ decisionId }) => decisionId?.split('.')[0]);
    expect(new Set(names).size).toBe(1);
  });

  it.each([
    ['who has not been asked', '', 'pending'],
    ['of whom the cookie says something else', 'consent=maybe', 'pending'],
    ['who refuses', 'consent=no', 'denied'],
    ['who refuses one thing and takes another', 'consent=yes%20and%20no', 'denied'],
  ])('%s gets no id and is not recognised', async (_, said, consent) => {
    const { cookie } = await view();
    const { block, headers, text } = await view({ workspace: asking, headers: { cookie: `${said}; x=1` } });
    expect(block).toMatchObject({ consent });
    expect(block).not.toHaveProperty('anonymousId');
    expect(block?.decisions[0]).not.toHaveProperty('token');
    expect(headers.getSetCookie()).toEqual([]);
    expect(text).toContain('New');
    const known = await view({ workspace: asking, headers: { cookie: `${said}; ${cookie}` } });
    expect(known.text).not.toContain(cookie.split('=')[1]);
    expect(known.headers.getSetCookie().join()).toBe(
      consent === 'denied' ? 'hyperedge=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax' : '',
    );
  });

  it('who agrees gets one', async () => {
    const { block, cookie } = await view({
      workspace: asking,
      headers: { cookie: 'a=b; consent=%7B%22all%22%3A%22yes%22%7D' },
    });
    expect(cookie).toBe(`hyperedge=${block?.anonymousId}`);
  });

  it('is nobody where the site keeps no cookie: the next view would be another’s', async () => {
    const { block, headers, text } = await view({ workspace: bare });
    expect([block?.consent, block?.anonymousId, headers.getSetCookie(), text.includes('New')]).toEqual([
      'pending',
      undefined,
      [],
      true,
    ]);
  });

  it('of a preview is nobody, and nothing is kept', async () => {
    const { block, headers } = await view({ path: '/?hyperedge_preview=pv1.x' });
    expect([block?.preview, block?.anonymousId, headers.getSetCookie()]).toEqual([true, undefined, []]);
  });
});

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
    answer = page;
    const [expected, got] = [page(), await view()];
    expect([got.status, [...got.headers]]).toEqual([expected.status, [...expected.headers]]);
    if (!expected.headers.has('content-encoding')) expect(got.text).toBe(await expected.text());
  });

  it.each<[string, Call]>([
    ['what a page fetches by itself', { headers: { 'sec-fetch-dest': 'empty', 'if-none-match': '"1"' } }],
    ['an image', { headers: { accept: 'image/avif,image/webp', 'if-none-match': '"1"' } }],
    ['a form that is sent', { method: 'POST', body: 'a=b', headers: { 'if-none-match': '"1"' } }],
    [
      'a path that is left out',
      { path: '/account/', site: { paths: ['/', '/products/*'] }, headers: { 'if-none-match': '"1"' } },
    ],
  ])('%s, with its conditions and its body', async (_, call) => {
    const { text, headers } = await view(call);
    expect([text, headers.getSetCookie()]).toEqual([PAGE, []]);
    expect(received[0]!.headers.get('if-none-match')).toBe('"1"');
    expect(await received[0]!.text()).toBe(call.body ?? '');
  });

  it('a WebSocket, with what it is opened by', async () => {
    await view({ headers: { upgrade: 'websocket', 'sec-websocket-key': 'x' } });
    expect(received[0]!.headers.get('upgrade')).toBe('websocket');
  });

  it('a host that nobody named', async () => {
    const ctx = createExecutionContext();
    const response = await servePage(
      app,
      new Request('https://other.example/'),
      { ...bindings, EDGE_SITES: {} } as Env,
      ctx,
    );
    expect([await response.text(), received[0]!.url]).toEqual([PAGE, 'https://other.example/']);
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
    const { url, headers } = received[0]!;
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
    answer = () => new Response(null, { status: 301, headers: { location } });
    expect((await view({ site })).headers.get('location')).toBe(expected);
  });

  it('is not gone twice', async () => {
    await view();
    const { status, text } = await view({ headers: received[0]!.headers });
    expect([status, received.length]).toEqual([508, 1]);
    expect(text).toContain('leads back');
  });

  it('that leads nowhere is said in words', async () => {
    answer = () => Promise.reject(new Error('connection refused'));
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
    answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
    const startMs = Date.now();
    const { text, block } = await view({ site: { waitMs: 100 } });
    expect(Date.now() - startMs).toBeLessThan(5_000);
    expect([text.includes('<template'), block?.decisions]).toEqual([false, []]);
  });
});
