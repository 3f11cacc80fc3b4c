/** Decisions that leave no mark are not stored: what of them must hold all the same, and what sends a decision to its customer's object. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StubSource } from '../../durable-objects/shared/stub.ts';
import { knownName } from '../../worker/edge/visitor.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env & StubSource;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

type Document = { kind: string; [field: string]: unknown };

const campaign = (id: string, more: object = {}): Document => ({
  ...{ kind: 'campaign', id, name: id, objective: { goal: 'click' }, placements: [id] },
  arms: ['a', 'b'].map((arm) => ({ id: arm, content: { text: arm } })),
  ...more,
});
const BASE: Document[] = [
  ...['plain', 'other'].map((id) => ({ kind: 'placement', id, name: id })),
  { kind: 'attribute', id: 'plan', type: 'string', source: 'any' },
];
const publish = (...documents: Document[]) => publishDemo(bindings, workspace, [...BASE, ...documents]);

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
});

async function decide(more: object = {}, placements = ['plain']) {
  const { body } = await api.optimize({ placements, customer: { id: 'ann' }, ...more });
  expect(body.degraded).toBeUndefined();
  return body.decisions[0]!;
}
const isStored = async (decisionId?: string) => (await api.secret('GET', `/v1/decisions/${decisionId}`)).status === 200;
const objectOf = async (id: string) =>
  bindings.CUSTOMER.getByName(await knownName(bindings, workspace.workspaceId, id)) as DurableObjectStub;

/** How often an object is asked to decide from now on, until the test ends. */
async function watch() {
  const asked = { times: 0 };
  await runInDurableObject(await objectOf('ann'), (object) => {
    const methods = Object.getPrototypeOf(object) as { decide: (...args: unknown[]) => unknown };
    const real = methods.decide;
    methods.decide = function (...args) {
      asked.times += 1;
      return real.apply(this, args);
    };
    onTestFinished(() => {
      methods.decide = real;
    });
  });
  return asked;
}
/** Making them would be rows, too. */
const tablesOf = async (id: string) =>
  runInDurableObject(
    await objectOf(id),
    (_, { storage }) =>
      storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM sqlite_master WHERE name NOT GLOB '_cf_*'").one().n,
  );

