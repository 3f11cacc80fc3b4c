/** The figures of a published campaign as its owner reads them, and what must leave no trace in them. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
/** Half of them are held out: which of them follows from the salt of test workspaces. */
const CUSTOMERS = 24;
const HOUR_MS = 3_600_000;

let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'goal', id: 'purchase', name: 'Purchase', source: 'server', window: '30d' },
    { kind: 'attribute', id: 'plan', type: 'string', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
    {
      kind: 'campaign',
      id: 'spring',
      name: 'Spring',
      objective: { goal: 'purchase' },
      placements: ['hero'],
      holdout: 0.5,
      contexts: [{ id: 'gold', condition: { plan: 'gold' } }],
      arms: [
        { id: 'a', content: { text: 'A' } },
        { id: 'b', content: { text: 'B' } },
      ],
    },
  ]);
});

async function decide(customer: string, more: Record<string, unknown> = {}): Promise<DecisionAnswer> {
  const { status, body } = await api.optimize({ placements: ['hero'], customer: { id: customer }, ...more });
  expect(status).toBe(200);
  return body.decisions[0]!;
}

/** Sees what was decided, and buys for 10. */
async function buy({ token }: DecisionAnswer, orderId: string): Promise<void> {
  await api.feedback({ token, kind: 'exposure' });
  await api.feedback({ token, kind: 'goal', goal: 'purchase', value: 10, orderId });
}

/** Every second customer is gold, every third of a group buys. Returns the decisions by group. */
async function visits(): Promise<{ readonly treated: DecisionAnswer[]; readonly heldOut: DecisionAnswer[] }> {
  const treated: DecisionAnswer[] = [];
  const heldOut: DecisionAnswer[] = [];
  for (let i = 0; i < CUSTOMERS; i += 1) {
    const decision = await decide(`customer-${i}`, { context: { attributes: { plan: i % 2 ? 'gold' : 'none' } } });
    const group = decision.outcome === 'holdout' ? heldOut : treated;
    group.push(decision);
    if (group.length % 3 === 1) await buy(decision, `order-${i}`);
    else await api.feedback({ token: decision.token, kind: 'exposure' });
  }
  return { treated, heldOut };
}

function sumOf(
  blocks: readonly { readonly trials: number; readonly conversions: number; readonly revenueMinor: number }[],
) {
  const add = (field: 'trials' | 'conversions' | 'revenueMinor') =>
    blocks.reduce((sum, block) => sum + block[field], 0);
  return { trials: add('trials'), conversions: add('conversions'), revenueMinor: add('revenueMinor') };
}

describe('the performance of a published campaign', () => {
  it('without traffic is even, and has neither rate nor lift', async () => {
    const { status, body } = await api.performance('spring');
    expect(status).toBe(200);
    expect(body).toMatchObject({ campaign: 'spring', goal: 'purchase', overTime: [], lift: null });
    expect(body.arms.map(({ arm, allocation, rate }) => [arm, allocation, rate])).toEqual([
      ['a', 0.5, null],
      ['b', 0.5, null],
    ]);
    expect(body.leaves.map(({ leaf }) => leaf)).toEqual(['gold', 'rest']);
  });

  it('is what really happened: per arm, leaf and hour with intervals, the holdout apart, lift in rate and revenue', async () => {
    const { treated, heldOut } = await visits();
    const buyers = Math.ceil(treated.length / 3);
    const heldBuyers = Math.ceil(heldOut.length / 3);
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) =>
        body.totals.trials === treated.length &&
        body.holdout.trials === heldOut.length &&
        body.lift?.treated.converted === buyers &&
        body.lift.holdout.converted === heldBuyers,
    );
    const totals = { trials: treated.length, conversions: buyers, revenueMinor: 1_000 * buyers };
    expect(body.totals).toMatchObject({ ...totals, exposures: treated.length, rate: buyers / treated.length });
    for (const blocks of [body.arms, body.leaves, body.overTime]) expect(sumOf(blocks)).toEqual(totals);
    for (const { arm, trials } of body.arms)
      expect(trials).toBe(treated.filter((decision) => decision.arm === arm).length);
    for (const leaf of body.leaves) expect(sumOf(leaf.arms)).toEqual(sumOf([leaf]));
    for (const { hour } of body.overTime) expect(Date.parse(hour) % HOUR_MS).toBe(0);
    const blocks = [
      body.totals,
      body.holdout,
      ...body.arms,
      ...body.leaves,
      ...body.overTime,
      body.overTime[0]!.arms[0]!,
    ];
    for (const { trials, conversions, credibleInterval } of blocks) {
      const posteriorMean = (1 + conversions) / (2 + trials);
      expect(credibleInterval[0]).toBeLessThan(posteriorMean);
      expect(credibleInterval[1]).toBeGreaterThan(posteriorMean);
    }
    expect(body.holdout).toMatchObject({
      exposures: heldOut.length,
      trials: heldOut.length,
      conversions: heldBuyers,
      revenueMinor: 1_000 * heldBuyers,
    });
    expect(body.lift).toMatchObject({
      treated: { customers: treated.length, converted: buyers, revenueMinor: 1_000 * buyers },
      holdout: { customers: heldOut.length, converted: heldBuyers, revenueMinor: 1_000 * heldBuyers },
    });
    const perCustomer = (1_000 * buyers) / treated.length - (1_000 * heldBuyers) / heldOut.length;
    expect(body.lift!.absoluteRevenueMinor).toBeCloseTo(perCustomer, 9);
  });

  it('of a campaign that is not published is not found', async () => {
    const { status, body } = await api.secret('GET', '/v1/campaigns/nowhere/performance');
    expect(status).toBe(404);
    expect(body).toMatchObject({ type: '/problems/not_found' });
  });
});

