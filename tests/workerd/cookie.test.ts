/** The first-party cookie: set, read and cleared by the API where it answers on the page's own site, and nowhere else. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { call } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
/** Pages and API of the tests: `https://shop.example` asks `https://api.shop.example`, or its own host. */
const [PAGE, BESIDE, ELSEWHERE] = ['https://shop.example', 'https://api.shop.example', 'https://api.example'];
let shop: TestWorkspace;
let hostOnly: TestWorkspace;
let plain: TestWorkspace;

async function workspaceWith(cookie: object | undefined): Promise<TestWorkspace> {
  const workspace = await createWorkspace(bindings, { consent: 'required' });
  const site = { kind: 'site', id: 'shop', name: 'Shop', siteKind: 'web', origins: [PAGE], ...(cookie && { cookie }) };
  await publishDemo(bindings, workspace, [...demoDocuments(), site]);
  return workspace;
}

beforeAll(async () => {
  shop = await workspaceWith({ domain: 'shop.example' });
  hostOnly = await workspaceWith({ name: '__Host-he', maxAgeDays: 1 });
  plain = await workspaceWith(undefined);
});

interface Sent {
  readonly to?: string;
  readonly origin?: string;
  readonly cookie?: string;
  readonly key?: string;
  readonly body?: Record<string, unknown>;
  readonly path?: string;
}

async function send(workspace: TestWorkspace, sent: Sent = {}) {
  const { to = BESIDE, origin = PAGE, cookie, key = workspace.publishableKey, path = '/v1/optimize', body } = sent;
  const asked = path === '/v1/optimize' ? { placements: ['hero'] } : { customer: {}, events: [] };
  const headers = { origin, ...(cookie !== undefined && { cookie }) };
  const answer = await call<OptimizeResponse>(
    'POST',
    path,
    key,
    { consent: 'granted', ...asked, ...body },
    headers,
    to,
  );
  const set = answer.headers.getSetCookie();
  return { ...answer, set, id: answer.body.customer?.anonymousId };
}

describe('a page of the site, with consent', () => {
  it('gets its id in a cookie that scripts cannot read, for all hosts under the domain', async () => {
    const { set, id, headers } = await send(shop);
    expect(set).toEqual([
      `hyperedge=${id}; Max-Age=7776000; Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax`,
    ]);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-origin')).toBe(PAGE);
  });

  it('is recognised by it where it names nobody, by optimize and by events, and the cookie begins anew', async () => {
    const { id } = await send(shop);
    const cookie = `theme=dark; hyperedge=${id}`;
    for (const path of ['/v1/optimize', '/v1/events']) {
      const again = await send(shop, { cookie, path });
      expect(again.id).toBe(id);
      expect(again.set).toHaveLength(1);
    }
  });

  it('is who it says it is, whatever the cookie says: also nobody', async () => {
    const [mine, other] = [(await send(shop)).id, (await send(shop)).id];
    const cookie = `hyperedge=${other}`;
    expect((await send(shop, { cookie, body: { customer: { anonymousId: mine } } })).id).toBe(mine);
    const forgotten = await send(shop, { cookie, body: { customer: { anonymousId: 'reset' } } });
    expect([mine, other]).not.toContain(forgotten.id);
    expect(forgotten.set[0]).toContain(`hyperedge=${forgotten.id};`);
  });

  it('is nobody with a cookie that does not verify; ours is found behind one that a neighbour planted', async () => {
    const { id } = await send(shop);
    for (const forged of [
      '',
      'x',
      `${id}x`,
      id?.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      'y'.repeat(5_000),
    ]) {
      const answer = await send(shop, { cookie: `hyperedge=${forged}` });
      expect(answer.status).toBe(200);
      expect(answer.id).not.toBe(id);
    }
    expect((await send(shop, { cookie: `hyperedge=planted; hyperedge=${id}` })).id).toBe(id);
  });

  it('with a host of its own sends it there alone', async () => {
    const { set } = await send(hostOnly, { to: PAGE });
    expect(set[0]).toMatch(/^__Host-he=a1\.[^;]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await send(hostOnly, { to: BESIDE })).set).toEqual([]);
  });
});