describe('a decision that leaves no mark', () => {
  beforeEach(() => publish(campaign('plain'), campaign('other', { purpose: 'ads' })));

  it('is not stored, and its object is asked once in a while', async () => {
    const first = await decide();
    const asked = await watch();
    const second = await decide();
    expect([first, second]).toMatchObject([{ outcome: 'campaign' }, { outcome: 'campaign' }]);
    expect([await isStored(first.decisionId), await isStored(second.decisionId)]).toEqual([false, false]);
    expect(await tablesOf('ann')).toBe(0);
    expect(asked.times).toBe(0);
  });

  it('is stored with its feedback, counted once, and is the known customer’s', async () => {
    const tokens = [(await decide()).token!, (await decide()).token!];
    for (const token of [...tokens, ...tokens]) await api.feedback({ token, kind: 'exposure' });
    await api.feedback({ token: tokens[0], kind: 'goal', goal: 'click' });
    await api.feedback({ token: tokens[0], kind: 'goal', goal: 'click' });
    const { body } = await eventually(
      () => api.performance('plain'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 2, trials: 2, conversions: 1 });
    const anonymous = await runInDurableObject(await objectOf('ann'), (_, { storage }) =>
      storage.sql.exec<{ anonymous: number }>('SELECT anonymous FROM meta').one(),
    );
    expect(anonymous).toEqual({ anonymous: 0 });
    expect(await objectAlarm('ann')).toBeLessThan(Date.now() + 86_400_000);
  });

  it('is told by its record, and explained as of now', async () => {
    const { decisionId, token, arm } = await decide();
    await api.feedback({ token, kind: 'exposure' });
    const { status, body } = await api.secret<{ record: object; receipt: null }>('GET', `/v1/decisions/${decisionId}`);
    expect([status, body]).toMatchObject([200, { record: { campaignId: 'plain', armId: arm }, receipt: null }]);
    const asked = { placements: ['plain'], customer: { id: 'ann' } };
    const explained = await api.secret<{ placements: object[] }>('POST', '/v1/explain', asked);
    expect(explained.body.placements).toMatchObject([{ outcome: 'campaign', campaign: 'plain' }]);
  });

  it('keeps a refusal that was stored, from the next request on, through whichever object was asked before', async () => {
    expect(await decide()).toMatchObject({ outcome: 'campaign' });
    await api.secret('PUT', '/v1/customers/ann', { consent: { channels: { web: false } } });
    for (let i = 0; i < 3; i += 1) expect(await decide()).toMatchObject({ outcome: 'default' });
    await api.secret('PUT', '/v1/customers/ann', { consent: { purposes: { personalization: false } } });
    for (let i = 0; i < 3; i += 1) expect(await decide()).toMatchObject({ outcome: 'default' });
    await api.secret('PUT', '/v1/customers/ann', {});
    expect(await decide()).toMatchObject({ outcome: 'campaign' });
  });

  it('keeps what a page was told', async () => {
    const { customer } = (await api.optimizeFromPage({ placements: ['other'] })).body;
    const ask = async () => (await api.optimizeFromPage({ placements: ['other'], customer })).body.decisions[0]!;
    expect(await ask()).toMatchObject({ outcome: 'campaign' });
    await api.page('/v1/consent', { customer, purposes: { ads: false } });
    expect(await ask()).toMatchObject({ outcome: 'default' });
  });

  it('of before an erasure is void, also where its token comes first', async () => {
    const { token } = await decide();
    await api.secret('DELETE', '/v1/customers/ann');
    expect((await api.feedback({ token, kind: 'exposure' })).status).toBe(400);
    expect(await decide()).toMatchObject({ outcome: 'campaign' });
  });

  it('of a visitor who signed in goes to the one that they are', async () => {
    const first = (await api.optimizeFromPage({ placements: ['plain'] })).body;
    const { anonymousId } = first.customer;
    const again = (await api.optimizeFromPage({ placements: ['plain'], customer: { anonymousId } })).body;
    await decide({ customer: { id: 'ann', anonymousId } });
    for (const { token } of [...first.decisions, ...again.decisions])
      expect((await api.feedbackFromPage({ token, kind: 'exposure' })).body).toMatchObject({ accepted: 1 });
    const { body } = await api.secret<{ decisions: object[] }>('GET', '/v1/customers/ann');
    expect(body.decisions).toHaveLength(2);
  });
});

const objectAlarm = async (id: string) =>
  runInDurableObject(await objectOf(id), async (_, { storage }) => (await storage.getAlarm()) ?? 0);

describe('what the object alone knows is asked of it, and nothing is stored', () => {
  const LATELY = { audience: { condition: { 'outcomes.click.count.7d': { $gte: 1 } } } };
  it.each<[string, object, () => Promise<unknown>]>([
    [
      'a trait',
      { audience: { condition: { plan: 'gold' } } },
      () => api.secret('PUT', '/v1/customers/ann', { traits: { plan: 'gold' } }),
    ],
    ['a counter', LATELY, () => api.events({ customer: { id: 'ann' }, events: [{ kind: 'goal', goal: 'click' }] })],
    [
      'a campaign that must come first',
      { onlyAfter: [{ goal: 'click', within: '7d' }] },
      () => api.events({ customer: { id: 'ann' }, events: [{ kind: 'goal', goal: 'click' }] }),
    ],
  ])('%s', async (_, more, happens) => {
    await publish(campaign('plain', more), campaign('other'));
    // Asked before: what is remembered of her at the edge is her consent alone.
    expect(await decide({}, ['other'])).toMatchObject({ outcome: 'campaign' });
    expect(await decide()).toMatchObject({ outcome: 'default' });
    await happens();
    const decision = await decide();
    expect(decision).toMatchObject({ outcome: 'campaign' });
    expect(await isStored(decision.decisionId)).toBe(false);
  });

  it('not what the request says of itself', async () => {
    await publish(campaign('plain', { audience: { condition: { plan: 'gold' } } }));
    await decide();
    const asked = await watch();
    expect(await decide({ context: { attributes: { plan: 'gold' } } })).toMatchObject({ outcome: 'campaign' });
    expect(asked.times).toBe(0);
    expect(await decide()).toMatchObject({ outcome: 'default' });
    expect(asked.times).toBe(1);
  });
});

