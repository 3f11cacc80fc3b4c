/** Signing in gives a device another anonymous id: the one before, which anybody may have planted, leads nowhere without a proof. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DecisionAnswer, OptimizeResponse } from '../../contract/decisions.ts';
import type { EventsResponse } from '../../contract/events.ts';
import { customerStubByName, type StubSource } from '../../durable-objects/shared/stub.ts';
import { makeProof, siteSecret } from '../../worker/edge/identity.ts';
import { anonymousName } from '../../worker/edge/visitor.ts';
import { call } from './api.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const source = env as unknown as StubSource;
const [PAGE, API] = ['https://shop.example', 'https://api.shop.example'];
let shop: TestWorkspace;

beforeAll(async () => {
  shop = await createWorkspace(bindings, { consent: 'required' });
  const site = { kind: 'site', id: 'shop', name: 'Shop', siteKind: 'web', origins: [PAGE] };
  const campaign = { name: 'Plan', objective: { goal: 'click' }, placements: ['hero', 'side'], kind: 'campaign' };
  await publishDemo(bindings, shop, [
    ...demoDocuments().filter(({ kind }) => kind !== 'campaign'),
    { kind: 'placement', id: 'side', name: 'Side', defaultContent: { text: 'default' } },
    { ...site, cookie: { domain: 'shop.example' } },
    { kind: 'attribute', id: 'plan', type: 'string' },
    { kind: 'segment', id: 'golden', name: 'Golden', condition: { plan: 'gold' } },
    { kind: 'segment', id: 'others', name: 'Others', condition: { $not: { plan: 'gold' } } },
    {
      ...campaign,
      id: 'gold',
      audience: { segment: 'golden' },
      arms: [{ id: 'a', content: { text: 'for gold' } }],
    },
    { ...campaign, id: 'all', audience: { segment: 'others' }, arms: [{ id: 'a', content: { text: 'for all' } }] },
  ]);
});

type Customer = { readonly id?: string; readonly proof?: string; readonly anonymousId?: string | undefined };
interface Said {
  readonly id: string | undefined;
  readonly shown: unknown;
  readonly decision: DecisionAnswer;
  readonly cookie: string | undefined;
}

/** A page asks. */
async function ask(
  customer?: Customer,
  more: { cookie?: string | undefined; requestId?: string; placement?: string; agent?: string; context?: object } = {},
): Promise<Said> {
  const { cookie, placement = 'hero', agent = '', ...rest } = more;
  const body = { placements: [placement], consent: 'granted', ...(customer && { customer }), ...rest };
  const headers = { origin: PAGE, 'user-agent': agent, ...(cookie !== undefined && { cookie: `hyperedge=${cookie}` }) };
  const answer = await call<OptimizeResponse>('POST', '/v1/optimize', shop.publishableKey, body, headers, API);
  expect(answer.status).toBe(200);
  const [decision] = answer.body.decisions;
  const set = answer.headers.getSetCookie()[0];
  return {
    id: answer.body.customer?.anonymousId,
    shown: (decision?.content as { text?: string } | null)?.text,
    decision: decision as DecisionAnswer,
    cookie: set && /=([^;]*)/.exec(set)?.[1],
  };
}

/** A page tells. */
async function tell(customer: Customer, eventId: string, cookie?: string) {
  const body = { customer, consent: 'granted', events: [{ kind: 'behaviour', name: 'looked', eventId }] };
  const headers = { origin: PAGE, ...(cookie !== undefined && { cookie: `hyperedge=${cookie}` }) };
  return call<EventsResponse>('POST', '/v1/events', shop.publishableKey, body, headers, API);
}

let people = 0;
/** Somebody with a plan, and the proof of who they are. */
async function somebody(): Promise<{ readonly id: string; readonly proof: string }> {
  const id = `person-${++people}`;
  await call('PUT', `/v1/customers/${id}`, shop.secretKey, { traits: { plan: 'gold' } });
  const secret = await siteSecret(bindings, shop.workspaceId, shop.siteId);
  return { id, proof: await makeProof(secret, id, Math.floor(Date.now() / 1_000) + 600) };
}

