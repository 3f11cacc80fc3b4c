import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { createWorkspace, demoDocuments, publishDemo } from '../../tests/workerd/workspace.ts';
import { push } from './push.ts';

const nowMs = Date.UTC(2026, 0, 2);

async function served(workspaceId: string) {
  return (await publisherStub(env, workspaceId)).state(0);
}

async function rowsOf(table: string, workspaceId: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table} WHERE workspace_id = ?`)
    .bind(workspaceId)
    .first<{ n: number }>();
  return row!.n;
}

describe('push', () => {
  test('stores, publishes and hands the catalog to the publisher', async () => {
    const workspace = await createWorkspace(env);
    expect(await publishDemo(env, workspace)).toBe(1);
    const { manifest } = await served(workspace.workspaceId);
    expect(manifest).toMatchObject({ revision: 1, placements: { hero: {} } });
    expect(await rowsOf('revision_entries', workspace.workspaceId)).toBe(3);
  });

  test('the same again changes nothing: no revision, no version, no audit', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    const audits = await rowsOf('audit', workspaceId);
    const again = await push(env, workspaceId, 'test', nowMs, { documents: demoDocuments() });
    expect(again).toMatchObject({
      ok: true,
      value: { created: 0, updated: 0, unchanged: 2, revision: 1, changed: false },
    });
    expect(await rowsOf('documents', workspaceId)).toBe(3);
    expect(await rowsOf('audit', workspaceId)).toBe(audits);
  });

  test('warns of what it changes alone, with what was stored before and is published now', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    const nobody = (id: string) => ({ kind: 'segment', id, name: id, condition: { plan: { $in: [] } } });
    const plan = { kind: 'attribute', id: 'plan', type: 'string' };
    const fieldsAfter = async (documents: readonly object[], publish = true) => {
      const done = await push(env, workspaceId, 'test', nowMs, { documents, publish } as Parameters<typeof push>[4]);
      if (!done.ok) throw new Error(JSON.stringify(done));
      return done.value.warnings?.map(({ field }) => field);
    };
    expect(await fieldsAfter([plan, nobody('one')])).toEqual(['/segments/one/condition']);
    expect(await fieldsAfter([nobody('two')], false)).toBeUndefined();
    expect(await fieldsAfter([nobody('one'), nobody('three')])).toEqual([
      '/segments/three/condition',
      '/segments/two/condition',
    ]);
    expect(await fieldsAfter([{ kind: 'goal', id: 'sale', name: 'Sale' }])).toBeUndefined();
  });

  test('one bad document among good ones: all problems told by document, nothing stored', async () => {
    const { workspaceId } = await createWorkspace(env);
    const [placement, campaign] = demoDocuments();
    const documents = [placement!, { ...campaign!, arms: [], holdout: 0.7, surprise: 1 }];
    const refused = await push(env, workspaceId, 'test', nowMs, { documents });
    const fields = refused.ok ? [] : refused.refusal.errors?.map(({ field }) => field);
    expect(fields?.toSorted()).toEqual(['/documents/1/arms', '/documents/1/holdout', '/documents/1/surprise']);
    expect(await rowsOf('documents', workspaceId)).toBe(1);
  });

  test('what cannot be published is not stored either', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    const documents = [
      { kind: 'goal', id: 'sale', name: 'Sale' },
      { kind: 'placement', id: 'hero', name: 'Hero', channel: 'pigeon' },
    ];
    const refused = await push(env, workspaceId, 'test', nowMs, { documents });
    expect(refused).toMatchObject({
      ok: false,
      refusal: { problem: 'invalid_configuration', errors: [{ field: '/placements/hero/channel' }] },
    });
    expect(await rowsOf('documents', workspaceId)).toBe(3);
    expect((await served(workspaceId)).manifest?.revision).toBe(1);
  });

  test('a draft of earlier days that can no longer be read blocks the publish and is named', async () => {
    const { workspaceId } = await createWorkspace(env);
    const body = JSON.stringify({ id: 'old', name: 'Old', condition: { $where: 1 } });
    await env.DB.batch([
      env.DB.prepare("INSERT INTO documents VALUES (?, 'segment', 'old', 1, ?, 0, 'test')").bind(workspaceId, body),
      env.DB.prepare("INSERT INTO drafts VALUES (?, 'segment', 'old', 1, 0)").bind(workspaceId),
    ]);
    const refused = await push(env, workspaceId, 'test', nowMs, { documents: demoDocuments() });
    expect(refused).toMatchObject({
      refusal: { errors: [{ field: '/segments/old/condition/$where', detail: 'is not an operator' }] },
    });
    expect(await rowsOf('documents', workspaceId)).toBe(2);
  });

  test('a dry run tells what would happen and does nothing', async () => {
    const { workspaceId } = await createWorkspace(env);
    const result = await push(env, workspaceId, 'test', nowMs, { documents: demoDocuments(), dryRun: true });
    expect(result).toMatchObject({ ok: true, value: { created: 2, revision: null, changed: true, dryRun: true } });
    expect(await rowsOf('documents', workspaceId)).toBe(1);
    expect((await served(workspaceId)).manifest).toBeNull();
  });

  test('without publish the documents wait as drafts', async () => {
    const { workspaceId } = await createWorkspace(env);
    const result = await push(env, workspaceId, 'test', nowMs, { documents: demoDocuments(), publish: false });
    expect(result).toMatchObject({ ok: true, value: { created: 2, revision: null, changed: false } });
    expect(await rowsOf('drafts', workspaceId)).toBe(3);
    expect(await rowsOf('revisions', workspaceId)).toBe(0);
  });

  test('a document twice in one push is refused', async () => {
    const { workspaceId } = await createWorkspace(env);
    const [placement] = demoDocuments();
    const refused = await push(env, workspaceId, 'test', nowMs, { documents: [placement!, placement!] });
    expect(refused).toMatchObject({ ok: false, refusal: { errors: [{ field: '/documents/1/id' }] } });
  });

  test('ten pushes at the same time: every one is stored or refused as a whole, revisions have no gaps', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        push(env, workspaceId, 'test', nowMs, {
          documents: [{ kind: 'placement', id: `p${i}`, name: `P${i}` }],
        }),
      ),
    );
    // Each gets its turn: whoever loses a race waits a moment and tries again.
    const done = results.filter((result) => result.status === 'fulfilled').length;
    expect(done).toBe(10);
    expect(await rowsOf('revisions', workspaceId)).toBe(1 + done);
    const { results: rows } = await env.DB.prepare(
      'SELECT revision FROM revisions WHERE workspace_id = ? ORDER BY revision',
    )
      .bind(workspaceId)
      .all<{ revision: number }>();
    expect(rows.map(({ revision }) => revision)).toEqual(Array.from({ length: 1 + done }, (_, i) => i + 1));
    const { manifest } = await served(workspaceId);
    expect(manifest?.revision).toBe(1 + done);
    expect(Object.keys(manifest!.placements)).toHaveLength(1 + done);
  });

  test('an unknown workspace is refused', async () => {
    expect(await push(env, 'nobody', 'test', nowMs, { documents: [] })).toMatchObject({
      ok: false,
      refusal: { problem: 'not_found' },
    });
  });
});
