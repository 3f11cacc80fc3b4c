/** What is uploaded: hostile bodies, models that do not fit their manifest, many at the same moment, and two workspaces. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_MODEL_BODY_BYTES, type ModelVersion } from '../../../contract/models/registry.ts';
import type { Problem } from '../../../contract/problem.ts';
import { database } from '../../../db/database.ts';
import { storeStage } from '../../../db/queries/model-stages.ts';
import { findModel } from '../../../db/queries/models.ts';
import type { ModelManifest } from '../../../decisioning/scoring/manifest.ts';
import { apiOf } from '../api.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../workspace.ts';
import { forgetEverything } from './afresh.ts';
import { base64Of, erfGraph, smallModel, stayFor, uploadOf } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
});

const upload = (body: unknown) => api.secret<Problem & ModelVersion>('POST', '/v1/models', body);
const stage = (version: number, body: object) =>
  api.secret<Problem & ModelVersion>('PUT', `/v1/models/churn/versions/${version}/stage`, body);
const listed = async () => (await api.secret<{ models: { id: string }[] }>('GET', '/v1/models')).body.models;
const stored = async () => (await bindings.MODELS.list({ prefix: `${workspace.workspaceId}/` })).objects;

/** Refused with this status and the fields it names; nothing of it is stored. */
async function expectRefused(body: unknown, status: number, ...fields: readonly string[]): Promise<void> {
  const answer = await upload(body);
  expect([answer.status, (answer.body.errors ?? []).map(({ field }) => field)]).toEqual([status, fields]);
  expect(await listed()).toEqual([]);
  expect(await stored()).toEqual([]);
}

const input = (i: number): ModelManifest['inputs'][number] => ({
  name: `input-${i}`,
  attribute: 'tenureMonths',
  encoding: { kind: 'number' },
  missing: 0,
});

describe('an upload is refused by field, and nothing of it is stored,', () => {
  it.each<[string, Partial<ModelManifest>, string]>([
    ['for an id with a dot', { id: 'churn.v2' }, '/manifest/id'],
    ['for an id in upper case', { id: 'Churn' }, '/manifest/id'],
    ['for inputs that make another width', { inputs: [input(0)] }, '/manifest/inputs'],
    ['for a tensor that the file does not have', { inputTensor: 'rows' }, '/manifest/inputTensor'],
    ['for an engine that nobody has', { engine: 'python' as never }, '/manifest/engine'],
  ])('%s', async (_name, changes, field) => {
    await expectRefused(await smallModel({}, changes), 422, field);
  });

  it('for outputs that are not there, twice the same, or of numbers that it does not give', async () => {
    const output = { name: 'probability', tensor: 'probability', column: 0, kind: 'probability' as const };
    const outputs = (...changes: object[]) =>
      smallModel({}, { outputs: changes.map((change) => ({ ...output, range: [0, 1] as const, ...change })) });
    await expectRefused(await outputs({ tensor: '__proto__' }), 422, '/manifest/outputs/0/tensor');
    await expectRefused(await outputs({ column: 1 }), 422, '/manifest/outputs/0/column');
    await expectRefused(await outputs({}, {}), 422, '/manifest/outputs/1/name');
    await expectRefused(await outputs({ range: [0.9, 1] }), 422, '/manifest/inputs');
  });

  it('for golden customers that it scores otherwise', async () => {
    const body = await smallModel();
    const golden = { attributes: { tenureMonths: 10, contract: 'monthly' }, row: [1, 1], scores: { probability: 0.5 } };
    await expectRefused({ ...body, golden: [golden] }, 422, '/golden/0/scores/probability');
    const right = { ...golden, scores: { probability: 1 / (1 + Math.exp(-1)) } };
    expect((await upload({ ...body, golden: [right] })).status).toBe(201);
  });

  it('for 10,000 inputs', async () => {
    const inputs = Array.from({ length: 10_000 }, (_, i) => input(i));
    await expectRefused(await smallModel({}, { inputs }), 422, '/manifest/inputs');
  });

  it('for what is no base64, and for base64 of anything but a model', async () => {
    const { manifest } = await smallModel();
    await expectRefused({ manifest, file: 'not base64!' }, 422, '/file');
    const noise = crypto.getRandomValues(new Uint8Array(manifest.file.bytes));
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', noise));
    const file = {
      bytes: noise.length,
      sha256: [...sha256].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    };
    await expectRefused({ manifest: { ...manifest, file }, file: base64Of(noise) }, 422, '/file');
  });

  it('a file with an operator outside of ours is refused with its node, and the engine that would take it', async () => {
    const { status, body } = await api.secret<Problem>('POST', '/v1/models', await uploadOf(erfGraph()));
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        field: '/file',
        detail: expect.stringMatching(/^unsupported at Erf #\d: .+; onnxruntime-web would take it: set "engine"$/),
      },
    ]);
  });

  it('for a file beyond its limit, and for a body beyond its own', async () => {
    const { manifest } = await smallModel();
    await expectRefused({ manifest, file: 'A'.repeat(1_500_000) }, 422, '/file');
    await expectRefused({ manifest, file: 'A'.repeat(MAX_MODEL_BODY_BYTES) }, 413);
  });

  it('for names of prototypes, for depth, and for numbers that are none', async () => {
    const { manifest, file } = await smallModel();
    const text = JSON.stringify({ manifest, file });
    await expectRefused(text.replace('"format":1', '"__proto__":{"x":1},"format":1'), 400, '/manifest/__proto__');
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const { status, body } = await upload(text.replace('"format":1', `"format":${deep}`));
    expect([status, body.errors?.[0]?.detail]).toEqual([422, 'is nested deeper than 64 levels']);
    await expectRefused(text.replace('"missing":0', '"missing":1e999'), 422, '/manifest/inputs/0/missing');
    await expectRefused(text.replace('"missing":0', '"missing":NaN'), 400);
  });
});

