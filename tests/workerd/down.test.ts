/** When a part is down: default content quickly, nothing claimed twice, nothing lost. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OptimizeResponse } from '../../contract/decisions.ts';
import { forgetSharedFacts } from '../../durable-objects/customer/shared-facts.ts';
import { createApp } from '../../worker/app.ts';
import { currentCatalog, forgetCatalogs } from '../../worker/edge/catalog.ts';
import { askCustomer } from '../../worker/edge/customer-calls.ts';
import { decideCall } from '../../worker/edge/decide-call.ts';
import { forgetSlices, placementSlices } from '../../worker/edge/slices.ts';
import { knownName } from '../../worker/edge/visitor.ts';
import { Deadline } from '../../worker/http/deadline.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const app = createApp();
/** Of decisions, as they are deployed: the other tests leave a busy machine more time. */
const DECIDE_DEADLINE_MS = '250';
/** Room for a busy machine: a part that hangs does so for ever. */
const QUICK_MS = 2_500;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace);
});

/** A namespace whose objects throw, do not answer, or fail on the way. */
function broken(how: 'throwing' | 'hanging' | 'unreachable'): Record<string, unknown> {
  const call = async (): Promise<never> => {
    if (how === 'hanging') return new Promise<never>(() => undefined);
    throw Object.assign(new Error('boom'), how === 'throwing' ? { remote: true } : { retryable: true });
  };
  return { getByName: () => new Proxy({}, { get: (_, method) => (method === 'then' ? undefined : call) }) };
}

interface Heard<T> {
  readonly status: number;
  readonly body: T;
  readonly tookMs: number;
}

