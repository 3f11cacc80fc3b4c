/** Purposes: what a request refuses, what a visitor tells, what a server says; a no wins wherever it comes from. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerExport } from '../../contract/customers.ts';
import { makeProof, siteSecret } from '../../worker/edge/identity.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const GRANTED = { placements: ['hero'], consent: 'granted' };
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings, { consent: 'required' });
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    ...demoDocuments(),
    { kind: 'placement', id: 'ad', name: 'Ad' },
    { kind: 'placement', id: 'partner', name: 'Partner', channel: 'partners' },
    { kind: 'channel', id: 'partners', name: 'Partners', purpose: 'ads' },
    ...(['ad', 'partner'] as const).map((id) => ({
      kind: 'campaign',
      id: `for-${id}`,
      name: id,
      objective: { goal: 'click' },
      placements: [id],
      ...(id === 'ad' && { purpose: 'ads' }),
      arms: [{ id: 'a', content: { text: 'Buy' } }],
    })),
  ]);
});

const tell = async (customer: object, purposes: object) =>
  (await api.page<{ outcome: string }>('/v1/consent', { customer, purposes })).body.outcome;
const known = async (id: string) => {
  const secret = await siteSecret(bindings, workspace.workspaceId, workspace.siteId);
  return { id, proof: await makeProof(secret, id, Math.floor(Date.now() / 1_000) + 600) };
};
const exportOf = (id: string) => api.secret<CustomerExport>('GET', `/v1/customers/${encodeURIComponent(id)}`);
const visit = async (body: object = {}) => {
  const answer = (await api.optimizeFromPage({ ...GRANTED, ...body })).body;
  return { id: answer.customer.anonymousId as string, decision: answer.decisions[0]! };
};
const counted = async () => (await api.performance('demo')).body.totals;
const outcomesOf = ({ decisions }: { decisions: readonly { outcome: string }[] }) =>
  decisions.map(({ outcome }) => outcome);

describe('a request', () => {
  it('without personalization is one without consent: no id, no token, whatever it says of consent', async () => {
    const { body } = await api.optimizeFromPage({ ...GRANTED, purposes: { personalization: false } });
    expect(body.customer).toEqual({});
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign', campaign: 'demo' });
    expect(body.decisions[0]!.token).toBeUndefined();
    const { id } = await visit();
    const events = { customer: { anonymousId: id }, consent: 'granted', purposes: { personalization: false } };
    const { status } = await api.page('/v1/events', { ...events, events: [{ kind: 'goal', goal: 'click' }] });
    expect(status).toBe(422);
  });

  it('that says yes to a purpose adds nothing to a consent that is not there', async () => {
    const { body } = await api.optimizeFromPage({
      placements: ['hero', 'ad'],
      consent: 'pending',
      purposes: { personalization: true, ads: true },
    });
    expect(body.customer).toEqual({});
    expect(outcomesOf(body)).toEqual(['campaign', 'default']);
  });

  it('without analytics is remembered and counts in no sum; behaviour is refused, goals are kept', async () => {
    const purposes = { analytics: false };
    const { id, decision } = await visit({ purposes });
    const { token } = decision;
    const goal = { token, kind: 'goal', goal: 'click' };
    expect((await api.feedbackFromPage({ purposes, events: [{ token, kind: 'exposure' }, goal] })).body.accepted).toBe(
      2,
    );
    const customer = { anonymousId: id };
    const refused = await api.page('/v1/events', {
      customer,
      consent: 'granted',
      purposes,
      events: [{ kind: 'behaviour', name: 'looked' }],
    });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('no_consent');
    const held = (await exportOf(id)).body;
    expect(held.decisions).toHaveLength(1);
    expect(held.outcomes).toHaveLength(1);
    expect(held.behaviour).toEqual([]);
    // The guard of this very test: another visitor, who refused nothing, is counted, and alone.
    const other = (await visit()).decision.token;
    await api.feedbackFromPage({ token: other, kind: 'exposure' });
    await eventually(counted, (totals) => totals.exposures > 0);
    expect(await counted()).toMatchObject({ exposures: 1, trials: 1, conversions: 0 });
  });

  it('gets campaigns for ads, by their own word or their channel’s, only where it does not refuse them', async () => {
    const ask = async (body: object) =>
      outcomesOf((await api.optimizeFromPage({ ...GRANTED, placements: ['hero', 'ad', 'partner'], ...body })).body);
    expect(await ask({})).toEqual(['campaign', 'campaign', 'campaign']);
    expect(await ask({ purposes: { ads: true } })).toEqual(['campaign', 'campaign', 'campaign']);
    expect(await ask({ purposes: { ads: false } })).toEqual(['campaign', 'default', 'default']);
    expect(await ask({ consent: 'pending' })).toEqual(['campaign', 'default', 'default']);
  });
});

describe('POST /v1/consent', () => {
  it('an anonymous customer who wants no personalization is erased; sums stay, tokens are void, told twice it is the same', async () => {
    const { id, decision } = await visit();
    await api.feedbackFromPage({ token: decision.token, kind: 'exposure' });
    await eventually(counted, (totals) => totals.exposures === 1);
    expect((await exportOf(id)).status).toBe(200);
    for (let times = 0; times < 2; times += 1)
      expect(await tell({ anonymousId: id }, { personalization: false, ads: false })).toBe('erased');
    expect((await exportOf(id)).body.decisions ?? []).toEqual([]);
    const { status } = await api.feedbackFromPage({ token: decision.token, kind: 'goal', goal: 'click' });
    expect(status).toBe(400);
    expect(await counted()).toMatchObject({ exposures: 1, conversions: 0 });
  });

  it('a first visitor without an object is erased, too: their token is void', async () => {
    const { id, decision } = await visit();
    expect(await tell({ anonymousId: id }, { personalization: false })).toBe('erased');
    expect((await api.feedbackFromPage({ token: decision.token, kind: 'exposure' })).status).toBe(400);
  });

  it('a known one keeps the refusal: other devices get defaults, and nothing is taken of them any more', async () => {
    const customer = await known('ann');
    const phone = await visit({ customer });
    expect(phone.decision.outcome).toBe('campaign');
    expect(await tell(customer, { personalization: false })).toBe('kept');
    const laptop = await visit({ customer });
    expect(laptop.decision).toMatchObject({ outcome: 'default' });
    expect((await api.feedbackFromPage({ token: phone.decision.token, kind: 'exposure' })).status).toBe(422);
    const events = { customer, consent: 'granted', events: [{ kind: 'goal', goal: 'click' }] };
    expect((await api.page('/v1/events', events)).status).toBe(422);
    expect((await exportOf('ann')).body.profile.consent.told).toEqual({ personalization: false });
    expect(await tell(customer, { personalization: true })).toBe('kept');
    expect((await visit({ customer })).decision.outcome).toBe('campaign');
  });

  it('what a server refused no page takes back; what a page refused no profile of a server does', async () => {
    const customer = await known('bob');
    await api.secret('PUT', '/v1/customers/bob', { consent: { purposes: { ads: false } } });
    expect(await tell(customer, { ads: true })).toBe('refused');
    const asked = { ...GRANTED, placements: ['ad'], customer, purposes: { ads: true } };
    expect(outcomesOf((await api.optimizeFromPage(asked)).body)).toEqual(['default']);
    expect(await tell(customer, { analytics: false })).toBe('kept');
    await api.secret('PUT', '/v1/customers/bob', { consent: { purposes: { analytics: true } } });
    const { consent } = (await exportOf('bob')).body.profile;
    expect(consent).toMatchObject({ purposes: { analytics: true }, told: { analytics: false, ads: true } });
    const server = await api.secret<{ outcome: string }>('POST', '/v1/consent', {
      customer: { id: 'bob' },
      purposes: { ads: true },
    });
    expect(server.body.outcome).toBe('kept');
    expect(outcomesOf((await api.optimizeFromPage(asked)).body)).toEqual(['campaign']);
  });

  it('a refusal goes along when an anonymous customer turns out to be known; a yes does not', async () => {
    const { id, decision } = await visit();
    await api.feedbackFromPage({ token: decision.token, kind: 'exposure' });
    expect(await tell({ anonymousId: id }, { analytics: false, ads: true })).toBe('kept');
    await visit({ customer: { ...(await known('cleo')), anonymousId: id } });
    expect((await exportOf('cleo')).body.profile.consent.told).toEqual({ analytics: false });
  });

  it('by both ids, the anonymous one is erased and the known one keeps the refusal', async () => {
    const { id, decision } = await visit();
    await api.feedbackFromPage({ token: decision.token, kind: 'exposure' });
    expect(await tell({ ...(await known('dora')), anonymousId: id }, { personalization: false })).toBe('kept');
    expect((await exportOf(id)).body.decisions ?? []).toEqual([]);
    expect((await exportOf('dora')).body.profile.consent.told).toEqual({ personalization: false });
  });

  it('that consent is over on a device erases its anonymous customer, and speaks for no known one, linked or not', async () => {
    const over = (body: object) => api.page<{ outcome: string }>('/v1/consent', body).then(({ body }) => body.outcome);
    const { id, decision } = await visit();
    await api.feedbackFromPage({ token: decision.token, kind: 'exposure' });
    const linked = (await visit()).id;
    const ann = await known('ann');
    await visit({ customer: { ...ann, anonymousId: linked } });
    expect(await over({ customer: { id: 'ann', proof: 'expired', anonymousId: id } })).toBe('erased');
    expect((await exportOf(id)).body.decisions ?? []).toEqual([]);
    expect(await over({ customer: { anonymousId: linked } })).toBe('nobody');
    expect(await over({ customer: ann })).toBe('nobody');
    expect(await over({})).toBe('nobody');
    expect((await exportOf('ann')).status).toBe(404);
    expect((await visit({ customer: ann })).decision.outcome).toBe('campaign');
  });

  it('nobody: no customer, or an id that was not minted here; a wrong proof and an empty body are refused', async () => {
    expect(await tell({}, { ads: false })).toBe('nobody');
    expect(await tell({ anonymousId: 'a1.k1.forged.mac' }, { personalization: false })).toBe('nobody');
    const wrong = { customer: { id: 'ann', proof: '1.x' }, purposes: { ads: false } };
    expect((await api.page('/v1/consent', wrong)).status).toBe(403);
    expect((await api.page('/v1/consent', { customer: {}, purposes: {} })).status).toBe(422);
    expect((await api.page('/v1/consent', { customer: {}, purposes: { marketing: false } })).status).toBe(422);
  });
});
