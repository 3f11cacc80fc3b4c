import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { publisherStub } from '../../../durable-objects/shared/stub.ts';
import { type AdminApi, adminApi } from '../../../tests/workerd/admin.ts';
import { createWorkspace, demoDocuments, type TestWorkspace } from '../../../tests/workerd/workspace.ts';

let workspace: TestWorkspace;
let api: AdminApi;

async function fresh(): Promise<void> {
  workspace = await createWorkspace(env);
  api = adminApi(workspace.secretKey);
}

beforeAll(fresh);

const segment = (id: string, extra: object = {}) => ({ id, name: id, condition: {}, ...extra });

function demoCampaign(): object {
  const { kind: _kind, ...document } = demoDocuments()[1]!;
  return document;
}

async function served() {
  return (await publisherStub(env, workspace.workspaceId)).state(0);
}

async function auditOf(): Promise<{ action: string; subject: string; actor: string; changes: object[] }[]> {
  return (await api.get('/v1/audit?limit=100')).body.items;
}

describe('documents', () => {
  test('created once, with address and ETag; a second time refused', async () => {
    const created = await api.post('/v1/segments', segment('one', { condition: { 'geo.country': 'DE' } }));
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/v1/segments/one');
    expect(created.headers.get('etag')).toBe('"1"');
    const again = await api.post('/v1/segments', segment('one'));
    expect([again.status, again.body.type]).toEqual([409, '/problems/already_exists']);
  });

  test('read as they were written, durations and left-out fields included', async () => {
    const channel = { id: 'fax', name: 'Fax', claimTtl: '15m' };
    await api.post('/v1/channels', channel);
    const read = await api.get('/v1/channels/fax');
    expect(read.body).toEqual(channel);
    const known = await api.get('/v1/channels/fax', { 'if-none-match': 'W/"1"' });
    expect([known.status, known.text]).toEqual([304, '']);
  });

  test('replaced only with the ETag of what is there', async () => {
    await api.post('/v1/segments', segment('two'));
    const path = '/v1/segments/two';
    expect((await api.put(path, segment('two', { name: 'x' }))).status).toBe(428);
    expect((await api.put(path, segment('two', { name: 'x' }), { 'if-match': '"7"' })).status).toBe(412);
    expect((await api.put(path, segment('two', { name: 'x' }), { 'if-match': 'W/"1"' })).status).toBe(412);
    const replaced = await api.put(path, segment('two', { name: 'x' }), { 'if-match': '"1"' });
    expect([replaced.status, replaced.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await api.put('/v1/segments/none', segment('none'), { 'if-match': '"1"' })).status).toBe(412);
  });

  test('the same again keeps its version', async () => {
    await api.post('/v1/segments', segment('same'));
    const again = await api.put('/v1/segments/same', segment('same'), { 'if-match': '"1"' });
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"']);
  });

  test('put creates what is not there; path and body must agree', async () => {
    expect((await api.put('/v1/segments/three', segment('three'))).status).toBe(201);
    const other = await api.put('/v1/segments/four', segment('three'));
    expect([other.status, other.body.errors[0].field]).toEqual([422, '/id']);
  });

  test('of ten racing writers with one ETag exactly one wins', async () => {
    await api.post('/v1/segments', segment('race'));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        api.put('/v1/segments/race', segment('race', { name: `n${i}` }), { 'if-match': '"1"' }),
      ),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(412)]);
    const winner = replies.findIndex(({ status }) => status === 200);
    const read = await api.get('/v1/segments/race');
    expect([read.body.name, read.headers.get('etag')]).toEqual([`n${winner}`, '"2"']);
    const audits = (await auditOf()).filter(({ subject }) => subject === 'race');
    expect(audits).toHaveLength(2);
  });

  test('of ten racing creators exactly one wins', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => api.post('/v1/segments', segment('first'))));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
  });

  test('deleted and created again, the version goes on', async () => {
    await api.post('/v1/segments', segment('gone'));
    expect((await api.delete('/v1/segments/gone', { 'if-match': '"9"' })).status).toBe(412);
    expect((await api.delete('/v1/segments/gone')).status).toBe(204);
    expect((await api.get('/v1/segments/gone')).status).toBe(404);
    expect((await api.delete('/v1/segments/gone')).status).toBe(404);
    const again = await api.post('/v1/segments', segment('gone'));
    expect(again.headers.get('etag')).toBe('"2"');
  });

  test('attributes have dotted names', async () => {
    await api.post('/v1/attributes', { id: 'account.Tier', type: 'string' });
    expect((await api.get('/v1/attributes/account.Tier')).status).toBe(200);
    expect((await api.get('/v1/segments/Not.One')).status).toBe(422);
  });

  test('settings read as defaults until they are written', async () => {
    const read = await api.get('/v1/settings');
    expect([read.body, read.headers.get('etag')]).toEqual([{ id: 'workspace' }, '"0"']);
    expect((await api.put('/v1/settings', { holdout: 0.1 })).status).toBe(201);
    expect((await api.put('/v1/settings', { holdout: 0.2 })).status).toBe(428);
    expect((await api.put('/v1/settings', { holdout: 0.2 }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await api.get('/v1/settings')).body).toEqual({ id: 'workspace', holdout: 0.2 });
  });

  test('a bad document names every field and stores nothing', async () => {
    const refused = await api.post('/v1/campaigns', {
      id: 'X Y',
      name: 'x',
      placements: [],
      arms: [{ id: 'a' }],
      foo: 1,
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining(['/id', '/objective', '/placements', '/arms/0/content', '/foo']),
    );
  });

  test('pages go to the end, each document once', async () => {
    await fresh();
    for (let i = 0; i < 7; i++) await api.post('/v1/goals', { id: `g${i}`, name: 'g' });
    const ids: string[] = [];
    let next: string | null = '';
    let pages = 0;
    while (next !== null && pages < 10) {
      const page = await api.get(`/v1/goals?limit=3${next ? `&cursor=${next}` : ''}`);
      ids.push(...page.body.items.map(({ document }: { document: { id: string } }) => document.id));
      next = page.body.next;
      pages += 1;
    }
    expect(ids).toEqual(['click', 'dwell', 'g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'view']);
    expect(pages).toBe(4);
  });

  test.each([
    ['POST', '/v1/segments', segment('bad', { condition: { $where: 1 } }), '/condition/$where'],
    ['PUT', '/v1/segments/bad', segment('bad', { condition: { $and: 1 } }), '/condition/$and'],
    [
      'POST',
      '/v1/campaigns',
      { ...demoCampaign(), contexts: [{ id: 'x', condition: { 'geo.country': { $like: 1 } } }] },
      '/contexts/0/condition/geo.country/$like',
    ],
    [
      'POST',
      '/v1/push',
      { documents: [{ kind: 'campaign', ...demoCampaign(), audience: { condition: { $where: 1 } } }], publish: false },
      '/documents/0/audience/condition/$where',
    ],
  ])('a condition that cannot be read is refused when it is written: %s %s', async (method, path, body, field) => {
    const refused = method === 'PUT' ? await api.put(path, body) : await api.post(path, body);
    expect([refused.status, refused.body.errors]).toEqual([422, [{ field, detail: expect.any(String) }]]);
    expect((await api.get('/v1/segments/bad')).status).toBe(404);
  });

  test.each([
    ['/v1/goals?limit=0', 422],
    ['/v1/goals?limit=101', 422],
    ['/v1/goals?limit=x', 422],
    ['/v1/goals?cursor=nonsense', 400],
    ['/v1/goals?cursor=!', 400],
    ['/v1/revisions?cursor=cmV2aXNpb25zOng', 400],
    // revisions:1e3
    ['/v1/revisions?cursor=cmV2aXNpb25zOjFlMw', 400],
    ['/v1/revisions/0', 422],
    ['/v1/revisions/01', 422],
    ['/v1/revisions/1e3', 422],
    ['/v1/revisions/1000', 404],
  ])('%s is refused with %i', async (path, status) => {
    expect((await api.get(path)).status).toBe(status);
  });
});

describe('publishing', () => {
  test('nothing published, then a revision; again without changes no other', async () => {
    await fresh();
    for (const { kind, ...document } of demoDocuments()) await api.post(`/v1/${kind}s`, document);
    const first = await api.post('/v1/publish', { note: 'hello' });
    expect(first.body).toMatchObject({ revision: 1, changed: true, note: 'hello', documents: 3, rolledBackTo: null });
    expect((await served()).manifest).toMatchObject({ revision: 1, hash: first.body.catalogHash });
    const second = await api.post('/v1/publish');
    expect(second.body).toMatchObject({ revision: 1, changed: false });
    expect((await api.get('/v1/revisions')).body.items).toHaveLength(1);
  });

  test('every problem at once, nothing published', async () => {
    const campaign = demoDocuments()[1]!;
    const { kind: _kind, ...document } = campaign;
    const broken = { ...document, objective: { goal: 'sale' }, placements: ['hero', 'no'] };
    await api.put('/v1/campaigns/demo', broken, { 'if-match': '"1"' });
    const refused = await api.post('/v1/publish');
    expect([refused.status, refused.body.type]).toEqual([422, '/problems/invalid_configuration']);
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      '/campaigns/demo/objective/goal',
      '/campaigns/demo/placements/1',
    ]);
    expect((await served()).manifest?.revision).toBe(1);
    await api.put('/v1/campaigns/demo', document, { 'if-match': '"2"' });
  });

  test('what is referred to cannot be published away', async () => {
    await api.delete('/v1/placements/hero');
    expect((await api.post('/v1/publish')).body.errors[0].field).toBe('/campaigns/demo/placements/0');
    await api.post('/v1/placements', { id: 'hero', name: 'Another' });
    expect((await api.post('/v1/publish')).status).toBe(200);
  });

  test('rollback publishes the old documents and sets the drafts back', async () => {
    const before = (await api.get('/v1/revisions')).body.items;
    await api.post('/v1/placements', { id: 'extra', name: 'Extra' });
    const added = (await api.post('/v1/publish')).body;
    expect(added.revision).toBe(before[0].revision + 1);
    const back = await api.post('/v1/revisions/1/rollback');
    expect(back.body).toMatchObject({ revision: added.revision + 1, rolledBackTo: 1, changed: true });
    expect(back.body.catalogHash).toBe(before.at(-1).catalogHash);
    expect((await api.get('/v1/placements/extra')).status).toBe(404);
    expect((await api.get('/v1/placements/hero')).body.name).toBe('Hero');
    expect((await served()).manifest?.revision).toBe(added.revision + 1);
    expect((await api.post('/v1/publish')).body).toMatchObject({ changed: false, revision: added.revision + 1 });
    expect((await auditOf())[0]).toMatchObject({ action: 'rollback' });
    expect((await api.post('/v1/revisions/99/rollback')).status).toBe(404);
    const misspelt = await api.post('/v1/revisions/1e0/rollback');
    expect([misspelt.status, misspelt.body.errors[0].field]).toEqual([422, 'n']);
  });

  test('revisions by page, newest first', async () => {
    const all = (await api.get('/v1/revisions')).body.items.map((item: { revision: number }) => item.revision);
    const first = await api.get('/v1/revisions?limit=1');
    const second = await api.get(`/v1/revisions?limit=100&cursor=${first.body.next}`);
    expect([first.body.items[0].revision, ...second.body.items.map((i: { revision: number }) => i.revision)]).toEqual(
      all,
    );
    expect(second.body.next).toBeNull();
  });
});