describe('nothing is set, and nothing read', () => {
  it.each<[string, () => Sent & { readonly from?: TestWorkspace }]>([
    ['where the API answers on another site', () => ({ to: ELSEWHERE })],
    ['for a site that keeps none', () => ({ from: plain })],
    ['for a secret key', () => ({ key: shop.secretKey, origin: BESIDE })],
    ['before consent', () => ({ body: { consent: 'pending' } })],
    ['where the request says nothing of consent and the site requires it', () => ({ body: { consent: undefined } })],
    ['for a page of another origin, though it is the same site', () => ({ origin: 'https://evil.shop.example' })],
  ])('%s', async (_case, sentBy) => {
    const { id } = await send(shop);
    const { from = shop, ...sent } = sentBy();
    const answer = await send(from, { ...sent, cookie: `hyperedge=${id}` });
    expect(answer.set).toEqual([]);
    if (answer.status === 200) expect(answer.id).not.toBe(id);
    const isListed = sent.to === undefined && from === shop && sent.origin === undefined;
    expect(answer.headers.get('access-control-allow-credentials')).toBe(isListed ? 'true' : null);
    expect(answer.headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('by a preview', async () => {
    const made = await call<{ query: string }>('POST', '/v1/campaigns/demo/preview', shop.secretKey, { arm: 'a' });
    const preview = decodeURIComponent(made.body.query.split('=')[1] as string);
    const answer = await send(shop, { body: { preview } });
    expect(answer.body.decisions[0]).toMatchObject({ preview: true });
    expect(answer.set).toEqual([]);
  });

  it('by a preflight, which may not tell whose page asks', async () => {
    const answer = await call('OPTIONS', '/v1/optimize', undefined, undefined, { origin: PAGE }, BESIDE);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('against consent, and after a reset', () => {
  const CLEARED = 'hyperedge=; Max-Age=0; Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax';

  it.each(['/v1/optimize', '/v1/events'])('%s has the browser forget a cookie that came along', async (path) => {
    const { id } = await send(shop);
    const denied = await send(shop, { path, cookie: `hyperedge=${id}`, body: { consent: 'denied' } });
    expect(denied.status).toBe(200);
    expect(denied.set).toEqual([CLEARED]);
    expect(denied.id).toBeUndefined();
    expect((await send(shop, { path, body: { consent: 'denied' } })).set).toEqual([]);
  });
});

describe('a site document', () => {
  const put = async (site: object) => {
    const path = '/v1/sites/shop';
    const etag = (await call('GET', path, plain.secretKey)).headers.get('etag') ?? '';
    const body = { id: 'shop', name: 'Shop', kind: 'web', origins: [PAGE], ...site };
    return call<{ errors: { field: string }[] }>('PUT', path, plain.secretKey, body, { 'if-match': etag });
  };

  it.each([
    ['/cookie/domain', { cookie: { domain: 'Shop.example' } }],
    ['/cookie/domain', { cookie: { domain: '.shop.example' } }],
    ['/cookie/domain', { cookie: { domain: 'localhost' } }],
    ['/cookie/domain', { cookie: { domain: '127.0.0.1' } }],
    ['/cookie/domain', { cookie: { domain: 'other.example' } }],
    ['/cookie/domain', { cookie: { domain: 'op.example' } }],
    ['/cookie/name', { cookie: { name: 'a;b' } }],
    ['/cookie/name', { cookie: { name: '__Host-he', domain: 'shop.example' } }],
    ['/cookie/maxAgeDays', { cookie: { maxAgeDays: 401 } }],
    ['/cookie', { kind: 'app', origins: [], cookie: {} }],
  ])('is refused, naming %s: %j', async (field, site) => {
    const { status, body } = await put(site);
    expect(status).toBe(422);
    expect(body.errors.map((error) => error.field)).toEqual([field]);
  });
});
