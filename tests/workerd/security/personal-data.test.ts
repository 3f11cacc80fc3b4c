/**
 * What names people stands in no log and in no address: a whole life of a customer, every endpoint asked well and badly, and parts that fail with
 * messages that quote their input, with planted marks in all that a caller sends. What is stored is looked into by `privacy.test.ts`.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../worker/app.ts';
import { makeProof, siteSecret } from '../../../worker/edge/identity.ts';
import { forgetKeys } from '../../../worker/edge/keys.ts';
import { openApiDocument } from '../../../worker/http/openapi.ts';
import { runJobs } from '../../../worker/jobs/index.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
let shop: TestWorkspace;
let logged: string[];

/** What people are known by, each as it stands nowhere else. */
const MARKS = {
  id: 'Zoe.Quartz-4711@mail.example',
  name: 'Zo\u00eb Quartzheim',
  phone: '+49-170-5550199',
  address: '203.0.113.77',
  address6: '2001:db8:77::abba',
  agent: 'QuartzBrowser/9.9',
  city: 'Quartzburg',
  url: 'https://shop.example/account/zoe-quartz?mail=zoe@mail.example',
  order: 'ORDER-quartz-1',
  session: 'session-quartz',
  behaviour: 'looked-quartz',
  event: 'event-quartz',
  request: 'request-quartz',
  forged: 'ht1.k1.quartztoken.mac',
} as const;

/** Every spelling in which a mark could leave. */
const SPELLINGS = Object.values(MARKS).flatMap((mark) => {
  const utf8 = String.fromCharCode(...new TextEncoder().encode(mark));
  const base64 = btoa(utf8).replaceAll('=', '');
  return [
    mark,
    mark.toLowerCase(),
    mark.toUpperCase(),
    encodeURIComponent(mark),
    JSON.stringify(mark).slice(1, -1),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
  ];
});

/** As a proxy hands a request on. */
const HEADERS = {
  'content-type': 'application/json',
  'cf-connecting-ip': MARKS.address,
  'x-forwarded-for': `${MARKS.address}, ${MARKS.address6}`,
  'x-real-ip': MARKS.address6,
  'user-agent': MARKS.agent,
  'cf-ipcity': MARKS.city,
  referer: MARKS.url,
  cookie: `hyperedge=${MARKS.forged}; mail=${encodeURIComponent(MARKS.id)}`,
};

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  await publishDemo(bindings, shop, [...demoDocuments(), { kind: 'attribute', id: 'name', type: 'string' }]);
});

beforeEach(() => {
  logged = [];
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    vi.spyOn(console, level).mockImplementation((...parts) => {
      logged.push(parts.map((part) => (part instanceof Error ? `${part.stack}` : String(part))).join(' '));
    });
});

afterEach(() => vi.restoreAllMocks());

/** Lines with a mark in any spelling, of which there must be none; and secrets, which have no place there either. */
function telling(): string[] {
  const secrets = [shop.secretKey, shop.publishableKey, bindings.NAMING_SECRET, bindings.SITE_SECRET_ROOT];
  return logged.filter((line) => [...SPELLINGS, ...secrets].some((mark) => line.includes(mark)));
}

type Fetch = (request: Request) => Promise<Response>;
const fetchShop: Fetch = (request) => exports.default.fetch(request);

async function send(method: string, path: string, body?: unknown, key = shop.secretKey, by = fetchShop) {
  const isPage = key === shop.publishableKey;
  const headers = { ...HEADERS, authorization: `Bearer ${key}`, ...(isPage && { origin: shop.origin }) };
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const init = { method, headers, ...(text === undefined ? {} : { body: text as string }) };
  const response = await by(new Request(`https://api.example${path}`, init));
  return { status: response.status, text: await response.text() };
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly isOpen: boolean;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}
type Described = {
  paths: Record<string, Record<string, { requestBody?: object; parameters?: []; security: object[] }>>;
};
const operations: Operation[] = Object.entries((openApiDocument(createApp()) as Described).paths).flatMap(
  ([path, item]) =>
    Object.entries(item).map(([method, { requestBody, parameters = [], security }]) => ({
      method: method.toUpperCase(),
      path,
      hasBody: requestBody !== undefined,
      isOpen: security.some((scheme) => Object.hasOwn(scheme, 'publishableKey')),
      parameters,
    })),
);

