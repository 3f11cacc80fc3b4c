/** What a version holds can go: rows of customers in its manifest, its figures, its card and its file. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ModelVersion } from '../../../contract/models/registry.ts';
import type { Problem } from '../../../contract/problem.ts';
import { apiOf } from '../api.ts';
import { change, mend } from '../chaos/parts.ts';
import { createWorkspace, type TestWorkspace } from '../workspace.ts';
import { smallModel } from './small-model.ts';

const bindings = env as unknown as Env;
let workspace: TestWorkspace;
let api: ReturnType<typeof apiOf>;

const SECRET = 'a row of a customer';
const upload = async (changes: object = {}, bias = 0) =>
  api.secret<ModelVersion & Problem>('POST', '/v1/models', {
    ...(await smallModel({ bias }, { name: SECRET, ...changes })),
    card: SECRET,
    metrics: { auc: 0.8, note: SECRET },
    lineage: { data: SECRET },
  });
const remove = (version: number) => api.secret<Problem>('DELETE', `/v1/models/churn/versions/${version}`);
const stage = (version: number, to: string) =>
  api.secret<Problem>('PUT', `/v1/models/churn/versions/${version}/stage`, { stage: to });
const keys = async () =>
  (await bindings.MODELS.list({ prefix: `${workspace.workspaceId}/` })).objects.map(({ key }) => key.split('/')[1]);
const rows = async () =>
  (
    await bindings.DB.prepare('SELECT * FROM model_versions WHERE workspace_id = ? ORDER BY version')
      .bind(workspace.workspaceId)
      .all()
  ).results;

beforeEach(async () => {
  workspace = await createWorkspace(bindings);
  api = apiOf(workspace);
  await upload();
});
afterEach(mend);

it('leaves nothing of it but its number, its hashes and the audit, and the same manifest is not taken again', async () => {
  const { manifestHash } = (await api.secret<ModelVersion>('GET', '/v1/models/churn/versions/1')).body;
  expect((await remove(1)).status).toBe(204);
  expect(await keys()).toEqual([]);
  expect(JSON.stringify(await rows())).not.toContain(SECRET);
  expect((await rows())[0]).toMatchObject({ version: 1, manifest_hash: manifestHash });
  for (const path of ['/v1/models/churn', '/v1/models/churn/versions/1'])
    expect((await api.secret('GET', path)).status, path).toBe(404);
  expect((await api.secret<{ models: unknown[] }>('GET', '/v1/models')).body.models).toEqual([]);
  expect((await stage(1, 'live')).status).toBe(404);
  expect((await api.secret('POST', '/v1/models/churn/score', {})).status).toBe(404);
  const { body: audit } = await api.secret<{ items: object[] }>('GET', '/v1/audit');
  expect(audit.items[0]).toMatchObject({ action: 'delete', subject: 'churn@1' });
  expect(JSON.stringify(audit)).toContain(manifestHash);

  const again = await upload();
  expect([again.status, again.body.errors?.map(({ field }) => field)]).toEqual([422, ['/manifest']]);
  expect(await keys()).toEqual([]);
  expect((await upload({ name: 'Churn' })).body.version).toBe(2);
});

it('is for versions that serve nobody', async () => {
  for (const at of ['shadow', 'live']) {
    await stage(1, at);
    const { status, body } = await remove(1);
    expect([status, body.type]).toEqual([409, '/problems/in_service']);
  }
  expect((await stage(1, 'retired')).status).toBe(200);
  expect([(await remove(1)).status, (await remove(1)).status, (await remove(2)).status]).toEqual([204, 204, 404]);
});

it('leaves a file that another version has, until that goes too', async () => {
  await upload({ name: 'The same file' });
  await remove(1);
  expect(await keys()).toEqual(['files', 'manifests']);
  await remove(2);
  expect(await keys()).toEqual([]);
});

it('goes on where the bucket did not answer, when it is asked again', async () => {
  change('MODELS', { delete: () => Promise.reject(new Error('boom')) });
  expect((await remove(1)).status).toBe(503);
  mend();
  expect(await keys()).toHaveLength(2);
  expect((await remove(1)).status).toBe(204);
  expect(await keys()).toEqual([]);
});

/** The bucket, with something that happens just before the real thing does. */
function before(method: 'put' | 'delete', happens: (key: string) => Promise<unknown>): void {
  change(
    'MODELS',
    new Proxy(bindings.MODELS, {
      get: (bucket, name) => {
        const real = (Reflect.get(bucket, name) as (...args: unknown[]) => Promise<unknown>).bind(bucket);
        if (name !== method) return real;
        return async (...args: unknown[]) => {
          await happens(String(args[0]));
          return real(...args);
        };
      },
    }),
  );
}

it('leaves a file that is registered again while it is deleted, whoever comes first', async () => {
  let fileKey = '';
  // The other deletion's turn comes between the file and the row of this one.
  before('put', async (key) => {
    if (key.includes('/files/')) fileKey = key;
    else await bindings.MODELS.delete(fileKey);
  });
  expect((await upload({ name: 'same file' })).status).toBe(201);
  mend();
  expect(await keys()).toContain('files');

  for (const version of [1, 2]) {
    const isLast = version === 2;
    // Nobody had the file when the deletion asked; somebody does when it deletes.
    before('delete', async () => {
      mend();
      if (isLast) expect((await upload({ name: 'same file again' })).status).toBe(201);
    });
    expect((await remove(version)).status).toBe(204);
  }
  expect((await keys()).toSorted()).toEqual(['files', 'manifests']);
});