async function dumpOf(id: string): Promise<string> {
  return JSON.stringify((await call('GET', `/v1/customers/${id}`, shop.secretKey)).body);
}

/** The minute in which other tabs may not have heard of the new id is over. */
async function afterGrace(anonymousId: string | undefined): Promise<void> {
  const name = await anonymousName(bindings, shop.workspaceId, anonymousId as string);
  const stub = customerStubByName(source, shop.workspaceId, name) as unknown as DurableObjectStub;
  await runInDurableObject(stub, (_, { storage }) => {
    const { rowsWritten } = storage.sql.exec('UPDATE address SET ends_at_ms = ?', Date.now() - 1);
    expect(rowsWritten).toBe(1);
  });
  await evictDurableObject(stub);
}

describe('whoever signs in with a proof', () => {
  it('gets another id, in the answer and the cookie, that stands for them without a proof; asked again it is the same', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    const signedIn = await ask({ ...gold, anonymousId: before });
    expect(signedIn).toMatchObject({ shown: 'for gold', cookie: signedIn.id });
    expect(signedIn.id).not.toBe(before);
    // Repeated, from another tab, and with the new id.
    const tabs = [before, before, signedIn.id].map((anonymousId) => ask({ ...gold, anonymousId }));
    for (const { id } of await Promise.all(tabs)) expect(id).toBe(signedIn.id);
    expect(await ask({ anonymousId: signedIn.id })).toMatchObject({ id: signedIn.id, shown: 'for gold' });
  });

  it('in two tabs at once: both get the same id', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    const tabs = await Promise.all([1, 2, 3].map(() => ask({ ...gold, anonymousId: before })));
    expect(new Set(tabs.map(({ id }) => id)).size).toBe(1);
  });

  it('is not brought back by the id of before: for a minute it is nobody, then a stranger, always the same', async () => {
    const [{ id: planted }, gold] = [await ask(), await somebody()];
    const { id: theirs } = await ask(gold, { cookie: planted });
    const within = await ask({ anonymousId: planted });
    expect(within).toMatchObject({ id: undefined, shown: 'for all', cookie: undefined });
    expect(within.decision.token).toBeUndefined();
    // Whoever it stands for, what the request itself says counts.
    const says = { context: { attributes: { plan: 'gold' } } };
    expect((await ask({ anonymousId: planted }, says)).shown).toBe('for gold');
    await afterGrace(planted);
    expect((await ask({ anonymousId: planted }, says)).shown).toBe('for gold');
    const stranger = await ask({ anonymousId: planted });
    expect(stranger.shown).toBe('for all');
    expect([planted, theirs, undefined]).not.toContain(stranger.id);
    expect((await ask({ anonymousId: planted })).id).toBe(stranger.id);
    expect(await ask({ anonymousId: planted }, { requestId: 'repeated-1' })).toMatchObject({ id: stranger.id });
    expect((await ask({ anonymousId: planted }, { agent: 'another browser' })).id).not.toBe(stranger.id);
    // And a proof under it still finds them, with the id they have.
    expect(await ask({ ...gold, anonymousId: planted })).toMatchObject({ id: theirs, shown: 'for gold' });
  });

  it('another tab of theirs with the id of before is found again by the cookie, at once and later', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    const { id: theirs } = await ask({ ...gold, anonymousId: before });
    for (const isOver of [false, true]) {
      if (isOver) await afterGrace(before);
      const tab = await ask({ anonymousId: before }, { cookie: theirs });
      expect(tab).toMatchObject({ id: theirs, shown: 'for gold', cookie: theirs });
    }
    expect((await tell({ anonymousId: before }, 'e1', theirs)).body.customer?.anonymousId).toBe(theirs);
    // A page that has forgotten its visitor is told of none.
    expect((await ask({ anonymousId: 'reset' }, { cookie: theirs })).shown).toBe('for all');
  });

  it('on a device of somebody else gets an id of their own, and takes nothing; the other keeps theirs', async () => {
    const [{ id: before }, ann, bob] = [await ask(), await somebody(), await somebody()];
    await tell({ anonymousId: before }, 'of-the-device');
    const { id: anns } = await ask({ ...ann, anonymousId: before });
    const { id: bobs } = await ask({ ...bob, anonymousId: anns });
    expect(new Set([before, anns, bobs]).size).toBe(3);
    await tell({ anonymousId: bobs }, 'of-bob');
    await tell({ anonymousId: anns }, 'of-ann');
    const [annsDump, bobsDump] = [await dumpOf(ann.id), await dumpOf(bob.id)];
    expect([annsDump.includes('of-the-device'), annsDump.includes('of-ann'), annsDump.includes('of-bob')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([bobsDump.includes('of-bob'), bobsDump.includes('of-ann')]).toEqual([true, false]);
  });

  it('by a server with a secret key keeps the id: nobody may be there to be told another', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    const body = { placements: ['hero'], customer: { id: gold.id, anonymousId: before } };
    const server = await call<OptimizeResponse>('POST', '/v1/optimize', shop.secretKey, body);
    expect(server.body.customer?.anonymousId).toBe(before);
    expect((await ask({ anonymousId: before })).shown).toBe('for gold');
    // Until they prove it themselves.
    const { id: theirs } = await ask({ ...gold, anonymousId: before });
    expect(theirs).not.toBe(before);
    expect((await ask({ anonymousId: before })).shown).toBe('for all');
  });
});

