/** What travelled and was not claimed: back with its ledger, whatever way the call went; in doubt where nobody knows. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetSharedFacts } from '../../durable-objects/customer/shared-facts.ts';
import { forgetLeases } from '../../worker/edge/leases.ts';
import { apiOf } from './api.ts';
import { giftDocuments, intercepted, lostOnTheWay, optimizeWith, standingOf } from './money.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from './workspace.ts';

const bindings = env as unknown as Env;
/** Longer than any watch, and than any lease may be used. */
const LATER_MS = 60_000;
const LOOKS = 40;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.UTC(2027, 4, 3, 12));
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  forgetLeases();
  const mug = { kind: 'campaign', id: 'mug', name: 'Mug', objective: { goal: 'click' }, placements: ['desk'] };
  await publishDemo(bindings, workspace, [
    // The dearest travels, the drawn one is claimed.
    ...giftDocuments({ cheap: 1, dear: 9 }, { pool: 'spring' }),
    { kind: 'pool', id: 'spring', name: 'Spring', totalMinor: 100 },
    { kind: 'stock', id: 'mugs', name: 'Mugs', total: 50 },
    { kind: 'placement', id: 'desk', name: 'Desk' },
    { ...mug, stock: 'mugs', arms: [{ id: 'm', content: {} }] },
  ]);
});
afterEach(() => void vi.useRealTimers());

const request = (customer: object) => ({ requestId: 'r1', placements: ['offer'], customer });
const costOf = (arm: string | undefined) => (arm === 'cheap' ? 1 : 9);

/** Where the pool stands when its isolate has given back what it can: a request for another ledger sees to it, once it is late enough. */
async function afterwards() {
  vi.setSystemTime(Date.now() + LATER_MS);
  await api.optimize({ placements: ['desk'], customer: { id: 'somebody' } });
  let { leased, pending, remaining } = await standingOf(bindings, workspace, 'pool:spring');
  for (let look = 0; look < LOOKS && pending === 0; look += 1) {
    await scheduler.wait(50);
    ({ leased, pending, remaining } = await standingOf(bindings, workspace, 'pool:spring'));
  }
  return { leased, pending, remaining };
}

describe('what was not claimed', () => {
  it('goes back with the next request for any other ledger, when it outlived its watch', async () => {
    const { body } = await api.optimize(request({ id: 'ann' }));
    const cost = costOf(body.decisions[0]!.arm);
    expect(await afterwards()).toEqual({ leased: 0, pending: cost, remaining: 100 - cost });
  });

  it('goes back when the object lacked slices first', async () => {
    forgetSharedFacts();
    const { body } = await api.optimize(request({ id: 'ann' }));
    const cost = costOf(body.decisions[0]!.arm);
    expect(await afterwards()).toEqual({ leased: 0, pending: cost, remaining: 100 - cost });
  });

  it('goes back when the customer has moved', async () => {
    const { customer } = (await api.optimizeFromPage({ placements: ['desk'] })).body;
    await api.events({ customer: { ...customer, id: 'ann' }, events: [] });
    const { body } = await api.optimize(request(customer));
    const cost = costOf(body.decisions[0]!.arm);
    expect(await afterwards()).toEqual({ leased: 0, pending: cost, remaining: 100 - cost });
  });

  it('is in doubt when an attempt was lost, also where the next one was answered', async () => {
    let lost = 0;
    const CUSTOMER = intercepted(bindings.CUSTOMER, async (method, make) => {
      const reply = await make();
      if (method === 'decide' && lost++ === 0) throw lostOnTheWay();
      return reply;
    });
    const { body } = await optimizeWith({ ...bindings, CUSTOMER }, workspace, request({ id: 'ann' }));
    const cost = costOf(body.decisions[0]!.arm);
    expect(lost).toBeGreaterThan(1);
    expect(await afterwards()).toEqual({ leased: 9 - cost, pending: cost, remaining: 91 });
  });

  it('is all in doubt when nothing was answered', async () => {
    const CUSTOMER = intercepted(bindings.CUSTOMER, async (method, make) => {
      if (method === 'decide') throw Object.assign(new Error('boom'), { remote: true });
      return make();
    });
    const { body } = await optimizeWith({ ...bindings, CUSTOMER }, workspace, request({ id: 'ann' }));
    expect(body).toMatchObject({ degraded: true, decisions: [{ outcome: 'default' }] });
    expect(await afterwards()).toEqual({ leased: 9, pending: 0, remaining: 91 });
  });
});
