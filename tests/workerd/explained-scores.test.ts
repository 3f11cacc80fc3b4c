/** Scores of a caller's own model in `explain` and in receipts: the probabilities told are those that the customer gets. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { ExplainResponse } from '../../contract/explain.ts';
import type { receiptResponse } from '../../contract/receipts.ts';
import { apiOf } from './api.ts';
import { createWorkspace, publishDemo } from './workspace.ts';

const bindings = env as unknown as Env;
/** Two arms nobody has seen yet are even; under a floor of a tenth the one that scores choose has this. */
const CHOSEN = 0.95;

let api: ReturnType<typeof apiOf>;

beforeAll(async () => {
  const workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'attribute', id: 'likes.card', type: 'number', source: 'server' },
    { kind: 'attribute', id: 'likes.loan', type: 'number', source: 'server' },
    { kind: 'placement', id: 'hero', name: 'Hero' },
    {
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
    },
  ]);
});

async function explainedArms(attributes: Record<string, number>) {
  const body = { placements: ['hero'], customer: { id: 'ann' }, context: { attributes } };
  const answer = await api.secret<ExplainResponse>('POST', '/v1/explain', body);
  return answer.body.placements[0]!.candidates[0]!.arms!;
}

describe('scores', () => {
  it('are told by explain with the probabilities that they make', async () => {
    expect(await explainedArms({ 'likes.card': 0.2, 'likes.loan': 0.7 })).toMatchObject([
      { arm: 'card', score: 0.2, probability: expect.closeTo(1 - CHOSEN, 9) },
      { arm: 'loan', score: 0.7, probability: expect.closeTo(CHOSEN, 9) },
    ]);
    const [card, loan] = await explainedArms({ 'likes.loan': 0.7 });
    expect(card).toMatchObject({ arm: 'card', probability: 0.5 });
    expect(card).not.toHaveProperty('score');
    expect(loan).toMatchObject({ score: 0.7, probability: 0.5 });
  });

  it('are told by a receipt as they were at the decision', async () => {
    const attributes = { 'likes.card': 0.9, 'likes.loan': 0.1 };
    const { body } = await api.optimize({ placements: ['hero'], customer: { id: 'bob' }, context: { attributes } });
    const { decisionId } = body.decisions[0]!;
    const path = `/v1/decisions/${decisionId}`;
    const receipt = (await api.secret<z.infer<typeof receiptResponse>>('GET', path)).body;
    expect(receipt.candidates.hero![0]!.arms).toEqual([
      { arm: 'card', score: 0.9, probability: expect.closeTo(CHOSEN, 9) },
      { arm: 'loan', score: 0.1, probability: expect.closeTo(1 - CHOSEN, 9) },
    ]);
  });
});