async function send<T>(method: string, path: string, body: unknown, parts: Record<string, unknown>): Promise<Heard<T>> {
  const ctx = createExecutionContext();
  const startedMs = Date.now();
  const request = new Request(`https://api.example${path}`, {
    method,
    headers: { authorization: `Bearer ${workspace.secretKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, { ...bindings, DECIDE_DEADLINE_MS, ...parts } as unknown as Env, ctx);
  const tookMs = Date.now() - startedMs;
  const heard = { status: response.status, body: (await response.json()) as T, tookMs };
  if (parts.hangs !== true) await waitOnExecutionContext(ctx);
  return heard;
}

describe('the customer’s object is down', () => {
  const ask = { requestId: 'r1', placements: ['hero'], customer: { id: 'ann' } };

  it.each(['throwing', 'hanging', 'unreachable'] as const)(
    '%s: default content, marked degraded, nothing claimed',
    async (how) => {
      const parts = { CUSTOMER: broken(how), hangs: how === 'hanging' };
      const { status, body, tookMs } = await send<OptimizeResponse>('POST', '/v1/optimize', ask, parts);
      expect(status).toBe(200);
      expect(body).toMatchObject({ degraded: true, decisions: [{ outcome: 'default', content: { text: 'default' } }] });
      expect(body.decisions[0]).not.toHaveProperty('token');
      expect(body.decisions[0]).not.toHaveProperty('decisionId');
      expect(tookMs).toBeLessThan(QUICK_MS);
      expect((await api.secret('GET', '/v1/customers/ann')).status).toBe(404);
      // The same request again, once the object is back, is decided for the first time.
      expect((await api.optimize(ask)).body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    },
  );

  it('a new visitor does not notice', async () => {
    const { body } = await send<OptimizeResponse>(
      'POST',
      '/v1/optimize',
      { placements: ['hero'] },
      { CUSTOMER: broken('throwing') },
    );
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    expect(body).not.toHaveProperty('degraded');
  });

  it('feedback and events answer 503, and the retry counts once', async () => {
    const { token } = (await api.optimize(ask)).body.decisions[0]!;
    const exposure = { token, kind: 'exposure' };
    const click = { customer: { id: 'ann' }, events: [{ kind: 'goal', goal: 'click', eventId: 'e1' }] };
    for (const [path, body] of [
      ['/v1/feedback', exposure],
      ['/v1/events', click],
    ] as const) {
      const { status, body: problem } = await send('POST', path, body, { CUSTOMER: broken('throwing') });
      expect([status, problem]).toMatchObject([503, { type: '/problems/unavailable' }]);
    }
    expect((await api.feedback(exposure)).body).toMatchObject({ accepted: 1 });
    expect((await api.events(click)).body).toMatchObject({ accepted: 1 });
    const { body } = await eventually(
      () => api.performance('demo'),
      ({ body }) => body.totals?.conversions === 1,
    );
    expect(body.totals).toMatchObject({ exposures: 1, trials: 1, conversions: 1 });
  });

  it.each([
    ['GET', '/v1/customers/ann', undefined],
    ['POST', '/v1/explain', { placements: ['hero'], customer: { id: 'ann' } }],
    ['GET', `/v1/decisions/${'a'.repeat(22)}.${'b'.repeat(22)}`, undefined],
  ])('%s %s answers 503 when it cannot be reached', async (method, path, body) => {
    expect((await send(method, path, body, { CUSTOMER: broken('unreachable') })).status).toBe(503);
  });
});

describe('the publisher is down', () => {
  it.each(['throwing', 'hanging', 'unreachable'] as const)(
    '%s: a cold isolate leaves the page its own content, quickly, and feedback is not lost',
    async (how) => {
      const { token } = (await api.optimize({ placements: ['hero'], customer: { id: 'ann' } })).body.decisions[0]!;
      // The colo's cache may still know: another second makes it forget.
      await scheduler.wait(1_100);
      forgetCatalogs();
      const parts = { PUBLISHER: broken(how), hangs: how === 'hanging' };
      const asked = await send('POST', '/v1/optimize', { placements: ['hero'] }, parts);
      expect([asked.status, asked.body]).toMatchObject([
        200,
        { degraded: true, decisions: [{ placement: 'hero', outcome: 'default', content: null }] },
      ]);
      expect(asked.tookMs).toBeLessThan(QUICK_MS);
      expect((await send('POST', '/v1/feedback', { token, kind: 'exposure' }, parts)).status).toBe(503);
      expect((await api.feedback({ token, kind: 'exposure' })).body).toMatchObject({ accepted: 1 });
    },
  );

  it('a warm isolate goes on deciding from what it has', async () => {
    const ask = { placements: ['hero'], customer: { id: 'ann' } };
    await api.optimize(ask);
    const { body } = await send<OptimizeResponse>('POST', '/v1/optimize', ask, {
      PUBLISHER: broken('hanging'),
      hangs: true,
    });
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
  });
});

describe('an object’s isolate that lacks slices and allocations', () => {
  it('gets them in exactly one more call, and needs none after that', async () => {
    const nowMs = Date.now();
    const ctx = createExecutionContext();
    forgetCatalogs();
    forgetSlices();
    const { workspaceId, siteId } = workspace;
    const deadline = new Deadline(() => ctx, 10_000);
    const { catalog } = (await currentCatalog(bindings, ctx, workspaceId, nowMs))!;
    const slices = await placementSlices(bindings, workspaceId, catalog.manifest, ['hero'], deadline);
    const name = await knownName(bindings, workspaceId, 'ann');
    const decideOnce = async (requestId: string) => {
      const call = await decideCall(bindings, {
        auth: { workspaceId, siteId, keyId: 'k', keyType: 'secret', site: undefined },
        visitor: { kind: 'known', name, anonymousName: null, anonymousId: null },
        catalog,
        slices,
        deadline,
        placements: ['hero'],
        requestId,
        repeatable: true,
        attributes: {},
        sessionId: undefined,
        receivedAtMs: nowMs,
        clientAtMs: undefined,
      });
      return askCustomer(bindings, call, catalog, (stub, current) => stub.decide(current));
    };
    forgetSharedFacts();
    const cold = await decideOnce('r1');
    expect([cold.calls, cold.reply.decisions[0]?.record?.campaignId]).toEqual([2, 'demo']);
    expect((await decideOnce('r2')).calls).toBe(1);
    await waitOnExecutionContext(ctx);
  });
});
