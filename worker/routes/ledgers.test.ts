/** Budgets, inventory and capacity over HTTP: the accounts of real ledgers, pages, and what does not answer. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Budget } from '../../contract/ledgers.ts';
import { budgetsResponse, capacityResponse, inventoryResponse } from '../../contract/ledgers.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import { budgetStub } from '../../durable-objects/shared/stub.ts';
import { type AdminApi, adminApi } from '../../tests/workerd/admin.ts';
import { createWorkspace, demoDocuments, publishDemo, type TestWorkspace } from '../../tests/workerd/workspace.ts';
import { createApp } from '../app.ts';
import { currentCatalog } from '../edge/catalog.ts';
import { budgetAnswer } from './ledgers-answer.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: AdminApi;

const [placement, campaign] = demoDocuments();
const arms = [
  { id: 'a', content: { text: 'A' }, costMinor: 150 },
  { id: 'b', content: { text: 'B' }, costMinor: 250 },
];
const documents = [
  placement!,
  { ...campaign!, arms, pool: 'spring', stock: 'bags', dailyCapacity: 40 },
  { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 125_000 },
  {
    kind: 'pool',
    id: 'daily',
    name: 'Every day',
    dailyMinor: 2_400,
    timeZone: 'Europe/Berlin',
    pacing: { mode: 'even' },
  },
  { kind: 'stock', id: 'bags', name: 'Gift bags', total: 50 },
  { kind: 'channel', id: 'web', name: 'Web', capacity: { perDay: 1_000, timeZone: 'Europe/Berlin' } },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = adminApi(workspace.secretKey);
  await publishDemo(bindings, workspace, documents);
});

/** Leases from a ledger and posts some of it, as a worker and customers would. */
async function spend(ledger: string, wanted: number, posted: readonly number[]): Promise<number> {
  const { workspaceId } = workspace;
  const found = await currentCatalog(bindings, createExecutionContext(), workspaceId, Date.now());
  const { directory, manifest } = found!.catalog;
  const address = { workspaceId, spec: directory.ledgers![ledger] as LedgerSpec, revision: manifest.revision };
  const stub = await budgetStub(bindings, workspaceId, ledger);
  const call = { ...address, holder: 'isolate', leaseId: crypto.randomUUID(), wanted, atLeast: 1, reports: [] };
  const reply = await stub.lease(call);
  if (reply.outcome !== 'leased') throw new Error(`refused: ${JSON.stringify(reply)}`);
  const { leaseId, units } = reply.lease;
  const settlements = posted.map((each, i) => ({ decisionId: `d${i}`, leaseId, units: each, kind: 'post' as const }));
  if (posted.length > 0) await stub.settle(workspaceId, ledger, settlements);
  return units;
}

describe('GET /v1/budgets', () => {
  it('has the four accounts of every pool, in minor units and as decimals; untouched, all of it is free', async () => {
    const { status, body } = await api.get('/v1/budgets');
    expect(status).toBe(200);
    expect(budgetsResponse.safeParse(body).error).toBeUndefined();
    expect([body.unavailable, body.next]).toEqual([[], null]);
    expect(body.items.map(({ pool }: Budget) => pool)).toEqual(['daily', 'spring']);
    const free = { minor: 125_000, amount: '1250.00' };
    const none = { minor: 0, amount: '0.00' };
    expect(body.items[1]).toMatchObject({
      ...{ pool: 'spring', name: 'Spring', currency: 'EUR', period: 'once', day: null, pacing: 'none' },
      ...{
        total: free,
        configured: free,
        posted: none,
        pending: none,
        leased: none,
        remaining: free,
        planned: null,
        uncharged: none,
      },
      ...{ spentShare: 0, aheadShare: null, price: 0, holders: 0, alerts: [] },
    });
  });

  it('shows what is leased and what is spent; the accounts add up', async () => {
    const units = await spend('pool:spring', 1_000, [150, 250]);
    const { body } = await api.get('/v1/budgets/spring');
    expect(body).toMatchObject({
      posted: { minor: 400, amount: '4.00' },
      leased: { minor: units - 400 },
      remaining: { minor: 125_000 - units },
      spentShare: 400 / 125_000,
      holders: 1,
    });
  });

  it('tells what is published beside a total that cannot be lowered so far', () => {
    const accounts = { total: 6_900, posted: 6_000, pending: 200, leased: 700, remaining: 0, uncharged: 0 };
    const about = { key: 'pool:spring', period: 'once', planned: null, price: 0, holders: 1, asOfMs: 0 };
    const spec: LedgerSpec = {
      ...{ key: 'pool:spring', total: 1_000, period: 'once', timeZone: 'UTC', startsAtMs: null, endsAtMs: null },
      ...{ pacing: { mode: 'none' }, alertsAt: [] },
    };
    const answer = budgetAnswer({ spec, standing: { ...about, ...accounts }, alerts: [] }, 'EUR');
    expect(answer).toMatchObject({ total: { amount: '69.00' }, configured: { minor: 1_000, amount: '10.00' } });
  });

  it('tells the day of a daily pool in its own zone, and how far it is from its plan', async () => {
    const { body } = await api.get('/v1/budgets/daily');
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' }).format(new Date(body.asOf));
    expect(body).toMatchObject({
      period: 'day',
      day,
      timeZone: 'Europe/Berlin',
      pacing: 'even',
      total: { minor: 2_400 },
    });
    expect(body.planned.minor).toBeGreaterThanOrEqual(0);
    expect(body.planned.minor).toBeLessThanOrEqual(2_400);
    expect(body.aheadShare).toBeCloseTo(-body.planned.minor / 2_400, 3);
  });

  it('comes in pages, each pool once; a cursor of another list is refused', async () => {
    const first = (await api.get('/v1/budgets?limit=1')).body;
    const second = (await api.get(`/v1/budgets?limit=1&cursor=${first.next}`)).body;
    expect([first, second].map(({ items }) => items[0].pool)).toEqual(['daily', 'spring']);
    expect(second.next).toBeNull();
    expect((await api.get(`/v1/inventory?cursor=${first.next}`)).status).toBe(400);
    expect((await api.get('/v1/budgets?limit=0')).status).toBe(422);
    expect((await api.get('/v1/budgets?limit=101')).status).toBe(422);
  });

  it('is empty before the first publish, and knows nothing that is not published', async () => {
    const fresh = adminApi((await createWorkspace(bindings)).secretKey);
    expect((await fresh.get('/v1/budgets')).body).toEqual({ items: [], unavailable: [], next: null });
    expect((await fresh.get('/v1/budgets/spring')).status).toBe(404);
    expect((await api.get('/v1/budgets/bags')).status).toBe(404);
    await api.post('/v1/pools', { id: 'draft', name: 'Draft', totalMinor: 1 });
    expect((await api.get('/v1/budgets/draft')).status).toBe(404);
  });

  it('is for secret keys', async () => {
    for (const path of ['/v1/budgets', '/v1/inventory/bags', '/v1/capacity', '/v1/alerts'])
      expect((await adminApi(workspace.publishableKey).get(path)).status).toBe(403);
  });
});

