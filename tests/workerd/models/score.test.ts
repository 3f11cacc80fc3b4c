/** A customer's score on request: what the model sees of them, and why it says what it says. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ScoreResponse } from '../../../contract/models/score.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { customerStubByName, type StubSource } from '../../../durable-objects/shared/stub.ts';
import { knownName } from '../../../worker/edge/visitor.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = [
  { kind: 'placement', id: 'hero', name: 'Hero' },
  { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
  { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
];
/** Months of the trait, and views of the last week in the place of the contract. */
const counting: ModelManifest['inputs'] = [
  { name: 'tenure', attribute: 'tenureMonths', encoding: { kind: 'number', scale: 10 }, missing: 0 },
  { name: 'views', attribute: 'behaviour.view.count.7d', encoding: { kind: 'number' }, missing: 0 },
];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
  await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 1, contract: 'monthly' } });
});

const register = async (...args: Parameters<typeof smallModel>) =>
  api.secret('POST', '/v1/models', await smallModel(...args));
const stage = (version: number, body: object) => api.secret('PUT', `/v1/models/churn/versions/${version}/stage`, body);
const score = (body: object, id = 'churn') =>
  api.secret<ScoreResponse & Problem>('POST', `/v1/models/${id}/score`, body);

describe('the score of a customer', () => {
  it('comes with each input by name and the row, of a version that serves nobody yet', async () => {
    await register();
    const { status, body } = await score({ customer: { id: 'ann' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      model: 'churn',
      version: 1,
      stage: 'registered',
      known: true,
      outputs: { probability: expect.closeTo(sigmoid(1.9), 6) },
      inputs: [
        { name: 'tenure', attribute: 'tenureMonths', value: 1, missing: false, outside: false },
        { name: 'contract', attribute: 'contract', value: 'monthly', missing: false, outside: false },
      ],
      row: { tenure: expect.closeTo(0.1, 6), contract: 1 },
      unexplained: 'no_background',
    });
  });

  it('reads counters as they stand', async () => {
    await register({}, { inputs: counting });
    const view = { kind: 'behaviour', name: 'view' };
    expect((await api.events({ customer: { id: 'ann' }, events: [view, view] })).status).toBe(200);
    const { body } = await score({ customer: { id: 'ann' } });
    expect(body.inputs[1]).toMatchObject({ name: 'views', value: 2, missing: false });
    expect(body.outputs.probability).toBeCloseTo(sigmoid(4 - 0.1), 5);
  });

  it('is explained where the manifest has a background: the parts are the way from the typical score', async () => {
    await register({}, { background: [[6, 0]] });
    const { body } = await score({ customer: { id: 'ann' } });
    const { score: own, typical, contributions } = body.explanation!;
    expect(typical).toBeCloseTo(sigmoid(-6), 5);
    expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(own - typical, 6);
    expect(body.summary).toContain('Leaves within a month: 87 of 100 customers like this');
  });

  it('takes what is told of this request, and the version that is asked for', async () => {
    await register();
    await register({ bias: 5 });
    await stage(1, { stage: 'live' });
    expect((await score({ customer: { id: 'ann' } })).body).toMatchObject({ version: 1, stage: 'live' });
    const told = { customer: { id: 'ann' }, version: 2, context: { attributes: { contract: 'yearly' } } };
    expect((await score(told)).body).toMatchObject({
      version: 2,
      stage: 'registered',
      outputs: { probability: expect.closeTo(sigmoid(4.9), 6) },
    });
  });

  it('is that of nobody without a customer, and leaves nothing of one who is not there', async () => {
    await register();
    const nobody = { known: false, outputs: { probability: 0.5 } };
    expect((await score({})).body).toMatchObject(nobody);
    expect((await score({ customer: { id: 'eve' } })).body).toMatchObject(nobody);
    const name = await knownName(bindings, workspace.workspaceId, 'eve');
    const stub = customerStubByName(bindings as unknown as StubSource, workspace.workspaceId, name);
    const tables = "SELECT name FROM sqlite_master WHERE name = 'meta'";
    expect(
      await runInDurableObject(stub as unknown as DurableObjectStub, (_, { storage }) =>
        storage.sql.exec(tables).toArray(),
      ),
    ).toEqual([]);
  });

  it('reads what an arm shows', async () => {
    const inputs: ModelManifest['inputs'] = [
      { name: 'topic', attribute: 'arm.content.text', encoding: { kind: 'boolean', trueValues: ['new'] }, missing: 0 },
      counting[1]!,
    ];
    await register({ tenure: 3 }, { inputs });
    expect((await score({ arm: { content: { text: 'new' } } })).body.outputs.probability).toBeCloseTo(sigmoid(3), 5);
    expect((await score({})).body.inputs[0]).toMatchObject({ value: null, missing: true });
  });
});

describe('a score is refused', () => {
  it('for what is not there, and for attributes that nobody declared', async () => {
    expect((await score({}, 'other')).status).toBe(404);
    await register();
    expect((await score({ version: 2 })).status).toBe(404);
    const { status, body } = await score({ context: { attributes: { contract: 7, mood: 'good' } } });
    expect([status, body.errors?.map(({ field }) => field)]).toEqual([
      422,
      ['/context/attributes/contract', '/context/attributes/mood'],
    ]);
  });

  it('to whoever has no secret key, and to other workspaces', async () => {
    await register();
    expect((await api.page('/v1/models/churn/score', { customer: { id: 'ann' } })).status).toBe(403);
    const stranger = apiOf(await createWorkspace(bindings));
    expect((await stranger.secret('POST', '/v1/models/churn/score', {})).status).toBe(404);
  });

  it('with 503 while the bucket is down', async () => {
    await register();
    const bucket = bindings.MODELS;
    const broken = { get: () => Promise.reject(new Error('boom')) };
    Object.assign(bindings, { MODELS: broken });
    const { status, body } = await score({ customer: { id: 'ann' } });
    Object.assign(bindings, { MODELS: bucket });
    expect([status, body.type]).toEqual([503, '/problems/unavailable']);
  });
});
