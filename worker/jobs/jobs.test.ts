import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { database } from '../../db/database.ts';
import { settlePush } from '../../db/queries/inbox.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { createWorkspace, demoDocuments, publishDemo } from '../../tests/workerd/workspace.ts';
import { publish } from '../configuration/publish.ts';
import { setPaused } from '../configuration/switches.ts';
import { MAX_PUSHES_PER_RUN, workOffInbox } from './inbox.ts';
import { runJobs } from './index.ts';

const nowMs = Date.UTC(2026, 0, 3);
const ctx = { waitUntil: () => {} };

async function drop(workspaceId: string, document: unknown, receivedAt = nowMs): Promise<number> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const { meta } = await env.DB.prepare(
    'INSERT INTO config_inbox (workspace_id, received_at, document) VALUES (?, ?, ?)',
  )
    .bind(workspaceId, receivedAt, text)
    .run();
  return meta.last_row_id;
}

async function outcomeOf(id: number) {
  return env.DB.prepare('SELECT outcome, detail, processed_at AS processedAt FROM config_inbox WHERE id = ?')
    .bind(id)
    .first<{ outcome: string | null; detail: string | null; processedAt: number | null }>();
}

async function auditOf(workspaceId: string) {
  const { results } = await env.DB.prepare(
    'SELECT actor, action, kind, subject, changes FROM audit WHERE workspace_id = ?',
  )
    .bind(workspaceId)
    .all<{ actor: string; action: string; kind: string; subject: string; changes: string }>();
  return results;
}

async function servedBy(workspaceId: string) {
  return (await publisherStub(env, workspaceId)).state(0);
}

async function cutOff(): Promise<never> {
  throw Object.assign(new Error('Network connection lost.'), { overloaded: true });
}

/** The runtime with another publisher. */
function withPublisher(stub: object): Env {
  return { ...env, PUBLISHER: { getByName: () => stub } as unknown as Env['PUBLISHER'] };
}

/** The runtime without a publisher that answers. */
function withoutPublisher(): Env {
  return withPublisher({ putSlices: cutOff, activate: cutOff, setSwitches: cutOff, state: cutOff });
}

describe('inbox', () => {
  test('a push is validated, published and taken once', async () => {
    const { workspaceId } = await createWorkspace(env);
    const id = await drop(workspaceId, { documents: demoDocuments(), note: 'from a file' });
    await workOffInbox(env, nowMs);
    expect(await outcomeOf(id)).toMatchObject({ outcome: 'published', processedAt: nowMs });
    expect((await servedBy(workspaceId)).manifest?.revision).toBe(1);
    await workOffInbox(env, nowMs + 60_000);
    expect((await outcomeOf(id))?.processedAt).toBe(nowMs);
    const audit = await env.DB.prepare('SELECT DISTINCT actor FROM audit WHERE workspace_id = ?')
      .bind(workspaceId)
      .all<{ actor: string }>();
    expect(audit.results).toEqual([{ actor: 'inbox' }]);
  });

  test.each([
    ['not JSON', '{', 'malformed_json'],
    ['a polluting key', '{"documents":[{"__proto__":1}]}', 'unsafe_key'],
    ['a field that is not one', { documents: [], surprise: 1 }, '/surprise'],
    ['a bad document', { documents: [{ kind: 'goal', id: 'x' }] }, '/documents/0/name'],
    [
      'what cannot be published',
      { documents: [{ kind: 'placement', id: 'p', name: 'P', channel: 'no' }] },
      '/placements/p',
    ],
    ['more than 256 KB', { documents: [], note: 'x'.repeat(256 * 1_024) }, 'body_too_large'],
  ])(
    '%s is refused with its errors, nothing is stored, and it is not tried again',
    async (_title, document, detail) => {
      const { workspaceId } = await createWorkspace(env);
      const id = await drop(workspaceId, document);
      await workOffInbox(env, nowMs);
      const settled = await outcomeOf(id);
      expect(settled?.outcome).toBe('refused');
      expect(settled?.detail).toContain(detail);
      // Once, however often the job runs.
      await settlePush(
        database(env.DB),
        { id, workspaceId },
        { outcome: 'published', detail: '', processedAt: 1 },
        { at: 1, actor: 'inbox', action: 'push', kind: 'inbox', subject: String(id), changes: '[]' },
      );
      const told = await auditOf(workspaceId);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ actor: 'inbox', action: 'push', kind: 'inbox', subject: String(id) });
      expect(told[0]?.changes).toContain('"/outcome","after":"refused"');
      expect(told[0]?.changes).toContain(detail);
      expect((await servedBy(workspaceId)).manifest).toBeNull();
      await workOffInbox(env, nowMs + 1);
      expect((await outcomeOf(id))?.processedAt).toBe(nowMs);
    },
  );

  test('an unknown workspace is refused and does not hold up the others', async () => {
    const { workspaceId } = await createWorkspace(env);
    const bad = await drop('nobody', { documents: [] });
    const good = await drop(workspaceId, { documents: demoDocuments() });
    await workOffInbox(env, nowMs);
    expect((await outcomeOf(bad))?.outcome).toBe('refused');
    expect(await auditOf('nobody')).toEqual([]);
    expect((await outcomeOf(good))?.outcome).toBe('published');
  });

  test('while the publisher is down a push waits, those behind it too, and after a day it is given up', async () => {
    const { workspaceId } = await createWorkspace(env);
    const first = await drop(workspaceId, { documents: demoDocuments() });
    const second = await drop(workspaceId, { documents: [], publish: false });
    await workOffInbox(withoutPublisher(), nowMs);
    expect([await outcomeOf(first), await outcomeOf(second)]).toMatchObject([{ outcome: null }, { outcome: null }]);
    await workOffInbox(withoutPublisher(), nowMs + 86_400_000);
    expect((await outcomeOf(first))?.outcome).toBe('refused');
    expect((await outcomeOf(second))?.outcome).toBe('unchanged');
  });

  test('a run takes so many and no more', async () => {
    const ids: number[] = [];
    for (let i = 0; i <= MAX_PUSHES_PER_RUN; i++) ids.push(await drop('nobody', '{}'));
    await workOffInbox(env, nowMs);
    expect((await outcomeOf(ids.at(-2)!))?.outcome).toBe('refused');
    expect((await outcomeOf(ids.at(-1)!))?.outcome).toBeNull();
    await workOffInbox(env, nowMs);
    expect((await outcomeOf(ids.at(-1)!))?.outcome).toBe('refused');
  });
});

