/** Caps under concurrency, eviction and lost replies: no claim is granted while used + pending ≥ cap. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { objectName } from '../../durable-objects/shared/naming.ts';
import { type Answer, apiOf } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const CALLS = 200;
const CAP = 3;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = [
  { kind: 'placement', id: 'offer', name: 'Offer', channel: 'outbound' },
  // Claims stay pending for the whole test, so that every grant counts.
  { kind: 'channel', id: 'outbound', name: 'Outbound', cap: { max: CAP, per: '7d' }, claimTtl: '1d' },
  {
    kind: 'campaign',
    id: 'capped',
    name: 'Capped',
    objective: { goal: 'click' },
    placements: ['offer'],
    arms: [{ id: 'a', content: { text: 'A' } }],
  },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
});

async function customerStub(id: string) {
  const name = await objectName(bindings.NAMING_SECRET, workspace.workspaceId, 'customer', 'known', id);
  return bindings.CUSTOMER.getByName(name);
}

const ask = (requestId: string) => api.optimize({ requestId, placements: ['offer'], customer: { id: 'ann' } });
const granted = (answers: readonly Answer<OptimizeResponse>[]) =>
  answers
    .filter(({ body }) => body.decisions?.[0]?.outcome === 'campaign')
    .map(({ body }) => body.decisions[0]!.decisionId);

async function storedClaims(): Promise<number> {
  return runInDurableObject(
    await customerStub('ann'),
    (_, { storage }) => storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM decisions').one().n,
  );
}

describe('a weekly cap of 3', () => {
  it('grants exactly 3 of 200 parallel calls with distinct request ids, the object evicted half-way', async () => {
    const half = Array.from({ length: CALLS / 2 }, (_, i) => ask(`r${i}`));
    const firstHalf = await Promise.all(half);
    await evictDurableObject(await customerStub('ann'));
    const secondHalf = await Promise.all(Array.from({ length: CALLS / 2 }, (_, i) => ask(`r${CALLS / 2 + i}`)));
    expect(new Set(granted([...firstHalf, ...secondHalf])).size).toBe(CAP);
    expect(await storedClaims()).toBe(CAP);
  });

  it('never grants more while the object is evicted under the calls', async () => {
    const calls = Array.from({ length: CALLS }, (_, i) => ask(`r${i}`));
    // Eviction waits for calls in flight to end; those behind it find a new instance.
    const evictions = Array.from({ length: 3 }, async () =>
      evictDurableObject(await customerStub('ann')).catch(() => undefined),
    );
    const answers = await Promise.all(calls);
    await Promise.all(evictions);
    expect(new Set(granted(answers)).size).toBeLessThanOrEqual(CAP);
    expect(await storedClaims()).toBeLessThanOrEqual(CAP);
  });

  it('gives exactly 3 grants when lost replies are retried under the same ids', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
    // The first round is carried out, but its answers never arrive.
    await Promise.all(ids.map(ask));
    await evictDurableObject(await customerStub('ann'));
    const answers = await Promise.all([...ids, ...ids].map(ask));
    expect(new Set(granted(answers)).size).toBe(CAP);
    // Each id that was granted is granted again, to its own retry.
    expect(granted(answers)).toHaveLength(2 * CAP);
    expect(await storedClaims()).toBe(CAP);
  });

  it('says why nobody else is granted, in the answer and in explain', async () => {
    await Promise.all(['r1', 'r2', 'r3'].map(ask));
    const { body } = await ask('r4');
    expect(body.decisions[0]).toMatchObject({ outcome: 'default', reasons: { capped_channel: 1 } });
    const explained = await api.secret('POST', '/v1/explain', { placements: ['offer'], customer: { id: 'ann' } });
    expect(explained.body).toMatchObject({
      placements: [
        { outcome: 'default', candidates: [{ campaign: 'capped', outcome: 'refused', reason: 'capped_channel' }] },
      ],
      touches: [{ state: 'pending' }, { state: 'pending' }, { state: 'pending' }],
    });
  });
});