describe('events under the id of before', () => {
  it('reach the customer for a minute, name no id meanwhile, and then a stranger’s', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    const linked = await tell({ ...gold, anonymousId: before }, 'with-proof');
    // Answers to events are not read by every client: the id stays until the next question.
    expect(linked.body.customer?.anonymousId).toBe(before);
    const { id: theirs } = await ask({ ...gold, anonymousId: before });
    expect((await tell({ ...gold, anonymousId: before }, 'late')).body.customer?.anonymousId).toBe(theirs);
    const within = await tell({ anonymousId: before }, 'on-its-way');
    expect([within.body.accepted, within.body.customer, within.headers.getSetCookie()]).toEqual([1, undefined, []]);
    await afterGrace(before);
    const after = await tell({ anonymousId: before }, 'of-a-stranger');
    expect(after.body.accepted).toBe(1);
    expect([before, theirs]).not.toContain(after.body.customer?.anonymousId);
    // Sent again it is told again: the stranger is one.
    expect((await tell({ anonymousId: before }, 'of-a-stranger')).body.duplicates).toBe(1);
    const dump = await dumpOf(gold.id);
    expect(['with-proof', 'late', 'on-its-way', 'of-a-stranger'].map((id) => dump.includes(id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('a token from before is credited, however late; one made from then on is not', async () => {
    const requestId = `first-${people}`;
    const [first, gold] = [await ask(undefined, { requestId }), await somebody()];
    const { decision } = await ask({ anonymousId: first.id });
    await ask({ ...gold, anonymousId: first.id });
    await afterGrace(first.id);
    const see = (token: string | undefined) =>
      call<EventsResponse>(
        'POST',
        '/v1/feedback',
        shop.publishableKey,
        { kind: 'exposure', token },
        { origin: PAGE },
        API,
      );
    expect((await see(decision.token)).body).toMatchObject({ accepted: 1 });
    expect((await see(first.decision.token)).body).toMatchObject({ accepted: 1 });
    expect(await dumpOf(gold.id)).toContain(decision.decisionId);
    // The very first request again: the worker decides it alone, for the name that ended.
    const again = await ask(undefined, { requestId, placement: 'side' });
    const said = await see(again.decision.token);
    expect(JSON.stringify(said.body)).toContain('expired_token');
    expect(await dumpOf(gold.id)).not.toContain(again.decision.decisionId);
  });

  it('a no is not heard as the customer’s', async () => {
    const [{ id: before }, gold] = [await ask(), await somebody()];
    await ask({ ...gold, anonymousId: before });
    await afterGrace(before);
    const body = { customer: { anonymousId: before }, purposes: { personalization: false } };
    const said = await call('POST', '/v1/consent', shop.publishableKey, body, { origin: PAGE }, API);
    expect(said.body).toEqual({ outcome: 'nobody' });
    expect((await ask(gold)).shown).toBe('for gold');
  });
});
