/** From a model that is due to the version that follows it. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelPerformance } from '../../../contract/models/performance.ts';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { TrainingJob } from '../../../contract/models/training.ts';
import { keptUse } from '../../../decisioning/scoring/kept-use.ts';
import { judgeModels, TRAINING_LAPSE_MS, TRAINING_REST_MS } from '../../../worker/jobs/retraining.ts';
import { apiOf, eventually } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';
import { tellTrials } from './told-trials.ts';

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

describe('what customers were like and did', () => {
  const DAY_MS = 86_400_000;
  const reference = {
    score: { edges: [0.5], shares: [0.5, 0.5] },
    inputs: { tenure: { edges: [1], shares: [0.9, 0.1], missing: 0 } },
  };
  const watch = { goal: 'click', settleHours: 1 };
  /** Trials of twenty days ago, that were scored so. */
  const tell = async (customer: string, tenure: number, score: number, trials: number, conversions = 0) => {
    const { manifest } = await smallModel({}, { reference, watch });
    const use = { version: 2, stage: 'live', row: [tenure, 0], missing: [], outputs: { probability: score } } as const;
    const told = { trials, conversions, use: keptUse(manifest, use), atMs: Date.now() - 20 * DAY_MS };
    await tellTrials(workspace.workspaceId, customer, [told]);
  };
  const heard = async (trials: number) => {
    const version = async () =>
      (await api.secret<ModelPerformance>('GET', '/v1/models/churn/performance')).body.versions[0];
    expect((await eventually(version, (found) => found?.trials === trials))?.trials).toBe(trials);
  };

  beforeEach(async () => {
    const upload = await smallModel({}, { reference, watch });
    await api.secret('POST', '/v1/models', { ...upload, metrics: { auc: 0.8 } });
    await stage(2, 'live');
    await bindings.DB.prepare('UPDATE model_versions SET created_at = ? WHERE workspace_id = ? AND version = 2')
      .bind(Date.now() - 25 * DAY_MS, workspace.workspaceId)
      .run();
  });

  it('asks for training by drift once a thousand of them have inputs of another population', async () => {
    await tell('ann', 3, 0.2, 500, 100);
    await tell('bob', 3, 0.8, 499, 399);
    await heard(999);
    expect(await judgeIn(0)).toEqual([]);
    await tell('eve', 3, 0.8, 1, 1);
    await heard(1_000);
    expect(await judgeIn(0)).toEqual(['churn']);
    expect(await jobs()).toEqual([
      expect.objectContaining({
        version: 2,
        cause: 'drift',
        detail: expect.stringMatching(/^PSI \d.* of tenure among/),
      }),
    ]);
  });

  it.each([
    ['calibration, where a thousand scores promised otherwise', 'calibration', 1_000, 200],
    ['evidence, where as many outcomes as a training has are new', 'evidence', 20_000, 10_000],
  ])('asks for training by %s', async (_words, cause, trials, conversions) => {
    await tell('ann', 0.5, 0.2, (trials * 9) / 20, Math.round(conversions * 0.18));
    await tell('bob', 0.5, 0.8, (trials * 9) / 20, Math.round(conversions * 0.72));
    await tell('eve', 3, 0.2, trials / 20, Math.round(conversions * 0.02));
    await tell('dan', 3, 0.8, trials / 20, Math.round(conversions * 0.08));
    await heard(trials);
    expect(await judgeIn(0)).toEqual(['churn']);
    expect(await jobs()).toEqual([expect.objectContaining({ version: 2, cause })]);
  });
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
