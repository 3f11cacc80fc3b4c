/** The loop on real parts: decide, see, convert, learn, decide better. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = [
  { kind: 'goal', id: 'purchase', name: 'Purchase', source: 'server', window: '30d' },
  { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
  { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
  {
    kind: 'campaign',
    id: 'spring',
    name: 'Spring',
    objective: { goal: 'purchase', revenueWeight: 0.1 },
    placements: ['hero'],
    arms: [
      { id: 'a', content: { text: 'A' } },
      { id: 'b', content: { text: 'B' } },
    ],
  },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
});

async function decideFor(id: string) {
  const { body } = await api.optimize({ placements: ['hero'], customer: { id } });
  return body.decisions[0]!;
}

describe('the loop', () => {
  it('decides, credits exposure and purchase, and shows both in performance', async () => {
    const decision = await decideFor('ann');
    expect(decision).toMatchObject({ outcome: 'campaign', campaign: 'spring', propensity: { campaign: 1, arm: 0.5 } });
    const seen = await api.feedback({ token: decision.token, kind: 'exposure' });
    expect(seen.body).toMatchObject({ accepted: 1 });
    const bought = await api.feedback({
      token: decision.token,
      kind: 'goal',
      goal: 'purchase',
      value: 49.9,
      orderId: 'o1',
    });
    expect(bought.body).toMatchObject({ accepted: 1 });
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 1, rate: 1, revenueMinor: 4990 });
    expect(body.arms.find(({ arm }) => arm === decision.arm)).toMatchObject({ trials: 1, conversions: 1 });
  });

  it('changes the next decisions once an arm has shown itself better, within five seconds of the feedback', async () => {
    for (let i = 0; i < 30; i += 1) {
      const decision = await decideFor(`customer-${i}`);
      await api.feedback({ token: decision.token, kind: 'exposure' });
      if (decision.arm === 'b') await api.feedback({ token: decision.token, kind: 'goal', goal: 'purchase' });
    }
    const propensityOfB = async () => {
      const { body } = await api.secret<{
        placements: { candidates: { arms: { arm: string; probability: number }[] }[] }[];
      }>('POST', '/v1/explain', { placements: ['hero'], customer: { id: 'newcomer' } });
      return body.placements[0]!.candidates[0]!.arms.find(({ arm }) => arm === 'b')!.probability;
    };
    expect(await eventually(propensityOfB, (probability) => probability > 0.95)).toBeGreaterThan(0.95);
  });

  it('gives the same decision to the same request id, and another decision to another', async () => {
    const ask = (requestId: string) => api.optimize({ requestId, placements: ['hero'], customer: { id: 'ann' } });
    const first = await ask('r1');
    const again = await ask('r1');
    const other = await ask('r2');
    // Nothing was stored of it, so the token of the second answer is a later one: either speaks for the decision.
    const ofItsTime = { token: expect.any(String), claimExpiresAt: expect.any(String) };
    const decisions = first.body.decisions.map((decision) => ({ ...decision, ...ofItsTime }));
    expect(again.body).toEqual({ ...first.body, decisions });
    for (const { body } of [first, again])
      await api.feedback({ token: body.decisions[0]!.token, kind: 'goal', goal: 'purchase', orderId: 'o1' });
    const receipt = await api.secret<{ outcomes: object[] }>(
      'GET',
      `/v1/decisions/${first.body.decisions[0]!.decisionId}`,
    );
    expect(receipt.body.outcomes).toHaveLength(1);
    expect(other.body.decisions[0]!.decisionId).not.toBe(first.body.decisions[0]!.decisionId);
  });

  it('counts a repeated exposure and a repeated purchase once, and a second order as revenue only', async () => {
    const { token } = await decideFor('ann');
    const event = { token, kind: 'goal', goal: 'purchase', value: 10, orderId: 'o1' };
    const { body } = await api.feedback({
      events: [{ token, kind: 'exposure' }, { token, kind: 'exposure' }, event, event, { ...event, orderId: 'o2' }],
    });
    expect(body.results.map(({ status }) => status)).toEqual([
      'accepted',
      'duplicate',
      'accepted',
      'duplicate',
      'accepted',
    ]);
    const { body: performance } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.revenueMinor === 2000,
    );
    expect(performance.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 1, revenueMinor: 2000 });
  });

  it('credits a call-centre sale without a token once, to the latest exposed decision', async () => {
    const first = await decideFor('ann');
    await api.feedback({ token: first.token, kind: 'exposure' });
    const second = await decideFor('ann');
    await api.feedback({ token: second.token, kind: 'exposure' });
    const sale = {
      customer: { id: 'ann' },
      events: [{ kind: 'goal', goal: 'purchase', value: 120, orderId: 'CC-77' }],
    };
    expect((await api.events(sale)).body).toMatchObject({ accepted: 1 });
    expect((await api.events(sale)).body).toMatchObject({ accepted: 0, duplicates: 1 });
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ trials: 2, conversions: 1, revenueMinor: 12_000 });
    const receipt = await api.secret<{ outcomes: { goal: string }[] }>('GET', `/v1/decisions/${second.decisionId}`);
    expect(receipt.body.outcomes).toMatchObject([{ goal: 'purchase' }]);
  });

  it('an outcome before its exposure implies the exposure', async () => {
    const { token } = await decideFor('ann');
    await api.feedback({ token, kind: 'goal', goal: 'purchase' });
    expect((await api.feedback({ token, kind: 'exposure' })).body).toMatchObject({ duplicates: 1 });
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
  });
});

describe('tokens', () => {
  it('forged, altered and foreign tokens change no number', async () => {
    const { token } = await decideFor('ann');
    const other = await createWorkspace(bindings);
    await publishDemo(bindings, other, documents);
    const foreign = (await apiOf(other).optimize({ placements: ['hero'], customer: { id: 'ann' } })).body.decisions[0]!
      .token!;
    const parts = token!.split('.');
    const altered = [parts[0], parts[1], `${parts[2]!.slice(0, -2)}AA`, parts[3]].join('.');
    const forged = `ht1.k1.${btoa('[]').replaceAll('=', '')}.${'A'.repeat(22)}`;
    for (const bad of [altered, forged, foreign, 'ht1', `${token}x`, token!.replace('.k1.', '.k2.')]) {
      const { status, body } = await api.feedback({ token: bad, kind: 'goal', goal: 'purchase' });
      expect(status).toBe(400);
      expect(body).toMatchObject({ type: '/problems/invalid_token', errors: [{ field: '/token' }] });
    }
    await api.feedback({ token, kind: 'exposure' });
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.exposures === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 0 });
  });

  it('tokens of an erased customer are void', async () => {
    const { token } = await decideFor('ann');
    await api.feedback({ token, kind: 'exposure' });
    await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.exposures === 1,
    );
    expect((await api.secret('DELETE', '/v1/customers/ann')).status).toBe(204);
    expect((await api.secret('GET', '/v1/customers/ann')).status).toBe(404);
    const { status, body } = await api.feedback({ token, kind: 'exposure' });
    expect([status, body]).toMatchObject([400, { errors: [{ detail: expect.stringContaining('customer_erased') }] }]);
    expect((await api.performance('spring')).body.totals.exposures).toBe(1);
  });
});

describe('new visitors', () => {
  it('are decided without an object, which is born with the first exposure', async () => {
    const { body } = await api.optimizeFromPage({ placements: ['hero'] });
    const { anonymousId } = body.customer;
    expect(anonymousId).toMatch(/^a1\./);
    expect((await api.secret('GET', `/v1/customers/${anonymousId}`)).status).toBe(404);
    await api.feedbackFromPage({ token: body.decisions[0]!.token, kind: 'exposure' });
    const { body: dump } = await api.secret<{ decisions: { armId: string }[] }>('GET', `/v1/customers/${anonymousId}`);
    expect(dump.decisions).toMatchObject([{ armId: body.decisions[0]!.arm }]);
  });

  it('get the same id and the same decision when their first request is repeated', async () => {
    const ask = () => api.optimizeFromPage({ requestId: 'first-visit', placements: ['hero'] });
    const [first, again] = [await ask(), await ask()];
    expect(again.body).toMatchObject({ customer: first.body.customer });
    expect(again.body.decisions[0]).toMatchObject({
      decisionId: first.body.decisions[0]!.decisionId,
      arm: first.body.decisions[0]!.arm,
    });
  });

  it('without consent get content but no id and no token, and leave nothing', async () => {
    const { body } = await api.optimizeFromPage({ placements: ['hero'], consent: 'pending' });
    expect(body.customer).toEqual({});
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    expect(body.decisions[0]).not.toHaveProperty('token');
    expect(body.decisions[0]).not.toHaveProperty('decisionId');
  });

  it('become known: touches, tokens and the bucketing id follow', async () => {
    const first = await api.optimizeFromPage({ placements: ['hero'] });
    const { anonymousId } = first.body.customer;
    const { token } = first.body.decisions[0]!;
    await api.feedbackFromPage({ token, kind: 'exposure' });
    const second = await api.optimize({ placements: ['hero'], customer: { id: 'ann', anonymousId } });
    await api.feedback({ token: second.body.decisions[0]!.token, kind: 'exposure' });
    const { body } = await api.secret<{ decisions: { bucketingId: string; customer: string; token: string }[] }>(
      'GET',
      '/v1/customers/ann',
    );
    expect(body.decisions).toHaveLength(2);
    expect(body.decisions[1]!.bucketingId).toBe(body.decisions[0]!.customer);
    const bought = await api.feedback({ token, kind: 'goal', goal: 'purchase' });
    expect(bought.body).toMatchObject({ accepted: 1 });
    const { body: performance } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(performance.totals).toMatchObject({ exposures: 2, trials: 2, conversions: 1 });
  });
});

describe('keys and identity', () => {
  it('a publishable key needs a proof for a known id', async () => {
    const { status, body } = await api.optimizeFromPage({ placements: ['hero'], customer: { id: 'ann' } });
    expect([status, body]).toMatchObject([
      403,
      { type: '/problems/invalid_identity', errors: [{ field: '/customer/proof' }] },
    ]);
  });

  it('a server attribute sent with a publishable key is ignored and reported', async () => {
    const { body } = await api.optimizeFromPage({
      placements: ['hero'],
      context: { attributes: { plan: 'gold', nonsense: 1 } },
    });
    expect(body.ignoredAttributes).toEqual(['plan', 'nonsense']);
  });

  it('a server goal refuses publishable keys', async () => {
    const { body } = await api.optimizeFromPage({ placements: ['hero'] });
    const refused = await api.feedbackFromPage({ token: body.decisions[0]!.token, kind: 'goal', goal: 'purchase' });
    expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ field: '/goal' }] }]);
  });
});
