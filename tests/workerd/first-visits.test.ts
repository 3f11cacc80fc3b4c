/** First visits: decided without an object where nothing can be overspent, with one where a cap must hold. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const PLACEMENTS = ['p0', 'p1', 'p2', 'p3'];
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = (caps: object[], arms = ['a']) => [
  ...PLACEMENTS.map((id) => ({ kind: 'placement', id, name: id })),
  {
    kind: 'campaign',
    id: 'once',
    name: 'Once',
    objective: { goal: 'click' },
    placements: PLACEMENTS,
    caps,
    arms: arms.map((id) => ({ id, content: { text: id } })),
  },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
});

const chosen = (body: { decisions: { outcome: string }[] }) =>
  body.decisions.filter(({ outcome }) => outcome === 'campaign').length;

describe('a cap of 1', () => {
  beforeEach(() => publishDemo(bindings, workspace, documents([{ max: 1, per: '7d' }])));

  it('holds over one request id repeated for other placements', async () => {
    let granted = 0;
    for (const placement of PLACEMENTS) {
      granted += chosen((await api.optimizeFromPage({ requestId: 'the-same', placements: [placement] })).body);
    }
    expect(granted).toBe(1);
  });

  it('holds over a second request that arrives before the first exposure', async () => {
    const first = (await api.optimizeFromPage({ placements: ['p0'] })).body;
    const second = (await api.optimizeFromPage({ placements: ['p1'], customer: first.customer })).body;
    expect(chosen(first) + chosen(second)).toBe(1);
  });

  it('holds when the visitor becomes known in between', async () => {
    const { customer, ...first } = (await api.optimizeFromPage({ placements: ['p0'] })).body;
    const second = (await api.optimize({ placements: ['p1'], customer: { ...customer, id: 'ann' } })).body;
    expect(chosen(first) + chosen(second)).toBe(1);
  });

  it('holds against client time: a claim of the past is pending now', async () => {
    let granted = 0;
    for (let hour = 23; hour >= 0; hour -= 1) {
      const at = new Date(Date.now() - hour * 3_600_000).toISOString();
      const { body } = await api.optimize({ placements: ['p0'], customer: { id: 'ann' }, at });
      granted += chosen(body);
      const { token } = body.decisions[0]!;
      if (token) await api.feedback({ token, kind: 'exposure' });
    }
    expect(granted).toBe(1);
  });
});

describe('without a cap', () => {
  it('a first visit leaves nothing behind until it is seen', async () => {
    await publishDemo(bindings, workspace, documents([]));
    const { customer } = (await api.optimizeFromPage({ placements: ['p0'] })).body;
    expect((await api.secret('GET', `/v1/customers/${customer.anonymousId}`)).status).toBe(404);
  });

  it('a first request that was answered twice counts for the answer that is reported first', async () => {
    await publishDemo(bindings, workspace, documents([], ['old']));
    const ask = async () => (await api.optimizeFromPage({ requestId: 'twice', placements: ['p0'] })).body.decisions[0]!;
    const before = await ask();
    await publishDemo(bindings, workspace, documents([], ['new']));
    const after = await eventually(ask, ({ arm }) => arm === 'new');
    expect(after.decisionId).toBe(before.decisionId);
    expect((await api.feedbackFromPage({ token: after.token, kind: 'exposure' })).status).toBe(200);
    const refused = await api.feedbackFromPage({ token: before.token, kind: 'goal', goal: 'click' });
    expect([refused.status, refused.body]).toMatchObject([
      400,
      { errors: [{ detail: expect.stringContaining('superseded_token') }] },
    ]);
  });
});

describe('identity and consent', () => {
  beforeEach(() => publishDemo(bindings, workspace, documents([])));

  it('identify links without an event to carry it', async () => {
    const first = (await api.optimizeFromPage({ placements: ['p0'] })).body;
    await api.feedbackFromPage({ token: first.decisions[0]!.token, kind: 'exposure' });
    await api.events({ customer: { ...first.customer, id: 'ann' }, events: [] });
    const { body } = await api.secret<{ decisions: object[] }>('GET', '/v1/customers/ann');
    expect(body.decisions).toHaveLength(1);
  });

  it('a server must say whom it speaks of', async () => {
    const { status, body } = await api.events({ customer: {}, events: [{ kind: 'goal', goal: 'click' }] });
    expect([status, body]).toMatchObject([422, { errors: [{ field: '/customer' }] }]);
  });

  it.each([
    ['a no to the channel', { channels: { web: false } }],
    ['a no to personalization', { purposes: { personalization: false } }],
  ])('%s is heard', async (_, consent) => {
    await api.secret('PUT', '/v1/customers/ann', { consent });
    const { body } = await api.optimize({ placements: ['p0'], customer: { id: 'ann' } });
    expect(body.decisions[0]).toMatchObject({ outcome: 'default', reasons: { no_consent: 1 } });
  });

  it('a no to analytics leaves decisions as they are and counts nothing', async () => {
    await api.secret('PUT', '/v1/customers/ann', { consent: { purposes: { analytics: false } } });
    const count = async (id: string) => {
      const { body } = await api.optimize({ placements: ['p0'], customer: { id } });
      const { token } = body.decisions[0]!;
      await api.feedback({
        events: [
          { token, kind: 'exposure' },
          { token, kind: 'goal', goal: 'click' },
        ],
      });
    };
    await count('ann');
    await count('bob');
    const { body } = await eventually(
      () => api.performance('once'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
  });

  it('an unknown placement is named as such', async () => {
    const { body } = await api.optimize({ placements: ['p0', 'typo'], customer: { id: 'ann' } });
    expect(body.decisions).toMatchObject([{ outcome: 'campaign' }, { outcome: 'default', unknownPlacement: true }]);
    expect(body.decisions[0]).not.toHaveProperty('unknownPlacement');
  });

  it('half a character in an id is refused: two customers would become one', async () => {
    const { status, body } = await api.secret(
      'POST',
      '/v1/optimize',
      '{"placements":["p0"],"customer":{"id":"\\ud800"}}',
    );
    expect([status, body]).toMatchObject([422, { errors: [{ field: '/customer/id' }] }]);
  });
});