describe('a preview', () => {
  it('shows its arm and counts nowhere: no token, no trace in the figures', async () => {
    const signed = await api.secret<{ preview: string }>('POST', '/v1/campaigns/spring/preview', { arm: 'b' });
    expect(signed.status).toBe(200);
    for (let i = 0; i < 3; i += 1) {
      const shown = await decide('ann', { preview: signed.body.preview });
      expect(shown).toMatchObject({ outcome: 'campaign', campaign: 'spring', arm: 'b', preview: true });
      expect(shown.content).toMatchObject({ text: 'B' });
      expect(shown).not.toHaveProperty('token');
      expect(shown).not.toHaveProperty('decisionId');
    }
    expect((await api.secret('GET', '/v1/customers/ann')).status).toBe(404);
    // A real visit of the same customer: what a customer did is counted in order, so what came before it would be counted too.
    const real = await decide('ann');
    await buy(real, 'order');
    const { body } = await eventually(
      () => api.performance('spring'),
      ({ body }) => body.totals.conversions + body.holdout.conversions === 1,
    );
    const none = { exposures: 0, trials: 0, conversions: 0, revenueMinor: 0 };
    const one = { exposures: 1, trials: 1, conversions: 1, revenueMinor: 1_000 };
    expect([body.totals, body.holdout]).toMatchObject(real.outcome === 'holdout' ? [none, one] : [one, none]);
  });

  it('tells why only where it was signed to: every candidate, for a visitor of whom nothing is known, whoever opens it', async () => {
    const sign = async (reasons?: boolean): Promise<string> => {
      const body = { arm: 'b', ...(reasons !== undefined && { reasons }) };
      return (await api.secret<{ preview: string }>('POST', '/v1/campaigns/spring/preview', body)).body.preview;
    };
    const why = { campaign: 'spring', outcome: 'chosen' };
    expect((await decide('ann', { preview: await sign(true) })).why).toEqual([why]);
    for (const silent of [await sign(), await sign(false)])
      expect(await decide('ann', { preview: silent })).not.toHaveProperty('why');
    expect(await decide('ann')).not.toHaveProperty('why');
  });

  it('that was altered is refused, and a published campaign has no preview of an arm it lacks', async () => {
    const signed = await api.secret<{ preview: string }>('POST', '/v1/campaigns/spring/preview', { arm: 'b' });
    const altered = await api.optimize({ placements: ['hero'], preview: `${signed.body.preview}x` });
    expect(altered.status).toBe(400);
    expect(altered.body).toMatchObject({ type: '/problems/invalid_preview' });
    const missing = await api.secret('POST', '/v1/campaigns/spring/preview', { arm: 'c' });
    expect(missing.status).toBe(404);
  });
});
