/**
 * Tokens that somebody made up: whatever field is changed, whoever signed it, and whatever else this API signs that is put in a token's place,
 * nothing is counted. How replays count stands in `rewards-storm.test.ts`, every character of a token in `decisioning/token/token.test.ts`.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceBundleResponse } from '../../../contract/device.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { DecisionRecord } from '../../../decisioning/record.ts';
import { decodeToken, encodeToken, MAX_TOKEN_LENGTH } from '../../../decisioning/token/token.ts';
import { base64Url } from '../../../durable-objects/shared/naming.ts';
import { mac } from '../../../worker/edge/mac.ts';
import { signPreview } from '../../../worker/edge/preview.ts';
import { tokenSigner } from '../../../worker/edge/token-signer.ts';
import { apiOf, call } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
const signer = tokenSigner(bindings);
const [KID = '', SECRET = ''] = bindings.TOKEN_KEYS.split(':');

let shop: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let other: ReturnType<typeof apiOf>;
let token: string;
let record: DecisionRecord;

beforeAll(async () => {
  shop = await createWorkspace(bindings);
  api = apiOf(shop);
  await publishDemo(bindings, shop);
  const elsewhere = await createWorkspace(bindings);
  other = apiOf(elsewhere);
  await publishDemo(bindings, elsewhere);
  ({ token, record } = await decided(api, 'ann'));
});

async function decided(where: typeof api, id: string) {
  const { body } = await where.optimize({ placements: ['hero'], customer: { id } });
  const made = body.decisions[0]!.token!;
  return { token: made, record: (await decodeToken(made, signer))! };
}

/** What became of a goal and of an exposure that are told with a token: one word if they fare alike. */
async function fateOf(told: string, where = api): Promise<string> {
  const { body } = await where.feedback({
    events: [
      { token: told, kind: 'exposure' },
      { token: told, kind: 'goal', goal: 'click' },
    ],
  });
  const problem = body as unknown as Problem;
  const fates = body.results
    ? body.results.map(({ status, reason }) => reason ?? status)
    : (problem.errors ?? []).map(({ detail }) => detail.split(':')[0]);
  return [...new Set(fates)].join(' and ');
}

/** Another value of the same type: what somebody would gain by. */
const changed = (value: unknown): unknown => {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'string' ? `${value}x` : { key: 'ffffffff', z: [1_000] };
};

/** The record as it is said to be, under the signature of the true one. */
async function underItsSignature(lie: Partial<Record<keyof DecisionRecord, unknown>>): Promise<string> {
  const lied = await encodeToken({ ...record, ...lie } as DecisionRecord, signer);
  return [...lied.split('.').slice(0, 3), token.split('.')[3]].join('.');
}

const signedBy = (keys: string): string => encodeToken(record, tokenSigner({ TOKEN_KEYS: keys }));