describe('at the same moment', () => {
  it('the same manifest is registered once', async () => {
    const body = await smallModel();
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
    expect(new Set(answers.map(({ body: { version } }) => version))).toEqual(new Set([1]));
    const { body: audit } = await api.secret<{ items: { action: string }[] }>('GET', '/v1/audit');
    expect(audit.items.filter(({ action }) => action === 'register')).toHaveLength(1);
  });

  it('a version and its audit row are there together, or neither', async () => {
    await bindings.DB.prepare(
      "CREATE TRIGGER no_audit BEFORE INSERT ON audit WHEN NEW.action = 'register' BEGIN SELECT RAISE(ABORT, 'full'); END",
    ).run();
    const { status } = await upload(await smallModel());
    await bindings.DB.prepare('DROP TRIGGER no_audit').run();
    expect(status).toBe(500);
    expect(await listed()).toEqual([]);
    expect((await upload(await smallModel())).status).toBe(201);
  });

  it('other manifests get numbers of their own', async () => {
    const bodies = await Promise.all([1, 2, 3, 4, 5, 6].map((bias) => smallModel({ bias })));
    const answers = await Promise.all(bodies.map(upload));
    expect(answers.map(({ body: { version } }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of two stagings one is done, and the other is told to ask again', async () => {
    await upload(await smallModel());
    await upload(await smallModel({ bias: 1 }));
    const answers = await Promise.all([1, 2, 1, 2].map((version) => stage(version, { stage: 'live' })));
    for (const { status } of answers) expect([200, 412]).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(200);
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions.filter(({ stage: at }) => at === 'live')).toHaveLength(1);
  });

  it('a staging that saw an older state changes nothing, not even the audit', async () => {
    await upload(await smallModel());
    const db = database(bindings.DB);
    const { revision } = (await findModel(db, workspace.workspaceId, 'churn'))!;
    const change = (to: 'live' | 'shadow') => ({
      workspaceId: workspace.workspaceId,
      modelId: 'churn',
      version: 1,
      stage: to,
      share: null,
      reason: null,
      seenRevision: revision,
      audit: { at: 1, actor: 'test', action: `stage_${to}`, kind: 'model', subject: 'churn@1', changes: '[]' } as const,
    });
    expect(await storeStage(db, change('live'))).toBe(true);
    expect(await storeStage(db, change('shadow'))).toBe(false);
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions[0]!.stage).toBe('live');
    const { body: audit } = await api.secret<unknown>('GET', '/v1/audit');
    expect(JSON.stringify(audit)).not.toContain('stage_shadow');
  });
});

describe('rolling back by hand', () => {
  it('puts an earlier version in service again; the one that followed it retires', async () => {
    await upload(await smallModel());
    await upload(await smallModel({ bias: 1 }));
    await stage(1, { stage: 'live' });
    await stage(2, { stage: 'live' });
    expect((await stage(1, { stage: 'live', reason: 'complaints' })).body).toMatchObject({ reason: 'complaints' });
    const { body } = await api.secret<{ versions: ModelVersion[] }>('GET', '/v1/models/churn');
    expect(body.versions.map(({ version, stage: at, reason }) => [version, at, reason])).toEqual([
      [2, 'retired', 'followed by version 1'],
      [1, 'live', 'complaints'],
    ]);
  });
});

describe('two workspaces', () => {
  it('never see, stage or score with each other’s models', async () => {
    await upload(await smallModel());
    await stage(1, { stage: 'live' });
    const stranger = await createWorkspace(bindings);
    const theirs = apiOf(stranger);
    await publishDemo(bindings, stranger, [
      { kind: 'placement', id: 'hero', name: 'Hero' },
      { kind: 'attribute', id: 'contract', type: 'string', source: 'server' },
      stayFor({ $gt: 0.4 }),
    ]);
    expect((await theirs.secret<{ models: unknown[] }>('GET', '/v1/models')).body.models).toEqual([]);
    for (const [method, path, body] of [
      ['GET', '/v1/models/churn', undefined],
      ['GET', '/v1/models/churn/versions/1', undefined],
      ['PUT', '/v1/models/churn/versions/1/stage', { stage: 'retired' }],
    ] as const)
      expect((await theirs.secret(method, path, body)).status, path).toBe(404);
    const decided = await theirs.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    expect(decided.body.decisions[0]?.campaign).toBeUndefined();
    // With a model of their own, they are decided by it, and not by the other's.
    await theirs.secret('POST', '/v1/models', await smallModel({ bias: 3 }));
    await theirs.secret('PUT', '/v1/models/churn/versions/1/stage', { stage: 'live' });
    await forgetEverything(stranger.workspaceId);
    const own = await theirs.optimize({ placements: ['hero'], customer: { id: 'ann' } });
    expect(own.body.decisions[0]?.campaign).toBe('stay');
    expect((await listed()).map(({ id }) => id)).toEqual(['churn']);
  });
});