describe('reconcile', () => {
  test('a revision that the publisher never heard of is handed over', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    // Committed, then cut off: as publishing leaves it when the publisher goes down in between.
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO revisions SELECT workspace_id, 2, 'cut-off', note, rolled_back_to, published_at, published_by
         FROM revisions WHERE workspace_id = ?`,
      ).bind(workspaceId),
      env.DB.prepare(
        'INSERT INTO revision_entries SELECT workspace_id, 2, kind, id, version FROM revision_entries WHERE workspace_id = ?',
      ).bind(workspaceId),
    ]);
    await runJobs(env, ctx, nowMs);
    expect((await servedBy(workspaceId)).manifest?.revision).toBe(2);
  });

  test('a pause and a kill switch that got lost are set, and those that should not be are lifted', async () => {
    const { workspaceId } = await createWorkspace(env);
    await publishDemo(env, { workspaceId });
    const caller = { env: withoutPublisher(), workspaceId, actor: 'test', nowMs };
    await expect(setPaused(caller, 'demo', true)).rejects.toMatchObject({ name: 'Unavailable' });
    await env.DB.prepare('UPDATE workspaces SET kill_switch = 1 WHERE id = ?').bind(workspaceId).run();
    await (await publisherStub(env, workspaceId)).setSwitches(workspaceId, { campaignId: 'ghost', paused: true });
    await runJobs(env, ctx, nowMs);
    expect((await servedBy(workspaceId)).switches).toEqual({ killSwitch: true, pausedCampaigns: ['demo'] });
  });
});

describe('publishing while the publisher is down', () => {
  test('before the commit nothing is stored', async () => {
    const { workspaceId } = await createWorkspace(env);
    const caller = { env: withoutPublisher(), workspaceId, actor: 'test', nowMs };
    await expect(publish(caller, null)).rejects.toMatchObject({ name: 'Unavailable' });
    const row = await env.DB.prepare('SELECT COUNT(*) AS n FROM revisions WHERE workspace_id = ?')
      .bind(workspaceId)
      .first<{ n: number }>();
    expect(row?.n).toBe(0);
  });

  test('after the commit the revision stands, and publishing again hands it over', async () => {
    const { workspaceId } = await createWorkspace(env);
    const real = await publisherStub(env, workspaceId);
    const halfBroken = withPublisher({
      health: () => real.health(),
      putSlices: (...parts: Parameters<typeof real.putSlices>) => real.putSlices(...parts),
      activate: cutOff,
    });
    const first = await publish({ env: halfBroken, workspaceId, actor: 'test', nowMs }, null);
    expect(first).toEqual({
      ok: true,
      value: { revision: 1, changed: true, setAside: null, warnings: [], delivered: false },
    });
    expect((await servedBy(workspaceId)).manifest).toBeNull();
    const second = await publish({ env, workspaceId, actor: 'test', nowMs: nowMs + 1 }, null);
    expect(second).toEqual({
      ok: true,
      value: { revision: 1, changed: false, setAside: null, warnings: [], delivered: true },
    });
    expect((await servedBy(workspaceId)).manifest).toMatchObject({ revision: 1, publishedAtMs: nowMs });
  });
});