describe('a forged token', () => {
  it('with any of its fields changed under the signature of the true one is refused', async () => {
    const fields = [...Object.keys(record), 'features', 'sendAtMs'] as (keyof DecisionRecord)[];
    expect(new Set(fields).size).toBeGreaterThanOrEqual(26);
    for (const field of new Set(fields)) {
      const lie = await underItsSignature({ [field]: field === 'sendAtMs' ? 1 : changed(record[field]) });
      expect(lie, field).not.toBe(token);
      expect(await fateOf(lie), field).toBe('invalid_token');
    }
  });

  it('signed with a guessed key, with one withdrawn, under another’s id or none, is refused', async () => {
    const guessed = '99'.repeat(32);
    const [prefix, , payload, mine] = token.split('.');
    const forged = [
      await signedBy(`${KID}:${guessed}`),
      await signedBy(`k0:${guessed}`),
      // The right secret under an id that is not live: a key that was withdrawn, or never was.
      await signedBy(`k0:${SECRET}`),
      ...['', 'K1', 'k1 ', 'none', '__proto__', 'constructor', 'k1,k1', `${KID}:${SECRET}`].map((kid) =>
        [prefix, kid, payload, mine].join('.'),
      ),
    ];
    for (const one of forged) expect(await fateOf(one), one.slice(0, 40)).toBe('invalid_token');
  });

  it('without a signature, with an empty one, or as other makes of token say that they need none, is refused', async () => {
    const [prefix, kid, payload = '', mine = ''] = token.split('.');
    const none = base64Url(new TextEncoder().encode('{"alg":"none"}'));
    const hs256 = base64Url(new TextEncoder().encode('{"alg":"HS256","kid":"k1"}'));
    const forged = [
      [prefix, kid, payload].join('.'),
      [prefix, kid, payload, ''].join('.'),
      [prefix, kid, payload, 'A'.repeat(mine.length)].join('.'),
      [none, payload, ''].join('.'),
      [none, payload].join('.'),
      [hs256, payload, mine].join('.'),
      ['ht0', kid, payload, mine].join('.'),
      ['HT1', kid, payload, mine].join('.'),
      token.slice(0, -1),
      token.slice(1),
      `${token}.${mine}`,
      ` ${token}`,
      // The spelling of base64 with padding and the other letters is another token.
      `${token}==`,
      [prefix, kid, `${payload}=`, mine].join('.'),
    ];
    for (const one of forged) expect(await fateOf(one), one.slice(0, 40)).toBe('invalid_token');
    expect(await fateOf('x'.repeat(MAX_TOKEN_LENGTH + 1))).toBe('must have at most 2048 characters');
  });

  it('is not had from anything else that is signed here: previews, anonymous ids, bundles', async () => {
    const preview = await signPreview(bindings, shop.workspaceId, {
      campaignId: 'demo',
      armId: 'a',
      expiresAtMs: Date.now() + 60_000,
    });
    const page = await api.optimizeFromPage({ placements: ['hero'] });
    const anonymousId = page.body.customer.anonymousId!;
    const bundle = await api.page<DeviceBundleResponse>('/v1/device/bundle', { placements: ['hero'] });
    const { signature } = bundle.body.bundle;
    const [prefix, kid, payload = ''] = token.split('.');
    const message = `${prefix}.${kid}.${payload}`;
    const forged = [
      preview,
      anonymousId,
      signature,
      // Their signatures, and theirs of a decision's own text: each is made for one purpose.
      ...[preview, anonymousId, signature].map((signed) => `${message}.${signed.split('.').at(-1)}`),
      `${message}.${await mac(SECRET, 'preview', shop.workspaceId, payload)}`,
      `${message}.${await mac(SECRET, 'anonymous', shop.workspaceId, payload)}`,
      `${message}.${await mac(SECRET, 'device-bundle', message)}`,
      `${message}.${await mac(SECRET, message)}`,
    ];
    for (const one of forged) expect(await fateOf(one), one.slice(0, 40)).toBe('invalid_token');
    // And the other way round.
    const asPreview = await api.optimize({ placements: ['hero'], preview: token.slice(0, 1_024) });
    expect([asPreview.status, JSON.stringify(asPreview.body)]).toEqual([
      400,
      expect.stringContaining('invalid_preview'),
    ]);
    const asVisitor = await api.optimizeFromPage({
      placements: ['hero'],
      customer: { anonymousId: token.slice(0, 128) },
    });
    expect(asVisitor.body.customer.anonymousId).not.toBe(token.slice(0, 128));
  });
});

describe('a true token', () => {
  it('of another workspace is refused, with a key of either type', async () => {
    const { token: theirs } = await decided(other, 'ann');
    expect(await fateOf(theirs)).toBe('wrong_workspace');
    expect(await fateOf(token, other)).toBe('wrong_workspace');
    const page = await api.feedbackFromPage({ token: theirs, kind: 'exposure' });
    expect(JSON.stringify(page.body)).toContain('wrong_workspace');
  });

  it('of another site is refused with a publishable key', async () => {
    const elsewhere = await encodeToken({ ...record, siteId: 'blog' }, signer);
    const page = await api.feedbackFromPage({ token: elsewhere, kind: 'exposure' });
    expect(JSON.stringify(page.body)).toContain('wrong_site');
  });

  it('is refused from the millisecond on in which it expires', async () => {
    const expired = await encodeToken({ ...record, expiresAtMs: Date.now() }, signer);
    expect(await fateOf(expired)).toBe('expired_token');
    const distant = await encodeToken({ ...record, expiresAtMs: 0 }, signer);
    expect(await fateOf(distant)).toBe('expired_token');
  });

  it('told by somebody else counts for the customer it was made for, and for nobody else', async () => {
    const bobs = await decided(api, 'bob');
    const dumpOf = async (id: string) =>
      JSON.stringify((await call('GET', `/v1/customers/${id}`, shop.secretKey)).body);
    const [ann, bob] = [await dumpOf('ann'), await dumpOf('bob')];
    // From a page, by a visitor who is neither.
    const told = await api.feedbackFromPage({ token: bobs.token, kind: 'exposure' });
    expect(told.body.accepted).toBe(1);
    expect(await dumpOf('ann')).toBe(ann);
    expect(await dumpOf('bob')).not.toBe(bob);
  });

  it('after all of the above was never counted, and counts once', async () => {
    const before = await api.secret<{ totals: { trials: number } }>('GET', '/v1/campaigns/demo/performance');
    // Bob's exposure at most.
    expect(before.body.totals.trials).toBeLessThanOrEqual(1);
    expect(await fateOf(token)).toBe('accepted');
    expect(await fateOf(token)).toBe('duplicate');
  });
});
