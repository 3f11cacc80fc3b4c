/**
 * Whoever asks cannot tell from an answer whether a customer is known: for each public endpoint status, headers and shape of the answer are the
 * same for one with a past, one without, and an id that was never minted here. Compared by the types at every path; ids and times differ anyway.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceBundleResponse } from '../../../contract/device.ts';
import { createApp } from '../../../worker/app.ts';
import { makeProof, mintAnonymousId, siteSecret } from '../../../worker/edge/identity.ts';
import { openApiDocument } from '../../../worker/http/openapi.ts';
import { type Answer, apiOf } from '../api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const CONSENT = { consent: 'granted' };
let shop: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let proofOf: (id: string) => Promise<{ readonly id: string; readonly proof: string }>;

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  api = apiOf(shop);
  await publishDemo(bindings, shop, [
    ...demoDocuments(),
    { kind: 'attribute', id: 'plan', type: 'string' },
    { kind: 'placement', id: 'side', name: 'Side' },
    {
      kind: 'campaign',
      id: 'local',
      name: 'Local',
      onDevice: true,
      objective: { goal: 'click' },
      placements: ['side'],
      arms: [{ id: 'a', content: { text: 'A' } }],
    },
  ]);
  const secret = await siteSecret(bindings, shop.workspaceId, shop.siteId);
  proofOf = async (id) => ({ id, proof: await makeProof(secret, id, Math.floor(Date.now() / 1_000) + 600) });
  // What a cold isolate does first is no customer's doing.
  for (const placements of [['hero'], ['side']]) await api.optimizeFromPage({ placements, ...CONSENT });
});

/** Types at every path; entries of a list that look alike are one. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [key, shapeOf(child)] as const)
      .sort(),
  );
}

/** All that a caller sees of an answer, but for ids, times and how long it took. */
function lookOf({ status, headers, body }: Answer<unknown>): unknown {
  const seen = [...headers].map(([name, value]) => [
    name,
    name === 'server-timing' ? value.replaceAll(/dur=[\d.]+/g, 'dur') : value,
  ]);
  return { status, headers: seen, shape: shapeOf(body) };
}

type Customer = { readonly id?: string; readonly proof?: string; readonly anonymousId?: string };
let numbered = 0;

/** A life: decided for, seen, bought, told of, described by the server. */
async function withPast(customer: Customer): Promise<Customer> {
  for (let visit = 0; visit < 3; visit += 1) {
    const { body } = await api.optimizeFromPage({ placements: ['hero'], customer, ...CONSENT });
    const { token } = body.decisions[0]!;
    await api.feedbackFromPage({
      events: [
        { token, kind: 'exposure' },
        { token, kind: 'goal', goal: 'click' },
      ],
    });
  }
  const id = encodeURIComponent(customer.id ?? customer.anonymousId!);
  expect((await api.secret('PUT', `/v1/customers/${id}`, { traits: { plan: 'gold' } })).status).toBe(204);
  return customer;
}

const newId = async (): Promise<Customer> => ({ anonymousId: await mintAnonymousId(bindings, shop.workspaceId) });
const newKnown = (): Promise<Customer> => proofOf(`customer-${++numbered}`);

/** Those that must look alike, by name: with a past first. */
const people: Readonly<Record<string, () => Promise<readonly Customer[]>>> = {
  'known ids with a proof': async () => [await withPast(await newKnown()), await newKnown()],
  'anonymous ids': async () => [await withPast(await newId()), await newId()],
};

/** The public endpoints that name a customer, and what a page asks of each. */
const ENDPOINTS: Readonly<Record<string, (customer: Customer) => Promise<Answer<unknown>>>> = {
  '/v1/optimize': (customer) => api.page('/v1/optimize', { placements: ['hero'], customer, ...CONSENT }),
  '/v1/events': (customer) =>
    api.page('/v1/events', { customer, ...CONSENT, events: [{ kind: 'behaviour', name: 'looked' }] }),
  '/v1/consent': (customer) => api.page('/v1/consent', { customer, purposes: { analytics: false } }),
  '/v1/device/bundle': (customer) => api.page('/v1/device/bundle', { placements: ['side'], customer, ...CONSENT }),
  '/v1/device/decisions': async (customer) => {
    const { body } = await api.page<DeviceBundleResponse>('/v1/device/bundle', {
      placements: ['side'],
      customer,
      ...CONSENT,
    });
    const told = { placement: 'side', campaign: 'local', arm: 'a', leaves: { local: 'rest' } };
    const { bundle } = body;
    return api.page('/v1/device/decisions', { customer, ...CONSENT, bundle, decisions: [told] });
  },
  '/v1/feedback': async (customer) => {
    const { body } = await api.optimizeFromPage({ placements: ['hero'], customer, ...CONSENT });
    return api.page('/v1/feedback', { token: body.decisions[0]!.token, kind: 'exposure' });
  },
};

describe('status, headers and shape', () => {
  it('are asked of every public endpoint that takes a body', () => {
    type Described = { paths: Record<string, { post?: { security: object[] } }> };
    const { paths } = openApiDocument(createApp()) as Described;
    const open = Object.entries(paths).filter(([, { post }]) =>
      post?.security.some((scheme) => Object.hasOwn(scheme, 'publishableKey')),
    );
    expect(open.map(([path]) => path).sort()).toEqual(Object.keys(ENDPOINTS).sort());
  });

  for (const [who, meet] of Object.entries(people))
    it.each(Object.entries(ENDPOINTS))(`of ${who} with a past and without are the same: %s`, async (_path, ask) => {
      const [known, unknown] = (await meet()).map(ask);
      const [told, again] = [lookOf(await known!), lookOf(await unknown!)];
      expect(told).toMatchObject({ status: 200 });
      expect(again).toEqual(told);
    });

  it.each(['/v1/optimize', '/v1/events', '/v1/device/bundle'])(
    'of an anonymous id that was minted here and one that was made up are the same: %s',
    async (path) => {
      const ask = ENDPOINTS[path]!;
      const forged = 'a1.k1.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA';
      const [minted, madeUp] = [lookOf(await ask(await newId())), lookOf(await ask({ anonymousId: forged }))];
      expect(madeUp).toEqual(minted);
    },
  );

  it('of an erased customer are those of one who never was', async () => {
    const [known, never] = [await withPast(await newKnown()), await newKnown()];
    await api.secret('DELETE', `/v1/customers/${known.id}`);
    const ask = ENDPOINTS['/v1/optimize']!;
    expect(lookOf(await ask(known))).toEqual(lookOf(await ask(never)));
  });
});

describe('the comparison', () => {
  it('sees a field more, another type, another header and another status', () => {
    const answer = { status: 200, headers: new Headers({ a: '1' }), body: { list: [{ x: 1 }, { x: 2 }], y: null } };
    const same = { ...answer, body: { y: null, list: [{ x: 7 }] } };
    expect(lookOf(same)).toEqual(lookOf(answer));
    for (const other of [
      { ...answer, status: 404 },
      { ...answer, headers: new Headers({ a: '2' }) },
      { ...answer, headers: new Headers({ a: '1', b: '1' }) },
      { ...answer, body: { ...answer.body, more: 1 } },
      { ...answer, body: { ...answer.body, y: 1 } },
      { ...answer, body: { ...answer.body, list: [{ x: 1 }, { x: '2' }] } },
    ])
      expect(lookOf(other)).not.toEqual(lookOf(answer));
  });
});
