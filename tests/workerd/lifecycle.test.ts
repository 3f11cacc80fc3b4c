/** A campaign's phases as its owner sees and steers them, and as decisions obey them. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { LifecycleResponse } from '../../contract/lifecycle.ts';
import type { receiptResponse } from '../../contract/receipts.ts';
import type { RulesSlice } from '../../decisioning/catalog/slice.ts';
import { type Receipt, replay } from '../../decisioning/receipt.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
const PATH = '/v1/campaigns/careful/lifecycle';
/** So many that a share of .3 takes none of them for one salt in a million, and one of .9 takes more for every salt there is. */
const CUSTOMERS = 40;

let api: ReturnType<typeof apiOf>;
const read = async () => (await api.secret<LifecycleResponse>('GET', PATH)).body;
const steer = (body: Record<string, unknown>) => api.secret<LifecycleResponse>('PUT', PATH, body);

async function decide(customer: string) {
  const { status, body } = await api.optimize({ placements: ['hero'], customer: { id: customer } });
  expect(status).toBe(200);
  return body.decisions[0]!;
}

/** Customers whom the campaign addresses now. */
async function addressed(): Promise<readonly string[]> {
  const found: string[] = [];
  for (let i = 0; i < CUSTOMERS; i += 1) {
    const { outcome } = await decide(`customer-${i}`);
    if (outcome === 'campaign') found.push(`customer-${i}`);
  }
  return found;
}

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'careful',
      name: 'Careful',
      objective: { goal: 'click' },
      placements: ['hero'],
      lifecycle: {
        initialization: { admitted: 0.3 },
        learning: { admitted: 0.9 },
        thresholds: { trialsPerArm: 1, width: 0.01 },
      },
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
    {
      kind: 'campaign',
      id: 'plain',
      name: 'Plain',
      objective: { goal: 'click' },
      placements: ['side'],
      arms: [{ id: 'a', content: { text: 'A' } }],
    },
    { kind: 'placement', id: 'side', name: 'Side' },
  ]);
});

describe('a campaign with a lifecycle', () => {
  it('begins with a share of its customers, and tells the others why not', async () => {
    const few = await addressed();
    expect(few.length).toBeGreaterThan(0);
    expect(few.length).toBeLessThan(CUSTOMERS);
    const other = Array.from({ length: CUSTOMERS }, (_, i) => `customer-${i}`).find((id) => !few.includes(id))!;
    const { reasons } = await decide(other);
    expect(reasons).toEqual({ not_admitted: 1 });
    const { body } = await eventually(
      () => api.secret<LifecycleResponse>('GET', PATH),
      ({ status }) => status === 200,
    );
    expect(body).toMatchObject({
      campaign: 'careful',
      phase: 'initialization',
      mode: 'auto',
      settings: { floor: 0.5, admitted: 0.3, modelWeight: 0 },
      numbers: { trials: 0 },
      transitions: [{ from: null, to: 'initialization', cause: 'begun' }],
    });
  });

  it('that is forced addresses more of the same customers, learns from their feedback, and moves on when it is let go', async () => {
    const few = await addressed();
    const forced = await steer({ mode: 'force', phase: 'learning', reason: 'enough seen' });
    expect(forced.body).toMatchObject({ phase: 'learning', mode: 'hold' });
    const more = await eventually(addressed, (found) => found.length > few.length);
    expect(more).toEqual(expect.arrayContaining([...few]));
    for (const customer of more) {
      const { token, arm } = await decide(customer);
      await api.feedback({ token, kind: 'exposure' });
      if (arm === 'a') await api.feedback({ token, kind: 'goal', goal: 'click' });
    }
    const held = await eventually(read, ({ numbers }) => numbers.trials >= more.length);
    expect(held).toMatchObject({ phase: 'learning', mode: 'hold', numbers: { leader: 'a' } });
    await steer({ mode: 'force', phase: 'initialization' });
    await steer({ mode: 'auto' });
    const { transitions } = await eventually(read, ({ phase }) => phase === 'learning');
    expect(transitions[0]).toMatchObject({
      from: 'initialization',
      to: 'learning',
      cause: 'enough_trials',
      numbers: { trials: held.numbers.trials },
    });
    expect(transitions[0]).not.toHaveProperty('by');
    const audit = await api.secret<{ items: { action: string; subject: string; actor: string; changes: object[] }[] }>(
      'GET',
      '/v1/audit?limit=3',
    );
    expect(audit.body.items.map(({ action }) => action)).toEqual(['steer', 'steer', 'steer']);
    expect(audit.body.items[2]).toMatchObject({
      subject: 'careful',
      changes: [
        { path: '/lifecycle/mode', before: 'auto', after: 'hold' },
        { path: '/lifecycle/phase', before: 'initialization', after: 'learning' },
        { path: '/reason', after: 'enough seen' },
      ],
    });
    expect(transitions[2]?.by).toBe(audit.body.items[2]?.actor);
  });

  it('that is told to stay as it is, for a new reason, has the reason in its audit', async () => {
    const newest = async () =>
      (await api.secret<{ items: { changes: object[] }[] }>('GET', '/v1/audit?limit=1')).body.items[0]?.changes;
    await steer({ mode: 'hold', reason: 'audit in March' });
    await steer({ mode: 'hold', reason: 'and April' });
    expect(await newest()).toEqual([{ path: '/reason', after: 'and April' }]);
    await steer({ mode: 'hold' });
    expect(await newest()).toEqual([{ path: '/reason', after: 'and April' }]);
    await steer({ mode: 'auto' });
  });

  it('is asked for without parameters: one that nobody reads is refused', async () => {
    for (const path of [PATH, '/v1/campaigns/careful/strategies/performance']) {
      const { status, body } = await api.secret('GET', `${path}?hours=3`);
      expect(status).toBe(422);
      expect(body).toMatchObject({ errors: [{ field: 'hours' }] });
    }
  });

  it('has receipts that replay to the same choice', async () => {
    const [customer] = await addressed();
    const { decisionId } = await decide(customer!);
    const { status, body } = await api.secret<z.infer<typeof receiptResponse>>('GET', `/v1/decisions/${decisionId}`);
    expect(status).toBe(200);
    const receipt = body.receipt as unknown as Receipt;
    expect(Object.values(receipt.standings ?? {})).toEqual([{ admitted: 0.9 }]);
    const [again] = replay(receipt, body.slices as Record<string, RulesSlice>);
    const { armId, propensityArm } = body.record;
    expect(again?.chosen).toMatchObject({ armId, propensityArm });
  });
});

describe('what has no phases', () => {
  it('is not found', async () => {
    for (const [method, id] of [
      ['GET', 'plain'],
      ['GET', 'nowhere'],
      ['PUT', 'plain'],
    ] as const) {
      const body = method === 'PUT' ? { mode: 'hold' } : undefined;
      expect((await api.secret(method, `/v1/campaigns/${id}/lifecycle`, body)).status).toBe(404);
    }
  });

  it('and a phase that does not exist is refused with its field', async () => {
    const { status, body } = await api.secret('PUT', PATH, { mode: 'force', phase: 'retirement' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ field: '/phase' }] });
  });
});
