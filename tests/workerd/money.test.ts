/** Pools, stocks and capacities end to end: leases, purses, claims, reports and settlements through the worker's own entry. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetLeases, IDLE_MS } from '../../worker/edge/leases.ts';
import { apiOf, eventually } from './api.ts';
import { giftDocuments, imbalanceOf, intercepted, optimizeWith, standingOf } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
const DAY_MS = 86_400_000;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  forgetLeases();
});
afterEach(() => void vi.useRealTimers());

const publish = (documents: Parameters<typeof publishDemo>[2]) => publishDemo(bindings, workspace, documents);
const pool = (totalMinor: number) => ({ kind: 'pool', id: 'spring', name: 'Spring', totalMinor });
const paid = (costs: Record<string, number>, totalMinor: number) =>
  publish(giftDocuments(costs, { pool: 'spring' }, pool(totalMinor)));
const decide = async (id: string) =>
  (await api.optimize({ requestId: id, placements: ['offer'], customer: { id } })).body.decisions[0]!;
const isGranted = ({ outcome }: { outcome: string }) => outcome === 'campaign';
const see = ({ token }: { token?: string | undefined }) => api.feedback({ token, kind: 'exposure' });
const standing = (key: string) => standingOf(bindings, workspace, key);

let asked = 0;
/** Customers that have not been asked before, all at once; those that were granted something. */
async function wave(size: number) {
  const decisions = await Promise.all(Array.from({ length: size }, () => decide(`customer-${asked++}`)));
  return decisions.filter(isGranted);
}

/** Leases come one after the other, and nobody waits for them for long: as many waves as it takes on a busy machine. */
const MAX_WAVES = 40;

/** Asks until so many are granted, and then some more; what was granted in all. */
async function spend(expected: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < MAX_WAVES && sum < expected; i += 1) sum += (await wave(4)).length;
  return sum + (await wave(8)).length;
}