describe('switches', () => {
  test('a pause survives a publish and ends with resume', async () => {
    await fresh();
    await api.post('/v1/push', { documents: demoDocuments() });
    expect((await api.post('/v1/campaigns/demo/pause')).body).toEqual({ id: 'demo', paused: true });
    await api.post('/v1/push', { documents: [{ kind: 'placement', id: 'side', name: 'Side' }] });
    expect((await served()).switches.pausedCampaigns).toEqual(['demo']);
    expect((await api.get('/v1/campaigns')).body.items[0].paused).toBe(true);
    await api.post('/v1/campaigns/demo/resume');
    expect((await served()).switches.pausedCampaigns).toEqual([]);
    expect((await api.post('/v1/campaigns/none/pause')).status).toBe(404);
    expect((await auditOf()).map(({ action }) => action)).toEqual(expect.arrayContaining(['pause', 'resume']));
  });

  test('the kill switch', async () => {
    expect((await api.post('/v1/kill-switch', { on: true, reason: 'fire' })).body).toEqual({ on: true });
    expect((await served()).switches.killSwitch).toBe(true);
    await api.post('/v1/kill-switch', { on: false });
    expect((await served()).switches.killSwitch).toBe(false);
    const audits = (await auditOf()).filter(({ action }) => action === 'kill_switch');
    expect(audits).toHaveLength(2);
    expect(audits[1]?.changes).toContainEqual({ path: '/reason', after: 'fire' });
  });
});

describe('audit', () => {
  test('tells who changed which field from what to what, in pages', async () => {
    await fresh();
    await api.post('/v1/segments', segment('s'));
    await api.put('/v1/segments/s', segment('s', { name: 'new' }), { 'if-match': '"1"' });
    const first = await api.get('/v1/audit?limit=1');
    expect(first.body.items[0]).toMatchObject({
      action: 'update',
      kind: 'segment',
      subject: 's',
      changes: [{ path: '/name', before: 's', after: 'new' }],
    });
    expect(first.body.items[0].actor).toMatch(/^key-/);
    const rest = await api.get(`/v1/audit?cursor=${first.body.next}`);
    expect(rest.body.items.map(({ action }: { action: string }) => action)).toEqual(['create']);
    expect(rest.body.next).toBeNull();
  });
});
