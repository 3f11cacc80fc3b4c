/** As many models as a workspace may have, and as many versions. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { Problem } from '../../../contract/problem.ts';
import { MAX_MODELS } from '../../../durable-objects/publisher/models.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { judgeModels } from '../../../worker/jobs/retraining.ts';
import { MAX_REGISTERED_MODELS } from '../../../worker/models/registry.ts';
import { reconcileModels } from '../../../worker/models/serving.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await upload('churn');
});

const upload = async (id: string) =>
  api.secret<ModelVersion & Problem>('POST', '/v1/models', await smallModel({}, { id }));
const stage = (id: string, to: string) =>
  api.secret<ModelVersion & Problem>('PUT', `/v1/models/${id}/versions/1/stage`, { stage: to });
const reconcile = () => reconcileModels(bindings, workspace.workspaceId, Date.now());
const publisher = () => publisherStub(bindings, workspace.workspaceId);

/** Copies the version of `churn` into so many models `m001` …, as if they had been registered and staged. */
async function copies(count: number, at: 'registered' | 'live'): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const { workspaceId } = workspace;
  const revision = at === 'live' ? 1 : 0;
  await bindings.DB.batch([
    bindings.DB.prepare(
      `${numbers} INSERT INTO models (workspace_id, id, revision, created_at) SELECT ?, printf('m%03d', i), ?, 1 FROM n`,
    ).bind(workspaceId, revision),
    bindings.DB.prepare(
      `${numbers} INSERT INTO model_versions (workspace_id, model_id, version, manifest_hash, manifest, metrics, lineage, card, stage, staged_at, created_at, created_by)
       SELECT workspace_id, printf('m%03d', i), 1, manifest_hash, manifest, metrics, lineage, card, ?, 1, 1, 'test' FROM n, model_versions WHERE workspace_id = ? AND model_id = 'churn'`,
    ).bind(at, workspaceId),
  ]);
}

describe(`of ${MAX_MODELS} models that serve`, () => {
  it('one more is refused before anything is stored, until one of them retires', async () => {
    await copies(MAX_MODELS, 'live');
    expect(await reconcile()).toBe(MAX_MODELS);
    const { status, body } = await stage('churn', 'live');
    expect([status, body.errors?.map(({ field }) => field)]).toEqual([422, ['/stage']]);
    const { body: now } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(now.versions[0]?.stage).toBe('registered');
    expect((await stage('m007', 'retired')).status).toBe(200);
    expect((await stage('churn', 'live')).status).toBe(200);
    // What retired is remembered by its revision, and told to no worker.
    const { models = [] } = await (await publisher()).state(Number.MAX_SAFE_INTEGER);
    expect(models).toHaveLength(MAX_MODELS);
    expect(models.map(({ id }) => id)).not.toContain('m007');
    expect((await (await publisher()).modelBooks()).models).toHaveLength(MAX_MODELS + 1);
  });

  it('one that the publisher does not take keeps no other from being repaired', async () => {
    await upload('aaa');
    await stage('churn', 'live');
    const stub = await publisher();
    for (let i = 1; i < MAX_MODELS; i += 1) {
      const versions = [{ version: 1, stage: 'live' as const, manifest: 'x' }];
      await stub.setModel(workspace.workspaceId, { model: { id: `x${i}`, versions }, revision: 1 });
    }
    expect((await stage('aaa', 'live')).status).toBe(503);
    await bindings.DB.prepare("UPDATE models SET revision = 7 WHERE workspace_id = ? AND id = 'churn'")
      .bind(workspace.workspaceId)
      .run();
    expect(await reconcile()).toBe(1);
    const { models } = await stub.modelBooks();
    expect(models.find(({ model }) => model.id === 'churn')?.revision).toBe(7);
  });
});

it(`of ${MAX_REGISTERED_MODELS} models one more is refused by its id; a further version of one of them is not`, async () => {
  await copies(MAX_REGISTERED_MODELS - 1, 'registered');
  const { status, body } = await upload('one-more');
  expect([status, body.errors?.map(({ field }) => field)]).toEqual([422, ['/manifest/id']]);
  const further = await api.secret('POST', '/v1/models', await smallModel({ bias: 1 }));
  expect(further.status).toBe(201);
});

describe('of 60 versions of which the first is live', () => {
  beforeEach(async () => {
    await stage('churn', 'live');
    const { workspaceId } = workspace;
    await bindings.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
       INSERT INTO model_versions (workspace_id, model_id, version, manifest_hash, manifest, metrics, lineage, card, stage, staged_at, created_at, created_by)
       SELECT workspace_id, model_id, i, printf('%064d', i), manifest, metrics, lineage, card, 'registered', 1, 1, 'test' FROM n, model_versions WHERE workspace_id = ? AND model_id = 'churn'`,
    )
      .bind(workspaceId)
      .run();
  });

  type Page = { versions: ModelVersion[]; next?: string };
  const numbers = ({ versions }: Page) => versions.map(({ version }) => version);
  const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

  it('the live one stands on the first page and in the list of all models, and the others follow by page', async () => {
    const first = (await api.secret<Page>('GET', '/v1/models/churn')).body;
    expect(numbers(first)).toEqual([...down(60, 11), 1]);
    expect(first.versions.at(-1)).toMatchObject({
      stage: 'live',
      name: 'Churn',
      inputs: 2,
      outputs: ['models.churn.probability'],
    });
    const second = (await api.secret<Page>('GET', `/v1/models/churn?cursor=${first.next}`)).body;
    expect([numbers(second), second.next]).toEqual([down(10, 1), undefined]);
    expect((await api.secret('GET', '/v1/models/churn?cursor=nonsense')).status).toBe(400);
    const { models } = (await api.secret<{ models: Page[] }>('GET', '/v1/models')).body;
    expect(models.map(numbers)).toEqual([[60, 59, 58, 1]]);
  });

  it('a result of training is held against the live one, and that one is judged', async () => {
    const { workspaceId } = workspace;
    await bindings.DB.prepare(
      `UPDATE model_versions SET metrics = '{"auc":0.9}' WHERE workspace_id = ? AND stage = 'live'`,
    )
      .bind(workspaceId)
      .run();
    expect(await judgeModels(bindings, workspaceId, Date.now() + 366 * 86_400_000)).toEqual(['churn']);
    const { jobs } = (await api.secret<{ jobs: { id: number }[] }>('GET', '/v1/training-jobs')).body;
    const about = { metrics: { auc: 0.7 }, lineage: { job: jobs[0]!.id } };
    const worse = await api.secret<ModelVersion>('POST', '/v1/models', {
      ...(await smallModel({ bias: 2 })),
      ...about,
    });
    expect(worse.body).toMatchObject({ version: 61, stage: 'registered' });
  });
});
