/** The bucket of models and the publisher, down, slow and talking nonsense: when a version is uploaded, staged and scored with; and a database that was restored. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { reconcileModels } from '../../../worker/models/serving.ts';
import { apiOf } from '../api.ts';
import { FAULTS, type Fault, Gate } from '../chaos/faults.ts';
import { breakPart, change, mend } from '../chaos/parts.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { forgetEverything } from './afresh.ts';
import { smallModel, stayFor } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;
let gate: Gate | undefined;

const documents = [
  { kind: 'placement', id: 'hero', name: 'Hero', defaultContent: { text: 'default' } },
  { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
  stayFor({ $gt: 0.7 }),
];

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await publishDemo(bindings, workspace, documents);
  await api.secret('PUT', '/v1/customers/ann', { traits: { contract: 'monthly' } });
});

afterEach(async () => {
  gate?.open();
  gate = undefined;
  mend();
  await forgetEverything(workspace.workspaceId);
});

/** A bucket that is down, that waits at the gate, or whose objects are other bytes than they were. */
function breakBucket(fault: Fault): void {
  const opened = new Gate();
  gate = opened;
  const garbage = { arrayBuffer: async () => new TextEncoder().encode('<html>').buffer };
  const faulty = (real: () => Promise<unknown>) => async (): Promise<unknown> => {
    if (fault === 'down') throw new Error('boom');
    if (fault === 'garbage') return garbage;
    await opened.pass();
    return real();
  };
  change(
    'MODELS',
    new Proxy(bindings.MODELS, {
      get: (bucket, name) => {
        const real = Reflect.get(bucket, name) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => faulty(() => real.apply(bucket, args))();
      },
    }),
  );
}

const upload = async (...args: Parameters<typeof smallModel>) =>
  api.secret<ModelVersion & { type?: string }>('POST', '/v1/models', await smallModel(...args));
const stage = (version: number, body: object) =>
  api.secret<ModelVersion & { type?: string }>('PUT', `/v1/models/churn/versions/${version}/stage`, body);
const versions = async () =>
  (await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn')).body.versions.map(
    ({ version, stage: at }) => [version, at],
  );
const decide = async () => (await api.optimize({ placements: ['hero'], customer: { id: 'ann' } })).body.decisions[0]!;
/** As a new isolate decides, which asks the publisher first. */
const decidedAfresh = async () => {
  await forgetEverything(workspace.workspaceId);
  return (await decide()).campaign;
};
const reconcile = () => reconcileModels(bindings, workspace.workspaceId, Date.now());
const publisher = () => publisherStub(bindings, workspace.workspaceId);

describe('without the bucket', () => {
  it('an upload is refused with 503, registers nothing, and is taken once the bucket is back', async () => {
    breakBucket('down');
    const refused = await upload();
    expect([refused.status, refused.body.type]).toEqual([503, '/problems/unavailable']);
    mend();
    expect((await api.secret<{ models: unknown[] }>('GET', '/v1/models')).body.models).toEqual([]);
    expect((await upload()).status).toBe(201);
  });

  it.each(FAULTS)('%s, decisions go on without the score, and with it when it is back', async (fault) => {
    await upload();
    await stage(1, { stage: 'live' });
    await forgetEverything(workspace.workspaceId);
    // Most of a deadline is waited for a model that does not come: the rest must do for the decision.
    change('DECIDE_DEADLINE_MS', '2000');
    breakBucket(fault);
    const { status, body } = await api.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    expect([status, body.decisions[0]?.content, body.degraded]).toEqual([200, { text: 'default' }, undefined]);
    gate?.open();
    mend();
    // What failed is asked for again later; a new isolate asks at once.
    expect(await decidedAfresh()).toBe('stay');
  });
});

describe('without the publisher', () => {
  it('a staging answers 503 and is stored; the job tells it when the publisher is back', async () => {
    await upload();
    breakPart('publisher', 'down', 'nothing');
    const refused = await stage(1, { stage: 'live' });
    expect([refused.status, refused.body.type]).toEqual([503, '/problems/unavailable']);
    mend();
    expect(await versions()).toEqual([[1, 'live']]);
    expect((await (await publisher()).modelBooks()).models).toEqual([]);
    expect(await reconcile()).toBe(1);
    expect(await decidedAfresh()).toBe('stay');
    expect(await reconcile()).toBe(0);
  });

  it('a staging that is asked for again is told then', async () => {
    await upload();
    breakPart('publisher', 'down', 'nothing');
    await stage(1, { stage: 'live' });
    mend();
    expect((await stage(1, { stage: 'live' })).status).toBe(200);
    expect(await decidedAfresh()).toBe('stay');
  });
});

