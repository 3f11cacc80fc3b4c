/**
 * Proofs of identity that are not what they say, sent by a page to every endpoint that takes one: refused alike, and nothing of the customer is
 * read or written. What a proof is made of stands in `docs/guides/identity-and-keys.md`.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../contract/problem.ts';
import { makeProof, mintAnonymousId, siteSecret } from '../../../worker/edge/identity.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const ID = 'crm-4711';
let shop: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let secret: string;

const seconds = (): number => Math.floor(Date.now() / 1_000);
/** A proof that fits, unless told otherwise. */
const proofOf = (id = ID, aheadSeconds = 600, by = secret): string => makeProof(by, id, seconds() + aheadSeconds);

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  api = apiOf(shop);
  await publishDemo(bindings, shop, [
    ...demoDocuments(),
    { kind: 'attribute', id: 'plan', type: 'string' },
    { kind: 'site', id: 'blog', name: 'Blog', siteKind: 'web', origins: ['https://blog.example'] },
  ]);
  secret = await siteSecret(bindings, shop.workspaceId, shop.siteId);
  await api.secret('PUT', `/v1/customers/${ID}`, { traits: { plan: 'gold' } });
});

/** Every public endpoint that takes a known customer, by what it is sent. */
const ENDPOINTS: readonly (readonly [string, object])[] = [
  ['/v1/optimize', { placements: ['hero'] }],
  ['/v1/events', { events: [{ kind: 'behaviour', name: 'looked', eventId: 'planted' }], traits: { plan: 'stolen' } }],
  ['/v1/device/bundle', { placements: ['hero'] }],
];

/** The problem and its field, or the status of an answer. */
async function fateOf(customer: object, [path, body] = ENDPOINTS[0]!): Promise<string> {
  const { status, body: answer } = await api.page<Problem>(path, { ...body, customer });
  if (status === 200) return 'taken';
  expect(status).toBe(403);
  return `${answer.type?.split('/').at(-1)} ${answer.errors?.map(({ field }) => field).join()}`;
}

const REFUSED = 'invalid_identity /customer/proof';
const dump = async () => JSON.stringify((await api.secret('GET', `/v1/customers/${ID}`)).body);

/** By what is wrong with it. */
const forgeries = async (): Promise<Readonly<Record<string, object>>> => {
  const proof = await proofOf();
  const [exp = '', signature = ''] = proof.split('.');
  const blog = await siteSecret(bindings, shop.workspaceId, 'blog');
  const elsewhere = await siteSecret(bindings, `${shop.workspaceId}2`, shop.siteId);
  const withdrawn = await siteSecret(bindings, shop.workspaceId, shop.siteId, 2);
  const of = (text: string, id = ID) => ({ id, proof: text });
  return {
    'none at all': { id: ID },
    'of another id': of(await proofOf('crm-4712')),
    'of an id that begins alike': of(await proofOf('crm-471')),
    'of the id in capitals': of(await proofOf('CRM-4711')),
    'of the id with a blank': of(await proofOf(`${ID} `)),
    'by another site of the workspace': of(await proofOf(ID, 600, blog)),
    'by the same site of another workspace': of(await proofOf(ID, 600, elsewhere)),
    'by another version of the secret': of(await proofOf(ID, 600, withdrawn)),
    'by the publishable key, which pages have': of(await proofOf(ID, 600, shop.publishableKey)),
    'by an empty secret’s stand-in': of(await proofOf(ID, 600, ' ')),
    'expired this second': of(await proofOf(ID, 0)),
    'expired for a year': of(await proofOf(ID, -31_536_000)),
    'ahead more than an hour and a minute': of(await proofOf(ID, 3_600 + 62)),
    'ahead a year': of(await proofOf(ID, 31_536_000)),
    'in milliseconds': of(await makeProof(secret, ID, Date.now() + 600_000)),
    'with a later expiry than signed': of(`${Number(exp) + 60}.${signature}`),
    'with a zero before the expiry': of(`0${exp}.${signature}`),
    'without its expiry': of(`.${signature}`),
    'without its signature': of(`${exp}.`),
    'in another order': of(`${signature}.${exp}`),
    'cut by one': of(proof.slice(0, -1)),
    'longer by one': of(`${proof}A`),
    'with padding': of(`${proof}=`),
    'in hexadecimals': of(`${exp}.${Array.from(signature, (char) => char.charCodeAt(0).toString(16)).join('')}`),
    'of an id and an expiry that were joined elsewhere': of(await proofOf(`${ID}\n${exp}`)),
    'with its parts of another': of(`${exp}.${(await proofOf('crm-4712')).split('.')[1]}`),
  };
};

