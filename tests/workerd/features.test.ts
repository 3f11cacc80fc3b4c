/** Features from the request to the model and back: two kinds of customers who want opposite things are told apart within seconds, and so says `explain`. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { candidate } from '../../contract/candidate.ts';
import type { DecisionAnswer } from '../../contract/decisions.ts';
import type { ExplainResponse } from '../../contract/explain.ts';
import type { receiptResponse } from '../../contract/receipts.ts';
import { decodeToken } from '../../decisioning/token/token.ts';
import { tokenSigner } from '../../worker/edge/token-signer.ts';
import { apiOf, eventually } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

type Candidate = z.infer<typeof candidate>;
type Receipt = z.infer<typeof receiptResponse>;

const bindings = env as unknown as Env;
const CUSTOMERS = 40;
/** Of two arms under a floor of a tenth, the one that is chosen gets this. */
const CHOSEN = 0.95;

let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'attribute', id: 'regular', type: 'boolean', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero' },
    {
      kind: 'campaign',
      id: 'home',
      name: 'Home',
      objective: { goal: 'click' },
      placements: ['hero'],
      features: [{ id: 'regular', attribute: 'regular', type: 'boolean' }],
      strategy: { policy: 'linear_ucb', alpha: 0.1, minExploration: 0.1 },
      arms: [
        { id: 'points', content: { text: 'Double points' } },
        { id: 'welcome', content: { text: 'Welcome' } },
      ],
    },
  ]);
});

async function decideFor(id: string, regular: boolean): Promise<DecisionAnswer> {
  const context = { attributes: { regular } };
  const { body } = await api.optimize({ placements: ['hero'], customer: { id }, context });
  return body.decisions[0]!;
}

/** How likely each arm is for a customer, by the answer to `explain`. */
async function explainFor(id: string, regular: boolean) {
  const body = { placements: ['hero'], customer: { id }, context: { attributes: { regular } } };
  const answer = await api.secret<ExplainResponse>('POST', '/v1/explain', body);
  return answer.body.placements[0]!.candidates[0]!;
}

/** The arm that is liked has the probability of the chosen one, because its estimate and its margin come to the most; the crowd's P(best) is not told. */
function expectPredicted({ arms }: Candidate, liked: string): void {
  const index = ({ estimate, margin }: NonNullable<Candidate['arms']>[number]) => estimate! + margin!;
  const [own, other] = arms!.toSorted((one, another) => index(another) - index(one));
  expect(own!.arm).toBe(liked);
  expect(own!.probability).toBeCloseTo(CHOSEN, 9);
  expect(own!.estimate).toBeGreaterThan(other!.estimate!);
  for (const arm of arms!) {
    expect(arm.margin).toBeGreaterThan(0);
    expect(arm).not.toHaveProperty('pBest');
  }
}

describe('a campaign with features', () => {
  it('gives each kind of customer the arm that it likes, and says with which probability', {
    timeout: 60_000,
  }, async () => {
    const first = await decideFor('nobody', true);
    expect(first.propensity!.arm).toBe(0.5);
    for (let i = 0; i < CUSTOMERS; i++) {
      const regular = i % 2 === 0;
      const { token, arm } = await decideFor(`customer-${i}`, regular);
      const events: Record<string, unknown>[] = [{ token, kind: 'exposure' }];
      if ((arm === 'points') === regular) events.push({ token, kind: 'goal', goal: 'click' });
      await api.feedback({ events });
    }
    let asked = 0;
    for (const [regular, liked] of [
      [true, 'points'],
      [false, 'welcome'],
    ] as const) {
      const ask = () => decideFor(`later-${asked++}`, regular);
      const isLiked = ({ arm, propensity }: DecisionAnswer) =>
        arm === liked && Math.abs(propensity!.arm - CHOSEN) < 1e-9;
      const answer = await eventually(ask, isLiked);
      expect(answer.arm).toBe(liked);
      expect(answer.propensity!.arm).toBeCloseTo(CHOSEN, 9);
      const explained = await explainFor(`later-${asked}`, regular);
      expect(explained.features).toEqual({ regular: Number(regular) });
      expectPredicted(explained, liked);
      const { body } = await api.secret<Receipt>('GET', `/v1/decisions/${answer.decisionId}`);
      const [then] = body.candidates.hero!;
      expect(then).toMatchObject({ campaign: 'home', outcome: 'chosen', features: { regular: Number(regular) } });
      expectPredicted(then!, liked);
      expect(then!.arms!.find(({ arm }) => arm === liked)!.probability).toBe(answer.propensity!.arm);
    }
  });
});

describe('the token of a decision with features', () => {
  const context = { attributes: { regular: true } };
  const featuresIn = async ({ token }: DecisionAnswer) => {
    const record = await decodeToken(token!, tokenSigner(bindings));
    if (!record) throw new Error('the token is not ours');
    return record.features;
  };

  it('has none of them where the decision was stored, whoever asked', async () => {
    expect(await featuresIn(await decideFor('anybody', true))).toBeUndefined();
  });

  it('has none of what a server said of a visitor it has not seen before', async () => {
    const { body } = await api.optimize({ placements: ['hero'], context });
    expect(body.decisions[0]!.campaign).toBe('home');
    expect(await featuresIn(body.decisions[0]!)).toBeUndefined();
  });

  it('has what the page itself said at a first visit, which is stored nowhere else', async () => {
    const first = (await api.optimizeFromPage({ placements: ['hero'], context })).body;
    expect(first.ignoredAttributes).toEqual(['regular']);
    expect((await featuresIn(first.decisions[0]!))?.z).toEqual([1_000, 0]);
    const second = (await api.optimizeFromPage({ placements: ['hero'], customer: first.customer })).body;
    expect(await featuresIn(second.decisions[0]!)).toBeUndefined();
  });
});
