/** Scores from a model of the caller's own, as traits and with the request: they change who sees what, and the receipt holds them. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { receiptResponse } from '../../contract/receipts.ts';
import { apiOf } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
/** Two arms nobody has seen yet are even; under a floor of a tenth the one that scores choose has this. */
const CHOSEN = 0.95;
const OTHER = 0.05;

const campaign = {
  kind: 'campaign',
  id: 'home',
  name: 'Home',
  objective: { goal: 'click' },
  placements: ['hero'],
  strategy: { policy: 'epsilon_greedy', epsilon: 0, topArms: 2, minExploration: 0.1 },
  arms: [
    { id: 'card', score: 'likes.card', content: { text: 'The gold card' } },
    { id: 'loan', score: 'likes.loan', content: { text: 'A loan' } },
  ],
};

let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'attribute', id: 'likes.card', type: 'number', source: 'server' },
    { kind: 'attribute', id: 'likes.loan', type: 'number', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero' },
    campaign,
  ]);
});

/** Propensity of each arm that was drawn, over 40 customers of a kind. */
async function propensities(name: string, attributes?: object, page = false): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (let i = 0; i < 40; i++) {
    const body = { placements: ['hero'], context: attributes ? { attributes } : {} };
    const customer = page ? undefined : { id: `${name}-${i}` };
    const answer = await (page ? api.optimizeFromPage(body) : api.optimize({ ...body, customer }));
    const { arm, propensity } = answer.body.decisions[0]!;
    found[arm!] = propensity!.arm;
  }
  return found;
}

describe('scores', () => {
  it('with the request choose among the arms; without them the published probabilities do', async () => {
    expect(await propensities('liking', { 'likes.card': 0.2, 'likes.loan': 0.7 })).toMatchObject({
      loan: expect.closeTo(CHOSEN, 9),
    });
    expect(await propensities('unknown')).toEqual({ card: 0.5, loan: 0.5 });
  });

  it('that are percents do not count, nor those of one arm alone', async () => {
    expect(await propensities('percent', { 'likes.card': 20, 'likes.loan': 70 })).toEqual({ card: 0.5, loan: 0.5 });
    expect(await propensities('half', { 'likes.loan': 0.7 })).toEqual({ card: 0.5, loan: 0.5 });
  });

  it('of source server are not taken from a page', async () => {
    const pages = await propensities('', { 'likes.card': 0, 'likes.loan': 1 }, true);
    expect(pages).toEqual({ card: 0.5, loan: 0.5 });
  });

  it('as traits count in the customer’s object, and its receipt holds what was read', async () => {
    await api.secret('PUT', '/v1/customers/known', { traits: { 'likes.card': 0.9, 'likes.loan': 0.1 } });
    const { body } = await api.optimize({ placements: ['hero'], customer: { id: 'known' } });
    const { arm, propensity, decisionId } = body.decisions[0]!;
    expect(propensity!.arm).toBeCloseTo(arm === 'card' ? CHOSEN : OTHER, 9);
    const kept = await api.secret<z.infer<typeof receiptResponse>>('GET', `/v1/decisions/${decisionId}`);
    expect(JSON.stringify(kept.body)).toContain('["likes.card",0.9]');
    expect(JSON.stringify(kept.body)).toContain('["likes.loan",0.1]');
  });
});

describe('publishing', () => {
  const publish = (changed: object) =>
    api.secret<{ warnings?: { field: string }[] }>('POST', '/v1/push', { documents: [{ ...campaign, ...changed }] });

  it('warns of candidates without scores, and is silent with them', async () => {
    const arms = campaign.arms.map(({ score: _, ...arm }) => arm);
    expect((await publish({ arms })).body.warnings?.map(({ field }) => field)).toEqual(['/campaigns/home/strategy']);
    expect((await publish({})).body.warnings).toBeUndefined();
  });
});
