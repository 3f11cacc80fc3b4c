/** What scores are used for, over the whole way: arms one by one, a customer's worth, bandit or model, and warnings where nobody gives one. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExplainResponse } from '../../../contract/explain.ts';
import type { PushResponse } from '../../../contract/publishing.ts';
import type { RulesSlice } from '../../../decisioning/catalog/slice.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
});

/** sigmoid(2 · loud − (months / 10)): a model of what an arm says and of whom it says it to. */
const headlines: Partial<ModelManifest> = {
  id: 'headlines',
  inputs: [
    {
      name: 'tenure',
      attribute: 'tenureMonths',
      encoding: { kind: 'number', scale: 10 },
      missing: 0,
    },
    { name: 'loud', attribute: 'arm.content.data.loud', encoding: { kind: 'boolean' }, missing: 0 },
  ],
};

async function live(...args: Parameters<typeof smallModel>): Promise<void> {
  const upload = await smallModel(...args);
  const { status } = await api.secret('POST', '/v1/models', upload);
  expect(status).toBeLessThan(300);
  await api.secret('PUT', `/v1/models/${upload.manifest.id}/versions/1/stage`, { stage: 'live' });
}

const decide = async (id: string) =>
  (await api.optimize({ placements: ['hero'], customer: { id } })).body.decisions[0]!;
const receiptOf = async (decisionId: string | undefined) =>
  (
    await api.secret<{
      receipt: Receipt;
      slices: Record<string, RulesSlice>;
      candidates: Record<string, { hybrid?: object }[]>;
    }>('GET', `/v1/decisions/${decisionId}`)
  ).body;

const common = [
  { kind: 'placement', id: 'hero', name: 'Hero' },
  { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
  { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
];
const campaign = (id: string, extra: object) => ({
  kind: 'campaign',
  id,
  name: id,
  objective: { goal: 'click' },
  placements: ['hero'],
  arms: [
    { id: 'quiet', content: { text: 'A word', data: { loud: false } } },
    { id: 'loud', content: { text: 'SALE', data: { loud: true } } },
  ],
  ...extra,
});
const scored = (strategy: object) => campaign('home', { score: 'models.headlines.probability', strategy });

describe('a score that all arms share', () => {
  it('is each arm’s own, of a model that reads the arms, and stands in the receipt and with the decision', async () => {
    await publishDemo(bindings, workspace, [
      ...common,
      scored({ policy: 'epsilon_greedy', epsilon: 0, topArms: 2, minExploration: 0.1 }),
    ]);
    await live({}, headlines);
    await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 10 } });
    const decided = await eventually(
      () => decide('ann'),
      ({ propensity }) => propensity?.arm !== 0.5,
    );
    expect(decided.propensity!.arm).toBeCloseTo(decided.arm === 'loud' ? 0.95 : 0.05, 9);
    const { receipt } = await receiptOf(decided.decisionId);
    const [quiet, loud] = [-1, 1].map((sum) => expect.closeTo(1 / (1 + Math.exp(-sum)), 6));
    expect(receipt.reads).toEqual([
      ['models.headlines.probability#home/quiet', quiet],
      ['models.headlines.probability#home/loud', loud],
    ]);
    expect(receipt.models!.headlines!.arms!['home/loud']).toMatchObject({
      used: { version: 1, stage: 'live', row: [1, 1], outputs: { probability: loud } },
    });
    const { body: held } = await api.secret<{ decisions: { decisionId: string; models?: object }[] }>(
      'GET',
      '/v1/customers/ann',
    );
    expect(held.decisions.find(({ decisionId }) => decisionId === decided.decisionId)!.models).toMatchObject({
      headlines: { used: { version: 1, stage: 'live', score: decided.arm === 'loud' ? loud : quiet, missing: 0 } },
    });
  });
});

describe('bandit or model', () => {
  it('is the bandit while the model has no record here, and receipts and explain say so', async () => {
    await publishDemo(bindings, workspace, [
      ...common,
      scored({ policy: 'thompson', hybrid: true, minExploration: 0.1 }),
    ]);
    await live({}, headlines);
    const told = { method: 'bandit', banditConfidence: expect.closeTo(0.5, 4), modelConfidence: null };
    const decided = await eventually(
      async () => receiptOf((await decide('ann')).decisionId),
      ({ receipt }) => receipt.models !== undefined,
    );
    expect(decided.candidates.hero![0]!.hybrid).toEqual({ ...told, model: 'headlines@1' });
    expect(Object.values(decided.receipt.probabilities)).toEqual([[0.5, 0.5]]);
    const { body } = await api.secret<ExplainResponse>('POST', '/v1/explain', {
      placements: ['hero'],
      customer: { id: 'ann' },
    });
    expect(body.placements[0]!.candidates[0]!.hybrid).toEqual({ ...told, model: 'headlines@1' });
  });
});