/** Everything a page and a server say of a person, from the first visit to being forgotten. */
async function wholeLife(): Promise<void> {
  const secret = await siteSecret(bindings, shop.workspaceId, shop.siteId);
  const proof = await makeProof(secret, MARKS.id, Math.floor(Date.now() / 1_000) + 600);
  const context = { url: MARKS.url, referrer: MARKS.url, attributes: { name: MARKS.name, phone: MARKS.phone } };
  const person = `/v1/customers/${encodeURIComponent(MARKS.id)}`;
  const ok = async (...sent: Parameters<typeof send>) => {
    const { status, text } = await send(...sent);
    expect(status, `${sent[0]} ${sent[1]}: ${text}`).toBeLessThan(300);
    return text === '' ? undefined : JSON.parse(text);
  };
  await ok('PUT', person, { traits: { name: MARKS.name } });
  const asked = { placements: ['hero'], requestId: MARKS.request, sessionId: MARKS.session, context };
  const customer = { id: MARKS.id, proof };
  const page = shop.publishableKey;
  const first = await ok('POST', '/v1/optimize', asked, page);
  const { decisions } = await ok(
    'POST',
    '/v1/optimize',
    { ...asked, customer: { ...customer, ...first.customer } },
    page,
  );
  const { token, decisionId } = decisions[0];
  await ok('POST', '/v1/feedback', { token, kind: 'exposure' }, page);
  await ok('POST', '/v1/feedback', { token, kind: 'goal', goal: 'click', orderId: MARKS.order, value: 4711.47 }, page);
  const events = [{ kind: 'behaviour', name: MARKS.behaviour, eventId: MARKS.event }];
  await ok('POST', '/v1/events', { customer, events, traits: { name: MARKS.name } }, page);
  await ok('POST', '/v1/device/bundle', { placements: ['hero'], customer, context }, page);
  await ok('POST', '/v1/explain', { placements: ['hero'], customer: { id: MARKS.id }, context });
  await ok('GET', `/v1/decisions/${decisionId}`);
  await ok('GET', person);
  await ok('POST', '/v1/consent', { customer, purposes: { personalization: false } }, page);
  await ok('DELETE', person);
}

/** Each endpoint with marks in its path, its query and its body, whatever becomes of it. */
async function everyEndpoint(by: Fetch = fetchShop): Promise<void> {
  for (const { method, path, hasBody, isOpen } of operations) {
    const asked = path.replaceAll(/\{\w+\}/g, encodeURIComponent(MARKS.id));
    const query = `?mail=${encodeURIComponent(MARKS.id)}&name=${encodeURIComponent(MARKS.name)}`;
    const bodies = hasBody
      ? [
          { customer: { id: MARKS.id, proof: MARKS.forged }, [MARKS.phone]: MARKS.name },
          { token: MARKS.forged, kind: 'exposure' },
          { placements: ['hero'], customer: { id: MARKS.id, proof: MARKS.forged } },
          { documents: [{ kind: 'campaign', id: MARKS.id, name: MARKS.name }] },
          `{"mail":"${MARKS.id}`,
          `[${JSON.stringify(MARKS.name)}]`,
        ]
      : [undefined];
    for (const body of bodies)
      for (const key of isOpen ? [shop.secretKey, shop.publishableKey] : [shop.secretKey]) {
        await send(method, asked, body, key, by);
        await send(method, `${asked}${query}`, body, key, by);
      }
  }
  for (const path of ['/', `/${MARKS.session}`, `/v1/${encodeURIComponent(MARKS.id)}`, `/x?mail=${MARKS.url}`])
    await send('GET', path, undefined, shop.secretKey, by);
}

