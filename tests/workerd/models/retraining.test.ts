/** From a model that is due to the version that follows it. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { TrainingJob } from '../../../contract/models/training.ts';
import { judgeModels, TRAINING_LAPSE_MS, TRAINING_REST_MS } from '../../../worker/jobs/retraining.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
const YEAR_MS = 366 * 86_400_000;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const register = async (bias: number, about: object) => {
  const body = { ...(await smallModel({ bias })), ...about };
  return (await api.secret<ModelVersion & { created: boolean }>('POST', '/v1/models', body)).body;
};
const stage = (version: number, to: string) =>
  api.secret('PUT', `/v1/models/churn/versions/${version}/stage`, { stage: to });
const jobs = async () => (await api.secret<{ jobs: TrainingJob[] }>('GET', '/v1/training-jobs')).body.jobs;
const take = (id: number) => api.secret('POST', `/v1/training-jobs/${id}`, { state: 'running' });
/** A look so long after now. */
const judgeIn = (ms: number) => judgeModels(bindings, workspace.workspaceId, Date.now() + ms);
const stages = async () =>
  (await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn')).body.versions.map(
    ({ version, stage: at }) => [version, at],
  );

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace);
  await register(0, { metrics: { auc: 0.8 } });
  await stage(1, 'live');
});

it('a model that is old is asked for once, taken once, and followed by a shadow if that is no worse', async () => {
  expect(await judgeIn(0)).toEqual([]);
  expect(await judgeIn(YEAR_MS)).toEqual(['churn']);
  expect(await judgeIn(YEAR_MS)).toEqual([]);
  const [job] = await jobs();
  expect(job).toMatchObject({ model: 'churn', version: 1, state: 'asked', cause: 'age' });
  const { body: alerts } = await api.secret<{ items: object[] }>('GET', '/v1/alerts?kind=model_retraining');
  expect(alerts.items).toEqual([expect.objectContaining({ subject: 'model:churn' })]);
  expect([(await take(job!.id)).status, (await take(job!.id)).status]).toEqual([200, 412]);
  const followed = await register(0.5, { metrics: { auc: 0.81 }, lineage: { job: job!.id } });
  expect(followed).toMatchObject({ version: 2, stage: 'shadow' });
  expect(await jobs()).toEqual([expect.objectContaining({ state: 'done', result: 2, note: 'begins as a shadow' })]);
});

it.each([
  ['is worse', { metrics: { auc: 0.7 } }, 'AUC 0.7, the live version’s is 0.8: it serves nobody'],
  ['does not say how good it is', {}, expect.stringMatching(/^its `metrics\.auc` is not told/)],
])('a version that %s is registered and serves nobody, and the job says why', async (_words, about, note) => {
  await judgeIn(YEAR_MS);
  const worse = await register(1, { ...about, lineage: { job: (await jobs())[0]!.id } });
  expect(worse).toMatchObject({ version: 2, stage: 'registered' });
  expect((await jobs())[0]).toMatchObject({ state: 'done', result: 2, note });
});

describe('a job ends', () => {
  it('when training gives the live version again: that goes on, and nothing is asked for a while', async () => {
    await bindings.DB.prepare('UPDATE model_versions SET created_at = ? WHERE workspace_id = ?')
      .bind(Date.now() - YEAR_MS, workspace.workspaceId)
      .run();
    expect(await judgeIn(0)).toEqual(['churn']);
    const [job] = await jobs();
    await take(job!.id);
    const same = await register(0, { metrics: { auc: 0.8 }, lineage: { job: job!.id } });
    expect(same).toMatchObject({ created: false, version: 1, stage: 'live' });
    expect(await jobs()).toEqual([
      expect.objectContaining({ state: 'done', result: 1, note: 'training gave the live version again' }),
    ]);
    expect(await judgeIn(TRAINING_REST_MS - 60_000)).toEqual([]);
    expect(await judgeIn(TRAINING_REST_MS + 60_000)).toEqual(['churn']);
  });

  it('when the upload that stored its version did not come to its end and is sent again', async () => {
    await judgeIn(YEAR_MS);
    const [job] = await jobs();
    const body = { metrics: { auc: 0.9 }, lineage: { job: job!.id } };
    await register(0.5, { metrics: { auc: 0.9 } });
    expect(await register(0.5, body)).toMatchObject({ created: false, version: 2, stage: 'shadow' });
    expect((await jobs())[0]).toMatchObject({ state: 'done', result: 2 });
  });

  it('when nothing is heard of it: the model is asked for again', async () => {
    await judgeIn(YEAR_MS);
    const [job] = await jobs();
    await take(job!.id);
    expect(await judgeIn(TRAINING_LAPSE_MS - 60_000)).toEqual([]);
    expect((await jobs())[0]).toMatchObject({ state: 'running' });
    expect(await judgeIn(YEAR_MS)).toEqual(['churn']);
    expect((await jobs()).map(({ id, state, changedBy }) => [id, state, changedBy])).toEqual([
      [expect.any(Number), 'asked', 'watch'],
      [job!.id, 'failed', 'watch'],
    ]);
  });
});

describe('what waits is left in peace', () => {
  it('nothing is asked while a later version is shadow or canary', async () => {
    await register(0.5, { metrics: { auc: 0.8 } });
    await stage(2, 'shadow');
    expect(await judgeIn(YEAR_MS)).toEqual([]);
    await stage(2, 'retired');
    expect(await judgeIn(YEAR_MS)).toEqual(['churn']);
  });

  it('a shadow that somebody staged goes on when a training ends', async () => {
    await judgeIn(YEAR_MS);
    await register(0.5, { metrics: { auc: 0.8 } });
    await stage(2, 'shadow');
    const result = await register(1, { metrics: { auc: 0.9 }, lineage: { job: (await jobs())[0]!.id } });
    expect(result.stage).toBe('registered');
    expect((await jobs())[0]?.note).toMatch(/^version 2 is the shadow, and goes on/);
    expect(await stages()).toEqual([
      [3, 'registered'],
      [2, 'shadow'],
      [1, 'live'],
    ]);
  });
});