describe('a pool', () => {
  it('pays for what is seen: leased, claimed, posted', async () => {
    await paid({ a: 3 }, 100);
    const decision = await decide('ann');
    expect(decision).toMatchObject({ outcome: 'campaign', arm: 'a' });
    expect(await standing('pool:spring')).toMatchObject({ posted: 0, total: 100 });
    await see(decision);
    await see(decision);
    const after = await eventually(
      () => standing('pool:spring'),
      ({ posted }) => posted > 0,
    );
    expect(after).toMatchObject({ posted: 3, total: 100 });
    expect(imbalanceOf(after)).toBe(0);
  });

  it('must hold what the dearest arm costs, and pays what the drawn one does', async () => {
    await paid({ cheap: 1, dear: 9 }, 9);
    const decision = await decide('ann');
    await see(decision);
    const { posted } = await eventually(
      () => standing('pool:spring'),
      ({ posted }) => posted > 0,
    );
    expect(posted).toBe(decision.arm === 'cheap' ? 1 : 9);
    expect(await decide('bob')).toMatchObject({ outcome: 'default', reasons: { no_budget: 1 } });
  });

  it('with less than the dearest arm leaves the page its own content, and says why to servers only', async () => {
    await paid({ cheap: 1, dear: 9 }, 8);
    expect(await decide('ann')).toMatchObject({ outcome: 'default', reasons: { no_budget: 1 } });
    const { body, headers } = await api.optimizeFromPage({ placements: ['offer'] });
    expect(body.decisions[0]).toMatchObject({ outcome: 'default' });
    expect(JSON.stringify(body)).not.toMatch(/budget|spring|cost|price|lease/i);
    expect(headers.get('server-timing')).not.toContain('lease');
    expect(await standing('pool:spring')).toMatchObject({ remaining: 8, leased: 0 });
  });

  it('tells a page nothing of money when it pays, either', async () => {
    await paid({ a: 3 }, 100);
    const { body, headers } = await api.optimizeFromPage({ placements: ['offer'] });
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    expect(JSON.stringify({ ...body, decisions: body.decisions.map(({ token: _, ...rest }) => rest) })).not.toMatch(
      /budget|spring|cost|price|lease|units|pool/i,
    );
    expect(headers.get('server-timing')).not.toContain('lease');
  });

  it('a first visit that would cost brings its customer to life: what it takes is claimed', async () => {
    await paid({ a: 3 }, 100);
    const { body } = await api.optimizeFromPage({ placements: ['offer'] });
    expect((await api.secret('GET', `/v1/customers/${body.customer.anonymousId}`)).status).toBe(200);
    await api.feedbackFromPage({ token: body.decisions[0]!.token, kind: 'exposure' });
    const { posted } = await eventually(
      () => standing('pool:spring'),
      ({ posted }) => posted > 0,
    );
    expect(posted).toBe(3);
  });

  it('pays for each life of a customer who is erased, though their page repeats its request', async () => {
    await paid({ a: 3 }, 1_000);
    for (let life = 0; life < 3; life += 1) {
      const decision = await decide('ann');
      expect((await see(decision)).body).toMatchObject({ accepted: 1 });
      await api.secret('DELETE', '/v1/customers/ann');
      // A call that was received before the erasure claims nothing.
      await scheduler.wait(2);
    }
    const after = await eventually(
      () => standing('pool:spring'),
      ({ posted }) => posted >= 9,
    );
    expect(after).toMatchObject({ posted: 9, uncharged: 0 });
    expect(imbalanceOf(after)).toBe(0);
  });

  it('pays nothing for visitors without consent', async () => {
    await paid({ a: 3 }, 100);
    const { body } = await api.optimize({ placements: ['offer'], consent: 'denied' });
    expect(body.decisions[0]).toMatchObject({ outcome: 'default', reasons: { no_budget: 1 } });
    expect(await standing('pool:spring')).toMatchObject({ remaining: 100 });
  });

  it('is explained from what this isolate holds, and explaining takes nothing', async () => {
    await paid({ a: 3 }, 3);
    const explain = () => api.secret('POST', '/v1/explain', { placements: ['offer'], customer: { id: 'ann' } });
    for (let i = 0; i < 3; i += 1)
      expect((await explain()).body).toMatchObject({ placements: [{ outcome: 'campaign', campaign: 'gift' }] });
    expect(await decide('ann')).toMatchObject({ outcome: 'campaign' });
    expect((await explain()).body).toMatchObject({
      placements: [{ outcome: 'default', candidates: [{ reason: 'no_budget' }] }],
    });
  });

  it('gets back what an isolate holds and nobody asks for', async () => {
    await paid({ a: 3 }, 100);
    await decide('ann');
    expect((await standing('pool:spring')).leased).toBeGreaterThan(3);
    const deadlineMs = Date.now() + 4 * IDLE_MS;
    let now = await standing('pool:spring');
    for (; now.leased > 0 && Date.now() < deadlineMs; now = await standing('pool:spring')) await scheduler.wait(200);
    // What was claimed is known as such, and the rest is free again.
    expect(now).toMatchObject({ leased: 0, pending: 3, remaining: 97 });
  });

  it('shows servers in Server-Timing what its lease took', async () => {
    await paid({ a: 3 }, 100);
    const { headers } = await api.optimize({ placements: ['offer'], customer: { id: 'ann' } });
    expect(headers.get('server-timing')).toMatch(/lease;dur=/);
  });
});