describe('GET /v1/inventory and /v1/capacity', () => {
  it('count things and contacts, which have no currency', async () => {
    await spend('stock:bags', 5, [1, 1, 1]);
    const { body } = await api.get('/v1/inventory');
    expect(inventoryResponse.safeParse(body).error).toBeUndefined();
    expect(body.items).toMatchObject([{ stock: 'bags', name: 'Gift bags', total: 50, posted: 3, spentShare: 0.06 }]);
    expect((await api.get('/v1/inventory/bags')).body).toMatchObject({ posted: 3 });
    // The documents stay where they were.
    expect((await api.get('/v1/stocks/bags')).body).toEqual({ id: 'bags', name: 'Gift bags', total: 50 });
  });

  it('have campaigns and channels with a capacity, of the local day', async () => {
    await spend('campaign:demo', 2, [1]);
    const { body } = await api.get('/v1/capacity');
    expect(capacityResponse.safeParse(body).error).toBeUndefined();
    expect(body.items).toMatchObject([
      { of: 'campaign', id: 'demo', name: 'Demo', total: 40, posted: 1, timeZone: 'UTC', period: 'day' },
      { of: 'channel', id: 'web', name: 'Web', total: 1_000, posted: 0, timeZone: 'Europe/Berlin' },
    ]);
    expect((await api.get('/v1/capacity/campaigns/demo')).body).toMatchObject({ of: 'campaign', posted: 1 });
    expect((await api.get('/v1/capacity/channels/web')).body).toMatchObject({ of: 'channel', remaining: 1_000 });
    expect((await api.get('/v1/capacity/channels/email')).status).toBe(404);
    expect((await api.get('/v1/capacity/placements/hero')).status).toBe(422);
  });
});

describe('a ledger that does not answer', () => {
  const app = createApp();

  /** The namespace of ledgers, one of which throws or hangs. */
  const without = (broken: number, how: 'throwing' | 'hanging') => {
    let asked = -1;
    const standing = () => (how === 'hanging' ? new Promise(() => undefined) : Promise.reject(new Error('down')));
    return {
      getByName: (name: string) => {
        asked += 1;
        return asked === broken ? { standing } : bindings.BUDGET.getByName(name);
      },
    };
  };

  async function ask(path: string, parts: Record<string, unknown>) {
    const request = new Request(`https://api.example${path}`, {
      headers: { authorization: `Bearer ${workspace.secretKey}` },
    });
    const startedMs = Date.now();
    const response = await app.fetch(request, { ...bindings, ...parts } as unknown as Env, createExecutionContext());
    return { status: response.status, tookMs: Date.now() - startedMs, body: (await response.json()) as never };
  }

  it('is named beside those that do, soon', async () => {
    const { status, body, tookMs } = await ask('/v1/budgets', { BUDGET: without(0, 'hanging') });
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [{ pool: 'spring' }], unavailable: ['pool:daily'] });
    expect(tookMs).toBeLessThan(5_000);
  });

  it('asked for alone is 503', async () => {
    const down = { getByName: () => ({ standing: () => Promise.reject(new Error('down')) }) };
    expect((await ask('/v1/budgets/spring', { BUDGET: down })).status).toBe(503);
  });

  it('is no matter of alerts: without the publisher budgets are told without them', async () => {
    await ask('/v1/budgets', {});
    const down = { getByName: () => ({ alerts: () => Promise.reject(new Error('down')) }) };
    const { status, body } = await ask('/v1/budgets/spring', { PUBLISHER: down });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('alerts');
    expect((await ask('/v1/alerts', { PUBLISHER: down })).status).toBe(503);
  });
});
