import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestWorkspace } from '../../tests/workerd/workspace.ts';
import { app, type Call, html, look, origin, standIn, workspaceWith } from './testing/site.ts';

/** A site whose visitors are asked, one that needs no consent, and one without a cookie. */
let asking: TestWorkspace;
let open: TestWorkspace;
let bare: TestWorkspace;

beforeAll(async () => {
  asking = await workspaceWith('required', {});
  open = await workspaceWith('not_required', {});
  bare = await workspaceWith('not_required', undefined);
});
beforeEach(standIn);
afterEach(() => vi.restoreAllMocks());

const view = (call: Partial<Call> = {}) => look({ workspace: open, asks: call.workspace === asking, ...call });

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
    origin.answer = () =>
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
      expect.stringMatching(/^__Host-hyperedge=a1\..*; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    origin.answer = () => html({ 'cache-control': 'no-store' });
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
    const { headers, redirect } = origin.received[0]!;
    expect([
      headers.get('if-none-match'),
      headers.get('if-modified-since'),
      headers.get('accept-encoding'),
      redirect,
    ]).toEqual([null, null, 'gzip, br', 'manual']);
  });

  it('seen before has all its decisions asked for at once, and in time for the first', async () => {
    origin.answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
    const asked = vi.spyOn(app, 'fetch');
    await view();
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mockClear();
    origin.answer = () =>
      scheduler.wait(20).then(() => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>'));
    const { block } = await view();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(block?.decisions.map(({ placement }) => placement)).toEqual(['hero', 'side']);
  });

  it('without placements is what it is from the second time on, and may be had already', async () => {
    origin.answer = ({ headers }) =>
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
    origin.answer = () => html({ etag: '"2"' });
    expect((await view({ headers: { 'if-none-match': '"1"' } })).text).toContain('New');
  });

  it('asked for by HEAD has the headers that it would have', async () => {
    origin.answer = () => html({ etag: '"1"' });
    const { text, headers } = await view({ method: 'HEAD' });
    expect([text, headers.get('etag'), headers.get('cache-control')]).toEqual(['', null, 'private, no-cache']);
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('of one ETag for all queries is looked at for each', async () => {
    origin.answer = ({ url }) =>
      html({ etag: '"1"' }, url.includes('b') ? '<h1 data-hyperedge="hero">own</h1>' : 'none');
    await view({ path: '/?a' });
    expect((await view({ path: '/?b' })).text).toContain('New');
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
    await view({ site: { cache: true }, headers: { cookie: 'consent=yes; session=alice' } });
    expect(keeps()).toBe(false);
    await view({ asks: true, site: { cache: true }, headers: { cookie: 'consent=yes; __Host-hyperedge=a1.x' } });
    expect(keeps()).toBe(true);
  });
});

describe('a visitor', () => {
  it('is recognised on the next page, and has one id in cookie and block', async () => {
    const first = await view();
    expect(first.cookie).toBe(`__Host-hyperedge=${first.block?.anonymousId}`);
    const second = await view({ headers: { cookie: first.cookie } });
    expect(second.block?.anonymousId).toBe(first.block?.anonymousId);
    expect(second.cookie).toBe(first.cookie);
  });

  it.each([
    ['another is', 'a1.k1.other.mac'],
    ['nothing is', undefined],
  ])('whose id has ended: %s told to the page', async (_, anonymousId) => {
    const { cookie } = await view();
    const real = app.fetch;
    vi.spyOn(app, 'fetch').mockImplementation(async (...call) => {
      const answer = (await (await real(...call)).json()) as object;
      return Response.json({ ...answer, customer: { ...(anonymousId && { anonymousId }) } });
    });
    const { block } = await view({ headers: { cookie } });
    expect([block?.decisions.length, block?.anonymousId]).toEqual([1, anonymousId]);
  });

  it('has the same id where placements are asked for one by one', async () => {
    origin.answer = () => html({}, '<h1 data-hyperedge="hero">1</h1><p data-hyperedge="side">2</p>');
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
      consent === 'denied' ? '__Host-hyperedge=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax' : '',
    );
  });

  it('who leaves something out has that told, and handed over', async () => {
    const real = app.fetch;
    const bodies: unknown[] = [];
    vi.spyOn(app, 'fetch').mockImplementation(async (request, ...rest) => {
      bodies.push(await request.clone().json());
      return real(request, ...rest);
    });
    const { block } = await view({ workspace: asking, headers: { cookie: 'consent=yes%20but%20ads:0' } });
    expect(block).toMatchObject({ consent: 'granted', purposes: { ads: false } });
    expect(bodies).toMatchObject([{ consent: 'granted', purposes: { ads: false } }]);
  });

  it('whose browser refuses ads for them has that told', async () => {
    const { block } = await view({ workspace: asking, headers: { cookie: 'consent=yes', 'sec-gpc': '1' } });
    expect(block).toMatchObject({ consent: 'granted', purposes: { ads: false } });
  });

  it('who agrees gets one', async () => {
    const { block, cookie } = await view({
      workspace: asking,
      headers: { cookie: 'a=b; consent=%7B%22all%22%3A%22yes%22%7D' },
    });
    expect(cookie).toBe(`__Host-hyperedge=${block?.anonymousId}`);
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