describe('calls to ledgers', () => {
  const counting = () => {
    const calls: string[] = [];
    const count = async (method: string, make: () => Promise<unknown>) => {
      calls.push(method);
      return make();
    };
    return { calls, env: { ...bindings, BUDGET: intercepted(bindings.BUDGET, count) } };
  };
  const request = (id: string) => ({ requestId: id, placements: ['offer'], customer: { id } });

  it('are not made for campaigns that cost nothing, and no purse travels', async () => {
    await publish(giftDocuments({ a: 0 }, { pool: 'spring' }, pool(100)));
    const { calls, env } = counting();
    const purses: unknown[] = [];
    const CUSTOMER = intercepted(bindings.CUSTOMER, (_, make, [call]) => {
      purses.push((call as { purse?: unknown }).purse);
      return make();
    });
    const { body, headers } = await optimizeWith({ ...env, CUSTOMER }, workspace, request('ann'));
    expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    expect(headers.get('server-timing')).not.toContain('lease');
    expect({ calls, purses: new Set(purses) }).toEqual({ calls: [], purses: new Set([undefined]) });
  });

  it('are made once for many decisions', async () => {
    await paid({ a: 1 }, 10_000);
    const { calls, env } = counting();
    for (let i = 0; i < 8; i += 1) {
      const { body } = await optimizeWith(env, workspace, request(`c${i}`));
      expect(body.decisions[0]).toMatchObject({ outcome: 'campaign' });
    }
    expect(calls.length).toBeLessThanOrEqual(3);
  });

  it('are not made while the campaign is paused or the kill switch is on', async () => {
    await paid({ a: 1 }, 100);
    await api.secret('POST', '/v1/campaigns/gift/pause');
    const { calls, env } = counting();
    await eventually(
      () => optimizeWith(env, workspace, request('ann')),
      ({ body }) => body.decisions[0]!.reasons?.paused === 1,
    );
    calls.length = 0;
    await optimizeWith(env, workspace, request('bob'));
    expect(calls).toEqual([]);
  });

  it.each(['hanging', 'throwing', 'garbage'])(
    '%s: what costs is not shown, quickly, and soon nobody waits',
    async (how) => {
      await publish([
        ...giftDocuments({ a: 1 }, { pool: 'spring' }, pool(100)),
        { kind: 'placement', id: 'free', name: 'Free' },
        {
          kind: 'campaign',
          id: 'tip',
          name: 'Tip',
          objective: { goal: 'click' },
          placements: ['free', 'offer'],
          arms: [{ id: 't', content: {} }],
        },
      ]);
      await optimizeWith(bindings, workspace, { placements: ['free'], customer: { id: 'warm' } });
      let calls = 0;
      const BUDGET = intercepted(bindings.BUDGET, async () => {
        calls += 1;
        if (how === 'hanging') return new Promise<never>(() => undefined);
        if (how === 'throwing') throw Object.assign(new Error('boom'), { remote: true });
        return { outcome: 'leased', lease: { leaseId: 'x', units: Number.NaN, useBeforeMs: 'soon' } };
      });
      let waited = 0;
      for (let i = 0; i < 10; i += 1) {
        const { body, headers } = await optimizeWith({ ...bindings, BUDGET }, workspace, request(`c${i}`));
        expect(body.decisions[0]).toMatchObject({ campaign: 'tip', reasons: { no_budget: 1 } });
        expect(body).not.toHaveProperty('degraded');
        waited += Number(/lease;dur=([\d.]+)/.exec(headers.get('server-timing') ?? '')?.[1]) > 1 ? 1 : 0;
      }
      // One call, and one wait of 60 ms: the others know. On a busy machine there is time for some more.
      expect(calls).toBeLessThanOrEqual(3);
      expect(waited).toBeLessThanOrEqual(3);
    },
  );
});

describe('a stock of 5', () => {
  it('is given to exactly 5 of 200 concurrent visitors and those who come after', async () => {
    await publish(giftDocuments({ a: 0 }, { stock: 'mugs' }, { kind: 'stock', id: 'mugs', name: 'Mugs', total: 5 }));
    const granted = await wave(200);
    for (let i = 0; i < MAX_WAVES && granted.length < 5; i += 1) granted.push(...(await wave(4)));
    granted.push(...(await wave(8)));
    expect(granted).toHaveLength(5);
    await Promise.all(granted.map(see));
    const after = await eventually(
      () => standing('stock:mugs'),
      ({ posted }) => posted === 5,
    );
    expect(after).toMatchObject({ posted: 5, pending: 0, leased: 0, remaining: 0, uncharged: 0 });
  });
});

describe('a channel that can carry out 4 contacts a day', () => {
  it('carries out 4, and 4 more when the local day is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const noonMs = Date.UTC(2027, 4, 3, 12);
    vi.setSystemTime(noonMs);
    const capacity = { perDay: 4, timeZone: 'Europe/Berlin' };
    await publish([
      { kind: 'channel', id: 'calls', name: 'Calls', capacity, claimTtl: '1d' },
      { kind: 'placement', id: 'offer', name: 'Offer', channel: 'calls' },
      ...giftDocuments({ a: 0 }, {}).filter(({ kind }) => kind === 'campaign'),
    ]);
    expect(await spend(4)).toBe(4);
    // A quarter of an hour before midnight in Berlin, and at midnight.
    vi.setSystemTime(noonMs + 9.75 * (DAY_MS / 24));
    expect(await spend(0)).toBe(0);
    vi.setSystemTime(noonMs + 10 * (DAY_MS / 24));
    expect(await spend(4)).toBe(4);
    expect(await standing('channel:calls')).toMatchObject({ period: '2027-05-04', total: 4, remaining: 0 });
  });
});