describe('a decision that leaves a mark is stored when it is made', () => {
  const CAP = { max: 9, per: '7d' };
  const SPLIT = { policy: 'fixed_split', weights: { a: 1, b: 1 } };
  it.each<[string, object, Document[]]>([
    ['a cap', { caps: [CAP] }, []],
    ['a cap of its channel', {}, [{ kind: 'channel', id: 'web', name: 'Web', cap: CAP, claimTtl: '2m' }]],
    ['a global cap', {}, [{ kind: 'channel', id: 'web', name: 'Web', countsTowardGlobal: true, claimTtl: '2m' }]],
    ['an arm that is kept', { sticky: { mode: 'days', days: 7 } }, []],
    ['an arm kept for a session', { sticky: { mode: 'session' } }, []],
    ['a holdout', { holdout: 0.1 }, []],
    ['a holdout of the workspace', {}, [{ kind: 'settings', holdout: 0.1 }]],
    ['fatigue', {}, [{ kind: 'settings', fatigue: { weight: 1 } }]],
    [
      'units of a pool',
      { pool: 'p', arms: [{ id: 'a', content: { text: 'a' }, costMinor: 1 }] },
      [{ kind: 'pool', id: 'p', name: 'P', totalMinor: 1_000_000 }],
    ],
    ['features', { features: [{ id: 'plan', attribute: 'plan', type: 'category', values: ['gold'] }] }, []],
    ['strategies that are compared', { strategies: ['x', 'y'].map((id) => ({ id, share: 0.5, strategy: SPLIT })) }, []],
    ['receipts of all decisions', {}, [{ kind: 'settings', receipts: 'all' }]],
  ])('%s', async (_, more, documents) => {
    await publish(campaign('plain', more), ...documents);
    // The second time, too: what was told of her before changes nothing of it.
    for (let i = 0; i < 2; i += 1) {
      const decision = await decide();
      expect(decision.outcome).not.toBe('default');
      expect(await isStored(decision.decisionId)).toBe(true);
    }
  });

  it('what bears its caller’s own time', async () => {
    await publish(campaign('plain'));
    const { decisionId } = await decide({ at: new Date(Date.now() - 60_000).toISOString() });
    expect(await isStored(decisionId)).toBe(true);
  });

  it('all of a request in which one placement leaves one, and nothing else of that customer', async () => {
    await publish(campaign('plain'), campaign('other', { caps: [CAP] }));
    const { body } = await api.optimize({ placements: ['plain', 'other'], customer: { id: 'ann' } });
    for (const { decisionId } of body.decisions) expect(await isStored(decisionId)).toBe(true);
    expect(await isStored((await decide()).decisionId)).toBe(false);
  });

  it('with its receipt, where all are kept: a first visit’s, too', async () => {
    await publish(campaign('plain'), { kind: 'settings', receipts: 'all' });
    const { body } = await api.optimizeFromPage({ placements: ['plain'] });
    const path = `/v1/decisions/${body.decisions[0]!.decisionId}`;
    const { body: receipt } = await api.secret<{ receipt: object; candidates: object }>('GET', path);
    expect(receipt).toMatchObject({ receipt: { format: 1 }, candidates: { plain: [{ campaign: 'plain' }] } });
  });
});