describe('a proof', () => {
  it('that fits is taken by every endpoint: the guard of what follows', async () => {
    for (const endpoint of ENDPOINTS.filter(([path]) => path !== '/v1/events'))
      expect(await fateOf({ id: ID, proof: await proofOf() }, endpoint), endpoint[0]).toBe('taken');
    // An hour ahead is what is promised, and a minute of clocks that differ.
    expect(await fateOf({ id: ID, proof: await proofOf(ID, 3_600) })).toBe('taken');
    expect(await fateOf({ id: ID, proof: await proofOf(ID, 2) })).toBe('taken');
  });

  it('that is missing, forged, expired, of another id, site or time is refused alike, and changes nothing', async () => {
    const [all, before] = [Object.entries(await forgeries()), await dump()];
    expect(all.length).toBeGreaterThanOrEqual(26);
    for (const [what, customer] of all)
      for (const endpoint of ENDPOINTS)
        expect(await fateOf(customer, endpoint), `${what}: ${endpoint[0]}`).toBe(REFUSED);
    expect(await dump()).toBe(before);
    expect(before).not.toMatch(/planted|stolen/);
  });

  it('that does not fit is not made good by an anonymous id, nor that id linked to the customer', async () => {
    const before = await dump();
    const anonymousId = await mintAnonymousId(bindings, shop.workspaceId);
    for (const endpoint of ENDPOINTS)
      expect(await fateOf({ id: ID, proof: await proofOf('crm-4712'), anonymousId }, endpoint)).toBe(REFUSED);
    expect(await dump()).toBe(before);
    expect(await fateOf({ anonymousId })).toBe('taken');
    expect((await api.secret('GET', `/v1/customers/${anonymousId}`)).body).not.toMatchObject({
      traits: { plan: 'gold' },
    });
  });

  it('is refused the same for customers who exist and who do not', async () => {
    const told = async (id: string) => {
      const { status, body, headers } = await api.page<Problem>('/v1/optimize', {
        placements: ['hero'],
        customer: { id, proof: await proofOf('other') },
      });
      return [status, body, [...headers.keys()]];
    };
    expect(await told(ID)).toEqual(await told('nobody-ever'));
  });

  it('of an id in one normalization of Unicode is none of the other: ids are compared as they are written', async () => {
    const [composed, decomposed] = ['j\u00f6rg', 'jo\u0308rg'] as const;
    expect(composed.normalize('NFD')).toBe(decomposed);
    for (const [id, other] of [
      [composed, decomposed],
      [decomposed, composed],
      // The Kelvin sign and K, a full-width letter, a letter of another script, a joiner that nobody sees.
      ['\u212a1', 'K1'],
      ['\uff41nn', 'ann'],
      ['\u0430nn', 'ann'],
      ['ann\u200d', 'ann'],
      ['stra\u00dfe', 'strasse'],
    ] as const) {
      expect(await fateOf({ id, proof: await proofOf(id) }), id).toBe('taken');
      expect(await fateOf({ id, proof: await proofOf(other) }), `${other} for ${id}`).toBe(REFUSED);
      expect(await fateOf({ id: other, proof: await proofOf(id) }), `${id} for ${other}`).toBe(REFUSED);
    }
  });

  it('is a text of at most its contract’s length: anything else is an invalid request, not an identity', async () => {
    for (const proof of [1, null, {}, [], true, 'x'.repeat(10_000)]) {
      const { status, body } = await api.page<Problem>('/v1/optimize', {
        placements: ['hero'],
        customer: { id: ID, proof },
      });
      expect([status, body.type]).toEqual([422, '/problems/invalid_request']);
    }
  });
});