describe('a version that the watch called back', () => {
  const callBack = async (atMs: number) =>
    (await publisher()).callBackModel(workspace.workspaceId, { modelId: 'churn', version: 1, atMs, reason: 'AUC .48' });

  beforeEach(async () => {
    await upload();
    await stage(1, { stage: 'live' });
    await decidedAfresh();
  });

  it('is staged by no script that has not heard of it: 412, written down at once, and nobody is served', async () => {
    expect(await callBack(Date.now())).toBe(true);
    for (const wish of [{ stage: 'live' }, { stage: 'canary', share: 0.5 }, { stage: 'shadow' }]) {
      const { status, body } = await stage(1, wish);
      expect([status, body.type, (body as { detail?: string }).detail]).toEqual([
        412,
        '/problems/called_back',
        expect.stringMatching(/^AUC \.48.*"resume": true/),
      ]);
    }
    expect(await versions()).toEqual([[1, 'retired']]);
    expect((await stage(1, { stage: 'retired' })).status).toBe(200);
    expect(await decidedAfresh()).toBeUndefined();
  });

  it('serves again when somebody says so, before the registry has heard and after', async () => {
    await callBack(Date.now());
    expect((await stage(1, { stage: 'live', resume: true })).status).toBe(200);
    expect(await reconcile()).toBe(0);
    expect(await decidedAfresh()).toBe('stay');
    await callBack(Date.now());
    expect(await reconcile()).toBeGreaterThan(0);
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions[0]).toMatchObject({ stage: 'retired', calledBackAt: expect.any(String) });
    expect((await stage(1, { stage: 'live' })).status).toBe(412);
    const resumed = await stage(1, { stage: 'canary', share: 0.5, resume: true });
    expect([resumed.status, resumed.body.calledBackAt]).toEqual([200, undefined]);
    // From there on it is a version like any other.
    expect((await stage(1, { stage: 'live' })).status).toBe(200);
    expect(await decidedAfresh()).toBe('stay');
  });

  it('is known by the registry alone where the publisher is down', async () => {
    await callBack(Date.now());
    await reconcile();
    breakPart('publisher', 'down', 'nothing');
    expect((await stage(1, { stage: 'live' })).status).toBe(412);
    mend();
    expect(await versions()).toEqual([[1, 'retired']]);
  });

  it('is retired again where somebody staged it without the word while the publisher was down', async () => {
    await callBack(Date.now() - 1_000);
    breakPart('publisher', 'down', 'nothing');
    expect((await stage(1, { stage: 'shadow' })).status).toBe(503);
    mend();
    await reconcile();
    expect(await versions()).toEqual([[1, 'retired']]);
    expect(await decidedAfresh()).toBeUndefined();
  });

  it('serves again when it was resumed and the publisher missed that', async () => {
    await callBack(Date.now() - 1_000);
    await bindings.DB.prepare(
      'UPDATE model_versions SET resumed_at = ? WHERE workspace_id = ? AND model_id = ? AND version = 1',
    )
      .bind(Date.now(), workspace.workspaceId, 'churn')
      .run();
    await bindings.DB.prepare('UPDATE models SET revision = revision + 1 WHERE workspace_id = ? AND id = ?')
      .bind(workspace.workspaceId, 'churn')
      .run();
    expect(await reconcile()).toBeGreaterThan(0);
    expect(await versions()).toEqual([[1, 'live']]);
    expect(await decidedAfresh()).toBe('stay');
  });

  it('serves again when the publisher missed its resumption, and hears of another version next', async () => {
    await callBack(Date.now() - 1_000);
    await reconcile();
    breakPart('publisher', 'down', 'nothing');
    expect((await stage(1, { stage: 'live', resume: true })).status).toBe(503);
    mend();
    await upload({ bias: -5 });
    expect((await stage(2, { stage: 'shadow' })).status).toBe(200);
    expect((await (await publisher()).modelBooks()).calledBack).toEqual([]);
    await reconcile();
    expect(await versions()).toEqual([
      [2, 'shadow'],
      [1, 'live'],
    ]);
    expect(await decidedAfresh()).toBe('stay');
  });

  it('stays out of service when it was called back by a clock that is behind', async () => {
    await callBack(1);
    await reconcile();
    expect(await versions()).toEqual([[1, 'retired']]);
    expect(await decidedAfresh()).toBeUndefined();
  });
});

describe('after a restore', () => {
  it('of the publisher to before a staging, it is told again', async () => {
    await upload();
    await stage(1, { stage: 'live' });
    await upload({ bias: -5 });
    await stage(2, { stage: 'live' });
    const stub = await publisher();
    const { models } = await stub.modelBooks();
    expect(models[0]?.revision).toBe(2);
    // The registry is further than the publisher: as after the publisher was restored.
    await bindings.DB.prepare('UPDATE models SET revision = 7 WHERE workspace_id = ?')
      .bind(workspace.workspaceId)
      .run();
    expect(await reconcile()).toBe(1);
    expect((await stub.modelBooks()).models[0]).toMatchObject({ revision: 7, model: { versions: [{ version: 2 }] } });
  });

  it('of the database to before a staging, what serves stays, and what is staged next serves', async () => {
    await upload();
    await stage(1, { stage: 'live' });
    await decidedAfresh();
    await bindings.DB.batch([
      bindings.DB.prepare(
        "UPDATE model_versions SET stage = 'registered' WHERE workspace_id = ? AND model_id = 'churn'",
      ).bind(workspace.workspaceId),
      bindings.DB.prepare('UPDATE models SET revision = 0 WHERE workspace_id = ?').bind(workspace.workspaceId),
    ]);
    expect(await reconcile()).toBe(1);
    expect(await reconcile()).toBe(0);
    expect((await decide()).campaign).toBe('stay');
    await stage(1, { stage: 'shadow' });
    expect(await decidedAfresh()).toBeUndefined();
  });
});