describe('no personal data in logs', () => {
  it('of a whole life, by page and server', async () => {
    await wholeLife();
    expect(logged.length).toBeGreaterThan(10);
    expect(logged.some((line) => line.includes('/v1/customers/{id}'))).toBe(true);
    expect(telling()).toEqual([]);
  });

  it('of every endpoint, with marks in path, query, headers and body', { timeout: 120_000 }, async () => {
    expect(operations.length).toBeGreaterThan(60);
    await everyEndpoint();
    expect(logged.length).toBeGreaterThan(250);
    for (const route of operations.filter(({ isOpen }) => isOpen).map(({ path }) => path))
      expect(
        logged.some((line) => line.includes(`"${route}"`)),
        route,
      ).toBe(true);
    expect(telling()).toEqual([]);
  });

  it('of parts that fail with messages that quote what they were given', { timeout: 120_000 }, async () => {
    const app = createApp();
    const marks = Object.values(MARKS).join(' ');
    // With a line in it that looks as if it were of the stack.
    const quoting = (what: string) => () => {
      throw new TypeError(`${what}: ${marks}\n    at ${marks} (file:///${MARKS.session}.js:1:1)`);
    };
    const down = {
      objects: { CUSTOMER: { getByName: quoting('object') } },
      publisher: { PUBLISHER: { getByName: quoting('publisher') } },
      database: { DB: { prepare: quoting('D1_ERROR: near'), batch: quoting('D1_ERROR: near') } },
    };
    for (const broken of Object.values(down)) {
      forgetKeys();
      const ctx = createExecutionContext();
      await everyEndpoint(async (request) => app.fetch(request, { ...bindings, ...broken } as unknown as Env, ctx));
      await waitOnExecutionContext(ctx);
    }
    forgetKeys();
    expect(logged.filter((line) => line.includes('"status":50')).length).toBeGreaterThan(20);
    expect(logged.filter((line) => line.includes('"error":"TypeError"')).length).toBeGreaterThan(2);
    expect(telling()).toEqual([]);
  });

  it('of the jobs that run by themselves', async () => {
    const document = JSON.stringify({ documents: [{ kind: 'goal', id: MARKS.id, name: MARKS.name }] });
    const insert = 'INSERT INTO config_inbox (workspace_id, document, received_at) VALUES (?, ?, ?)';
    await bindings.DB.prepare(insert).bind(shop.workspaceId, document, Date.now()).run();
    await runJobs(bindings, createExecutionContext(), Date.now());
    const failing = () => {
      throw new Error(MARKS.id);
    };
    const broken = { ...bindings, DB: { prepare: failing } } as unknown as Env;
    await runJobs(broken, createExecutionContext(), Date.now());
    expect(logged.some((line) => line.includes('"job"'))).toBe(true);
    expect(telling()).toEqual([]);
  });

  it('would be found: a line with a mark in any spelling is told', () => {
    for (const line of [MARKS.id, encodeURIComponent(MARKS.name), btoa(MARKS.phone), shop.secretKey])
      console.log(`x ${line} y`);
    expect(telling()).toHaveLength(4);
    expect(logged).toHaveLength(4);
  });
});

describe('no personal data in addresses', () => {
  it('that a page asks: none of its endpoints has a parameter that could name anybody', () => {
    const open = operations.filter(({ isOpen }) => isOpen);
    const named = open.flatMap(({ method, path, parameters }) =>
      parameters.map((parameter) => `${method} ${path} ${parameter.in} ${parameter.name}`),
    );
    expect(named.toSorted()).toEqual([
      'GET /v1/models/{id}/device path id',
      'GET /v1/models/{id}/device query key',
      'GET /v1/models/{id}/files/{sha256} path id',
      'GET /v1/models/{id}/files/{sha256} path sha256',
      'GET /v1/models/{id}/files/{sha256} query key',
    ]);
  });

  it('that a server asks: the customer’s own address alone, with a secret key, and its log says {id}', () => {
    const named = operations.filter(({ path }) => /customer|visitor|person/.test(path));
    expect(named.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'DELETE /v1/customers/{id}',
      'GET /v1/customers/{id}',
      'PUT /v1/customers/{id}',
    ]);
    expect(named.some(({ isOpen }) => isOpen)).toBe(false);
    const queries = operations.flatMap(({ parameters }) => parameters.filter((one) => one.in === 'query'));
    expect(
      queries.map(({ name }) => name).filter((name) => /customer|anonymous|proof|token|mail|session/i.test(name)),
    ).toEqual([]);
  });
});
