/** A model over the whole way: registered, put in service, scored where decisions are made, called back. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { Receipt } from '../../../decisioning/receipt.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { reconcileModels } from '../../../worker/models/serving.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const documents = [
  { kind: 'placement', id: 'hero', name: 'Hero' },
  { kind: 'attribute', id: 'tenureMonths', type: 'number', source: 'server' },
  { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
  { kind: 'segment', id: 'leaving', name: 'Leaving', condition: { 'models.churn.probability': { $gt: 0.7 } } },
  {
    kind: 'campaign',
    id: 'stay',
    name: 'Stay',
    objective: { goal: 'click' },
    placements: ['hero'],
    audience: { segment: 'leaving' },
    arms: [{ id: 'a', content: { text: 'stay' } }],
  },
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
  await api.secret('PUT', '/v1/customers/ann', { traits: { tenureMonths: 1, contract: 'monthly' } });
  await api.secret('PUT', '/v1/customers/bob', { traits: { tenureMonths: 60, contract: 'yearly' } });
});

const decide = async (id: string) =>
  (await api.optimize({ placements: ['hero'], customer: { id } })).body.decisions[0]!;
const register = async (...args: Parameters<typeof smallModel>) =>
  (await api.secret<ModelVersion>('POST', '/v1/models', await smallModel(...args))).body;
const stage = (version: number, body: object) =>
  api.secret<ModelVersion>('PUT', `/v1/models/churn/versions/${version}/stage`, body);

describe('a model in service', () => {
  it('decides by its score within seconds of going live, and not before', async () => {
    await register();
    expect((await decide('ann')).campaign).toBeUndefined();
    expect((await stage(1, { stage: 'live' })).body).toMatchObject({ stage: 'live', version: 1 });
    const decided = await eventually(
      () => decide('ann'),
      ({ campaign }) => campaign !== undefined,
    );
    expect(decided.campaign).toBe('stay');
    expect((await decide('bob')).campaign).toBeUndefined();
  });

  it('stands in the receipt with its version, its row and its score', async () => {
    await register();
    await stage(1, { stage: 'live' });
    const { decisionId } = await eventually(
      () => decide('ann'),
      ({ campaign }) => campaign !== undefined,
    );
    const { body } = await api.secret<{ receipt: Receipt }>('GET', `/v1/decisions/${decisionId}`);
    expect(body.receipt.models).toEqual({
      churn: {
        used: {
          version: 1,
          stage: 'live',
          row: [expect.closeTo(0.1), 1],
          missing: [],
          outputs: { probability: expect.closeTo(1 / (1 + Math.exp(-1.9)), 6) },
        },
      },
    });
    expect(body.receipt.reads).toContainEqual(['models.churn.probability', expect.closeTo(0.8699, 4)]);
  });

  it('is heard no more once it is called back, and the registry writes down why', async () => {
    await register();
    await stage(1, { stage: 'live' });
    await eventually(
      () => decide('ann'),
      ({ campaign }) => campaign !== undefined,
    );
    const publisher = await publisherStub(bindings, workspace.workspaceId);
    const back = { modelId: 'churn', version: 1, atMs: Date.now(), reason: 'AUC .48 of 1,000 outcomes' };
    expect(await publisher.callBackModel(workspace.workspaceId, back)).toBe(true);
    expect(await publisher.callBackModel(workspace.workspaceId, back)).toBe(false);
    const decided = await eventually(
      () => decide('ann'),
      ({ campaign }) => campaign === undefined,
    );
    expect(decided.campaign).toBeUndefined();
    expect(await reconcileModels(bindings, workspace.workspaceId, Date.now())).toBeGreaterThan(0);
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions[0]).toMatchObject({ stage: 'retired', reason: expect.stringContaining('AUC .48') });
    // Put in service on purpose, it serves again.
    await stage(1, { stage: 'live', resume: true });
    expect(
      (
        await eventually(
          () => decide('ann'),
          ({ campaign }) => campaign !== undefined,
        )
      ).campaign,
    ).toBe('stay');
  });
});

describe('registering', () => {
  it('gives the same manifest the same version, and another the next number', async () => {
    expect(await register()).toMatchObject({ version: 1, created: true, stage: 'registered' });
    expect(await register()).toMatchObject({ version: 1, created: false });
    expect(await register({ bias: 1 })).toMatchObject({ version: 2, created: true });
  });

  it('refuses a file that is no model, or another than its manifest says, by field, and stores nothing', async () => {
    const { manifest, file } = await smallModel();
    const post = (body: unknown) =>
      api.secret<{ type: string; errors: { field: string }[] }>('POST', '/v1/models', body);
    const other = await post({ manifest: { ...manifest, file: { ...manifest.file, sha256: '0'.repeat(64) } }, file });
    expect([other.status, other.body.type, other.body.errors[0]!.field]).toEqual([
      422,
      '/problems/invalid_model',
      '/manifest/file/sha256',
    ]);
    expect((await api.secret<{ models: unknown[] }>('GET', '/v1/models')).body.models).toEqual([]);
  });
});

describe('stages', () => {
  it('have one version each: who held it retires', async () => {
    await register();
    await register({ bias: 1 });
    await stage(1, { stage: 'live' });
    await stage(2, { stage: 'canary', share: 0.2 });
    expect((await stage(2, { stage: 'live' })).body).toMatchObject({ stage: 'live', version: 2 });
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions.map(({ version, stage: at }) => [version, at])).toEqual([
      [2, 'live'],
      [1, 'retired'],
    ]);
    const { body: audit } = await api.secret<{ entries: { action: string }[] }>('GET', '/v1/audit');
    expect(JSON.stringify(audit)).toContain('stage_live');
  });

  it.each([
    ['a canary without a share', { stage: 'canary' }, '/share'],
    ['a share of what is no canary', { stage: 'live', share: 0.5 }, '/share'],
    ['a stage that is none', { stage: 'alive' }, '/stage'],
  ])('refuse %s by field', async (_name, body, field) => {
    await register();
    const refused = await api.secret<{ errors: { field: string }[] }>('PUT', '/v1/models/churn/versions/1/stage', body);
    expect([refused.status, refused.body.errors[0]!.field]).toEqual([422, field]);
  });
});
