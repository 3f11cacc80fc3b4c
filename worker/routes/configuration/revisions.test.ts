import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { type AdminApi, adminApi } from '../../../tests/workerd/admin.ts';
import { createWorkspace, demoDocuments, publishDemo } from '../../../tests/workerd/workspace.ts';

let api: AdminApi;
let workspaceId: string;

beforeEach(async () => {
  const workspace = await createWorkspace(env);
  ({ workspaceId } = workspace);
  api = adminApi(workspace.secretKey);
  await publishDemo(env, workspace);
});

async function servedRevision(): Promise<number | undefined> {
  return (await (await publisherStub(env, workspaceId)).state(0)).manifest?.revision;
}

const goal = (name: string, extra: object = {}) => ({ id: 'sale', name, ...extra });

/** A segment that no campaign uses: drafting it changes no catalog. */
const segment = (name: string) => ({ id: 's', name, condition: {} });

describe('what changes no catalog', () => {
  test('still makes a revision, with the hash of the one before, and is served under its number', async () => {
    const before = (await api.get('/v1/revisions/1')).body;
    await api.post('/v1/segments', segment('first'));
    const published = (await api.post('/v1/publish')).body;
    expect(published).toMatchObject({ revision: 2, changed: true, catalogHash: before.catalogHash, documents: 4 });
    expect(await servedRevision()).toBe(2);
    expect((await api.post('/v1/publish')).body).toMatchObject({ revision: 2, changed: false });
    expect((await api.get('/v1/revisions')).body.items).toHaveLength(2);
  });

  test('a push and a deletion as well', async () => {
    const documents = [{ kind: 'segment', ...segment('pushed') }];
    expect((await api.post('/v1/push', { documents })).body).toMatchObject({ revision: 2, changed: true });
    expect((await api.post('/v1/push', { documents })).body).toMatchObject({ revision: 2, changed: false });
    await api.delete('/v1/segments/s');
    expect((await api.post('/v1/publish')).body).toMatchObject({ revision: 3, changed: true });
  });
});

describe('rollback', () => {
  test('a published description that changed no catalog comes back', async () => {
    await api.post('/v1/segments', segment('first'));
    await api.post('/v1/publish');
    await api.put('/v1/segments/s', segment('second'), { 'if-match': '"1"' });
    await api.post('/v1/publish');
    expect((await api.post('/v1/revisions/2/rollback')).body).toMatchObject({ revision: 4, setAside: null });
    expect((await api.get('/v1/segments/s')).body.name).toBe('first');
    expect((await api.post('/v1/revisions/3/rollback')).body).toMatchObject({ revision: 5, changed: true });
    expect((await api.get('/v1/segments/s')).body.name).toBe('second');
  });

  test('drafts that no revision holds are kept in one that is never served, and come back by a rollback to it', async () => {
    await api.post('/v1/goals', goal('Sale'));
    const back = (await api.post('/v1/revisions/1/rollback')).body;
    expect(back).toMatchObject({ revision: 3, setAside: 2, rolledBackTo: 1, changed: true, documents: 3 });
    expect(await servedRevision()).toBe(3);
    expect((await api.get('/v1/goals/sale')).status).toBe(404);
    const kept = (await api.get('/v1/revisions/2')).body;
    expect(kept).toMatchObject({ catalogHash: null, rolledBackTo: null, documents: 4 });
    expect(kept.items.map(({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`)).toContain('goal/sale');
    expect((await api.get('/v1/audit')).body.items[0].changes).toContainEqual({ path: '/setAside', after: 2 });
    expect((await api.post('/v1/revisions/2/rollback')).body).toMatchObject({ revision: 4, setAside: null });
    expect((await api.get('/v1/goals/sale')).body.name).toBe('Sale');
  });

  test('drafts that could not be published are kept all the same, and what is served is not touched by them', async () => {
    await api.put('/v1/campaigns/demo', { ...campaign(), placements: ['nowhere'] }, { 'if-match': '"1"' });
    expect((await api.post('/v1/revisions/1/rollback')).body).toMatchObject({ revision: 3, setAside: 2 });
    const { items } = (await api.get('/v1/revisions/2')).body;
    expect(items.find(({ kind }: { kind: string }) => kind === 'campaign').document.placements).toEqual(['nowhere']);
    const refused = await api.post('/v1/revisions/2/rollback');
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, '/campaigns/demo/placements/0']);
    expect(await servedRevision()).toBe(3);
  });

  test('to what is published already, with nothing drafted, changes nothing; a deleted draft comes back', async () => {
    const idle = (await api.post('/v1/revisions/1/rollback')).body;
    expect(idle).toMatchObject({ revision: 1, changed: false, setAside: null });
    await api.delete('/v1/campaigns/demo');
    expect((await api.post('/v1/revisions/1/rollback')).body).toMatchObject({ revision: 2, setAside: null });
    expect((await api.get('/v1/campaigns/demo')).status).toBe(200);
  });
});

describe('a revision', () => {
  test('is read with its documents by page, each once, as they were then', async () => {
    await api.post('/v1/goals', goal('Sale', { window: '7d' }));
    await api.post('/v1/publish');
    await api.put('/v1/goals/sale', goal('Renamed'), { 'if-match': '"1"' });
    const first = (await api.get('/v1/revisions/2?limit=2')).body;
    const second = (await api.get(`/v1/revisions/2?limit=2&cursor=${first.next}`)).body;
    expect(first).toMatchObject({ revision: 2, documents: 4 });
    expect([...first.items, ...second.items].map(({ kind, id }) => `${kind}/${id}`)).toEqual([
      'campaign/demo',
      'goal/sale',
      'placement/hero',
      'site/shop',
    ]);
    expect(second.next).toBeNull();
    const document = { id: 'sale', name: 'Sale', window: '7d' };
    expect(first.items[1]).toEqual({ kind: 'goal', id: 'sale', version: 1, document });
    expect((await api.get(`/v1/revisions/1?cursor=${first.next}`)).status).toBe(400);
    expect((await adminApi(undefined).get('/v1/revisions/1')).status).toBe(401);
  });
});

describe('switches', () => {
  test('are read as they were set', async () => {
    expect((await api.get('/v1/switches')).body).toEqual({ killSwitch: false, pausedCampaigns: [] });
    await api.post('/v1/campaigns/demo/pause');
    await api.post('/v1/kill-switch', { on: true });
    expect((await api.get('/v1/switches')).body).toEqual({ killSwitch: true, pausedCampaigns: ['demo'] });
  });
});

function campaign(): object {
  const { kind: _kind, ...document } = demoDocuments()[1]!;
  return document;
}
