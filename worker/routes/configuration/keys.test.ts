import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AdminApi, adminApi } from '../../../tests/workerd/admin.ts';
import { createWorkspace, publishDemo, type TestWorkspace } from '../../../tests/workerd/workspace.ts';

let workspace: TestWorkspace;
let api: AdminApi;

beforeAll(async () => {
  workspace = await createWorkspace(env);
  api = adminApi(workspace.secretKey);
  await publishDemo(env, workspace);
});

describe('keys', () => {
  test('every endpoint refuses publishable keys with 403 and none with 401', async () => {
    for (const path of [
      '/v1/campaigns',
      '/v1/settings',
      '/v1/audit',
      '/v1/revisions',
      '/v1/revisions/1',
      '/v1/switches',
      '/v1/sites/shop/secret',
    ]) {
      expect((await adminApi(workspace.publishableKey).get(path)).status).toBe(403);
      expect((await adminApi(undefined).get(path)).status).toBe(401);
    }
    expect((await adminApi(workspace.publishableKey).post('/v1/kill-switch', { on: true })).status).toBe(403);
  });

  test('another workspace is out of reach', async () => {
    const stranger = adminApi((await createWorkspace(env)).secretKey);
    expect((await stranger.get('/v1/campaigns/demo')).status).toBe(404);
    expect((await stranger.post('/v1/campaigns/demo/pause')).status).toBe(404);
    expect((await stranger.get('/v1/audit')).body.items).toEqual([]);
  });

  test('made, shown once, listed by hint, revoked', async () => {
    const made = await api.post('/v1/sites/shop/keys', { type: 'secret', name: 'CI' });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatch(/^sk_[A-Za-z0-9]{32}$/);
    const listed = (await api.get('/v1/sites/shop/keys')).body.items;
    expect(listed).toHaveLength(3);
    expect(JSON.stringify(listed)).not.toContain(made.body.key);
    const { results } = await env.DB.prepare('SELECT * FROM keys WHERE id = ?').bind(made.body.id).all();
    expect(JSON.stringify(results)).not.toContain(made.body.key);
    expect((await api.delete(`/v1/keys/${made.body.id}`)).status).toBe(204);
    // This isolate has never seen the key in use, so it does not remember it as good.
    expect((await adminApi(made.body.key).get('/v1/settings')).status).toBe(401);
    expect((await api.delete('/v1/keys/nobody')).status).toBe(404);
    expect((await api.post('/v1/sites/nowhere/keys', { type: 'secret' })).status).toBe(404);
  });

  test('the secret of a site stays the same', async () => {
    const one = (await api.get('/v1/sites/shop/secret')).body.secret;
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect((await api.get('/v1/sites/shop/secret')).body.secret).toBe(one);
    expect((await api.get('/v1/sites/none/secret')).status).toBe(404);
  });
});
