/** Two versions side by side, as every gradual rollout has them: what the older one does not know is not there, and money fails closed. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRules } from '../../../decisioning/catalog/read.ts';
import { LEDGER_SLICE_FORMAT, type RulesSlice, SLICE_FORMAT } from '../../../decisioning/catalog/slice.ts';
import type { DecideCall, DecideReply } from '../../../durable-objects/customer/protocol.ts';
import { rootStub, shardStub } from '../../../durable-objects/shared/stub.ts';
import { createApp } from '../../../worker/app.ts';
import { forgetLeases } from '../../../worker/edge/leases.ts';
import { apiOf } from '../api.ts';
import { giftDocuments, imbalanceOf, intercepted, optimizeWith, standingOf } from '../money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  forgetLeases();
  await publishDemo(bindings, workspace, [
    ...giftDocuments({ a: 3 }, { pool: 'spring' }, { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 100 }),
    { kind: 'placement', id: 'free', name: 'Free', defaultContent: { text: 'nothing' } },
    {
      kind: 'campaign',
      id: 'hello',
      name: 'Hello',
      objective: { goal: 'click' },
      placements: ['free'],
      arms: [{ id: 'a', content: { text: 'hello' } }],
    },
  ]);
});

/** What of a call or reply an older version knows: everything but some fields. */
function without<T extends object>(value: T, ...fields: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field))) as T;
}

/** Objects that an older worker asks: it knows of no purse. */
const askedByOlder = () =>
  intercepted(bindings.CUSTOMER, async (method, make, args) => {
    if (method === 'decide') args[0] = without(args[0] as DecideCall, 'purse');
    return make();
  });

/** Objects of an older version: they refuse slices of a format they do not know, and tell of no claims. */
const olderObjects = () =>
  intercepted(bindings.CUSTOMER, async (method, make, args) => {
    if (method !== 'decide') return make();
    const { slices = [] } = args[0] as DecideCall;
    if (slices.some(({ body }) => (JSON.parse(body) as RulesSlice).format !== SLICE_FORMAT))
      throw Object.assign(new Error('slice: unknown_format'), { remote: true });
    args[0] = without(args[0] as DecideCall, 'purse');
    const reply = (await make()) as DecideReply;
    if (reply.outcome !== 'decided') return reply;
    return { ...reply, decisions: reply.decisions.map((decision) => without(decision, 'claims')) };
  });

async function decideWith(customers: object, placement: string, id = 'ann') {
  const body = { requestId: `${placement}-${id}`, placements: [placement], customer: { id } };
  return (await optimizeWith({ ...bindings, CUSTOMER: customers }, workspace, body)).body.decisions[0]!;
}

describe('an older worker beside today’s objects', () => {
  it('gets decisions as ever where nothing is spent', async () => {
    expect(await decideWith(askedByOlder(), 'free')).toMatchObject({ outcome: 'campaign', arm: 'a' });
  });

  it('spends nothing: without a purse what needs units is not chosen', async () => {
    expect(await decideWith(askedByOlder(), 'offer')).toMatchObject({ outcome: 'default', reasons: { no_budget: 1 } });
    const standing = await standingOf(bindings, workspace, 'pool:spring');
    expect([standing.posted, standing.pending, imbalanceOf(standing)]).toEqual([0, 0, 0]);
  });

  it('may deliver statistics without what is newer, and with what only it knows', async () => {
    const address = { workspaceId: workspace.workspaceId, campaignId: 'hello' };
    const shard = await shardStub(bindings, address.workspaceId, address.campaignId, 0);
    const event = { seq: 1, leaf: 'rest', arm: 'a', hour: 500_000, change: { trials: 1 }, fromTomorrow: [1] };
    const delivery = { ...address, shard: 0, source: 'ann:1', events: [event], fromTomorrow: true };
    expect(await shard.apply(delivery)).toEqual({ outcome: 'applied', ackedSeq: 1 });
    const statistics = {
      exposures: 0,
      trials: 1,
      conversions: 0,
      revenueMinor: 0,
      customers: 0,
      convertedCustomers: 0,
      customerRevenueMinor: 0,
    };
    const cells = [{ leaf: 'rest', arm: 'a', hour: 500_000, statistics }];
    const root = await rootStub(bindings, address.workspaceId, address.campaignId);
    expect(await root.merge({ ...address, shard: 7, seq: 1, cells })).toEqual({ outcome: 'merged', seq: 1 });
  });
});

describe('today’s worker beside older objects', () => {
  it('gets decisions as ever where nothing is spent', async () => {
    expect(await decideWith(olderObjects(), 'free')).toMatchObject({ outcome: 'campaign', arm: 'a' });
  });

  it('shows default content where units are needed, and loses none', async () => {
    // A customer of their own each: what a slice is known by stays in the isolate of the object.
    const decision = await decideWith(olderObjects(), 'offer', 'bob');
    expect(decision.outcome).toBe('default');
    const standing = await standingOf(bindings, workspace, 'pool:spring');
    expect([standing.posted, standing.pending, imbalanceOf(standing)]).toEqual([0, 0, 0]);
  });

  it('says that learning cannot be told of yet, where a root knows of no holds', async () => {
    const api = apiOf(workspace);
    expect((await api.secret('GET', '/v1/campaigns/hello/learning')).status).toBe(200);
    const older = intercepted(bindings.CAMPAIGN_ROOT, async (method) => {
      throw new TypeError(`The RPC receiver does not implement the method "${method}".`);
    });
    const request = new Request('https://api.example/v1/campaigns/hello/learning', {
      headers: { authorization: `Bearer ${workspace.secretKey}` },
    });
    const replaced = { ...bindings, CAMPAIGN_ROOT: older } as unknown as Env;
    expect((await createApp().fetch(request, replaced, createExecutionContext())).status).toBe(503);
  });
});

describe('a slice of tomorrow', () => {
  it('is refused by its format, as those of ledgers are by readers of before', () => {
    const slice = { format: LEDGER_SLICE_FORMAT + 1, placement: 'offer' };
    expect(readRules(JSON.stringify(slice))).toEqual({ ok: false, reason: 'unknown_format', at: '/format' });
  });
});
