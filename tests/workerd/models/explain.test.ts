/** Scores explained: for a customer now, and for a decision as it was made. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExplainedScores } from '../../../contract/models/explanations.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel, stayFor } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

/** Tenure in tens of months, contract. */
const background = [
  [3, 0],
  [1, 1],
];
const drivers = [{ input: 'contract', words: 'a contract by the month', intervention: 'offer a contract by the year' }];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, [
    { kind: 'placement', id: 'hero', name: 'Hero' },
    { kind: 'placement', id: 'side', name: 'Side' },
    { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
    { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
    stayFor({ $gt: 0.7 }),
  ]);
  await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 1, contract: 'monthly' } });
  await api.secret('POST', '/v1/models', await smallModel({}, { background, drivers }));
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
});

const explain = async (body: Record<string, unknown>) =>
  (await api.secret<{ models?: ExplainedScores }>('POST', '/v1/explain', { customer: { id: 'ann' }, ...body })).body;
const served = (body: Record<string, unknown>) =>
  eventually(
    () => explain(body),
    ({ models }) => (models?.churn ?? []).length > 0,
  );

/** Log-odds: −0.1 of tenure and 2 of the contract; −2 and 1 in the mean of the background. */
const EXPLAINED = {
  version: 1,
  stage: 'live',
  outputs: { probability: expect.closeTo(0.8699, 4) },
  inputs: { tenure: 1, contract: true },
  missing: [],
  explanation: {
    space: 'log_odds',
    method: 'exact',
    raw: expect.closeTo(1.9, 6),
    baseline: expect.closeTo(-1, 6),
    contributions: [
      { name: 'tenure', contribution: expect.closeTo(1.9, 6) },
      { name: 'contract', contribution: expect.closeTo(1, 6) },
    ],
  },
  summary:
    'Leaves within a month: 87 of 100 customers like this. Mostly because: 1 month as a customer (+39 points), ' +
    'a contract by the month (+21 points). A typical customer: 27 of 100.',
  interventions: ['offer a contract by the year'],
};

describe('POST /v1/explain', () => {
  it('explains the scores that are asked for, whether or not a placement uses them', async () => {
    expect((await served({ models: ['churn'] })).models!.churn![0]).toMatchObject(EXPLAINED);
    const { models } = await explain({ placements: ['hero'], models: ['churn', 'unknown'] });
    expect(models!.churn).toHaveLength(1);
    expect(models!.churn![0]).toMatchObject(EXPLAINED);
    expect(models!.unknown).toEqual([]);
    expect(await explain({ placements: ['hero'] })).not.toHaveProperty('models');
  });

  it('says what is missing, and why there is no explanation', async () => {
    await api.secret('POST', '/v1/models', await smallModel({ bias: 1 }));
    await api.secret('PUT', '/v1/models/churn/versions/2/stage', { stage: 'shadow' });
    const { models } = await eventually(
      () => explain({ customer: { id: 'new' }, models: ['churn'] }),
      ({ models: told }) => told?.churn?.length === 2,
    );
    expect(models!.churn).toMatchObject([
      { version: 1, stage: 'live', inputs: { tenure: null, contract: null }, missing: ['tenure', 'contract'] },
      { version: 2, stage: 'shadow', unexplained: 'no_background' },
    ]);
    expect(models!.churn![1]).not.toHaveProperty('summary');
  });

  it('wants a placement or a model', async () => {
    const refused = await api.secret<{ errors: unknown }>('POST', '/v1/explain', { customer: { id: 'ann' } });
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ field: '/placements', detail: 'must name a placement, unless `models` names a model' }],
    ]);
  });
});

describe('GET /v1/decisions/{id}', () => {
  it('explains what decided then, on demand, though the customer has changed since', async () => {
    await served({ models: ['churn'] });
    const { decisionId } = (await api.optimize({ placements: ['hero'], customer: { id: 'ann' } })).body.decisions[0]!;
    await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 40, contract: 'yearly' } });
    const read = async (query: string) =>
      (await api.secret<{ models?: ExplainedScores }>('GET', `/v1/decisions/${decisionId}${query}`)).body;
    expect((await read('?explain=models')).models!.churn).toMatchObject([EXPLAINED]);
    expect(await read('')).not.toHaveProperty('models');
    const refused = await api.secret<{ type: string }>('GET', `/v1/decisions/${decisionId}?explain=all`);
    expect(refused.status).toBe(422);
  });
});
