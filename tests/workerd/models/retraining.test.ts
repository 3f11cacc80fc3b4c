/** From a model that is due to the version that follows it. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { TrainingJob } from '../../../contract/models/training.ts';
import { judgeModels } from '../../../worker/jobs/retraining.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
const YEAR_MS = 366 * 86_400_000;

it('a model that is old is asked for once, taken once, and followed by a shadow if that is no worse', async () => {
  const workspace = await createWorkspace(bindings);
  const api = apiOf(workspace);
  await publishDemo(bindings, workspace);
  const register = async (bias: number, about: object) =>
    (await api.secret<ModelVersion>('POST', '/v1/models', { ...(await smallModel({ bias })), ...about })).body;
  await register(0, { metrics: { auc: 0.8 } });
  await api.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
  const judge = (nowMs: number) => judgeModels(bindings, workspace.workspaceId, nowMs);
  expect(await judge(Date.now())).toEqual([]);
  expect(await judge(Date.now() + YEAR_MS)).toEqual(['churn']);
  expect(await judge(Date.now() + YEAR_MS)).toEqual([]);
  const jobs = async () => (await api.secret<{ jobs: TrainingJob[] }>('GET', '/v1/training-jobs')).body.jobs;
  const [job] = await jobs();
  expect(job).toMatchObject({ model: 'churn', version: 1, state: 'asked', cause: 'age' });
  const { body: alerts } = await api.secret<{ items: object[] }>('GET', '/v1/alerts?kind=model_retraining');
  expect(alerts.items).toEqual([expect.objectContaining({ subject: 'model:churn' })]);

  const take = () => api.secret('POST', `/v1/training-jobs/${job!.id}`, { state: 'running' });
  expect([(await take()).status, (await take()).status]).toEqual([200, 412]);
  const followed = await register(0.5, { metrics: { auc: 0.81 }, lineage: { job: job!.id } });
  expect(followed).toMatchObject({ version: 2, stage: 'shadow' });
  expect(await jobs()).toEqual([expect.objectContaining({ state: 'done', result: 2, note: 'begins as a shadow' })]);

  await judge(Date.now() + YEAR_MS);
  const [second] = await jobs();
  const worse = await register(1, { metrics: { auc: 0.7 }, lineage: { job: second!.id } });
  expect(worse).toMatchObject({ version: 3, stage: 'registered' });
  expect((await jobs())[0]).toMatchObject({ state: 'done', result: 3, note: expect.stringContaining('serves nobody') });
});