describe('bandit or model, once the model has shown something here,', () => {
  it('is the model where it is surer: its best arm over the floor, from the moment that the allocation says so', async () => {
    await publishDemo(bindings, workspace, [
      ...common,
      scored({ policy: 'thompson', hybrid: true, minExploration: 0.1 }),
    ]);
    await live({}, headlines);
    const { slices } = await eventually(
      async () => receiptOf((await decide('ann')).decisionId),
      ({ receipt }) => receipt.models !== undefined,
    );
    const { initialAllocation } = slices.hero!.campaigns[0]!;
    const rest = { ...initialAllocation.leaves.rest!, modelConfidence: { 'headlines@1': 0.8 } };
    const publisher = await publisherStub(bindings, workspace.workspaceId);
    let version = 100;
    const { receipt, candidates } = await eventually(
      async () => {
        // In the place of the campaign's root, which publishes one of its own once it has heard of the campaign.
        await publisher.offer('home', { ...initialAllocation, version, leaves: { rest } });
        version += 100;
        return receiptOf((await decide('ann')).decisionId);
      },
      (found) => Object.values(found.receipt.hybrid ?? {})[0]?.method === 'model',
    );
    const [probabilities] = Object.values(receipt.probabilities);
    expect(probabilities).toEqual([expect.closeTo(0.05, 9), expect.closeTo(0.95, 9)]);
    expect(candidates.hero![0]!.hybrid).toMatchObject({ method: 'model', modelConfidence: 0.8, model: 'headlines@1' });
  });
});

describe('what a conversion of a customer is worth', () => {
  it('ranks campaigns by the customer’s own value, and by the declared one where no model tells', async () => {
    await publishDemo(bindings, workspace, [
      ...common,
      { kind: 'settings', globalCap: null, arbitration: { preset: 'pcvl', exploration: 0 } },
      campaign('keep', { arbitration: { value: 0.1, valueFrom: 'models.churn.probability' } }),
      campaign('sell', { arbitration: { value: 0.5 } }),
    ]);
    await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 1, contract: 'monthly' } });
    await api.secret('PUT', '/v1/customers/bob', { traits: { tenureMonths: 60, contract: 'yearly' } });
    expect((await decide('ann')).campaign).toBe('sell');
    await live();
    const kept = await eventually(
      () => decide('ann'),
      (decision) => decision.campaign === 'keep',
    );
    expect(kept.campaign).toBe('keep');
    expect((await decide('bob')).campaign).toBe('sell');
  });
});

describe('publishing', () => {
  const segment = (path: string) => ({ kind: 'segment', id: 's', name: 'S', condition: { [path]: { $gt: 0.7 } } });
  const warningsOf = async (...documents: object[]) => {
    const { body } = await api.secret<PushResponse>('POST', '/v1/push', { documents, publish: true });
    return body.warnings?.map(({ field, detail }) => [field, detail]);
  };

  it('warns of scores that nobody gives, and is silent once somebody does', async () => {
    await publishDemo(bindings, workspace, common);
    const missing = await warningsOf(segment('models.churn.probability'));
    expect(missing).toEqual([['/segments/s/condition', expect.stringContaining('no model "churn" is registered')]]);
    await api.secret('POST', '/v1/models', await smallModel());
    expect(await warningsOf({ ...segment('models.churn.probability'), name: 'Registered' })).toEqual([
      ['/segments/s/condition', expect.stringContaining('no version of model "churn" is live or canary')],
    ]);
    await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'canary', share: 0.2 });
    expect(await warningsOf({ ...segment('models.churn.probability'), name: 'Serving' })).toBeUndefined();
    expect(await warningsOf(segment('models.churn.value'))).toEqual([
      ['/segments/s/condition', expect.stringContaining('model "churn" has no output "value"')],
    ]);
    const alike = campaign('home', {
      score: 'models.churn.probability',
      strategy: { policy: 'thompson', modelWeight: 0.3 },
    });
    expect(await warningsOf(alike)).toEqual([
      ['/campaigns/home/score', expect.stringContaining('scores them all alike')],
    ]);
  });
});
