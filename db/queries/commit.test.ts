import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { createWorkspace } from '../../tests/workerd/workspace.ts';
import { database } from '../database.ts';
import { type Commit, commit } from './commit.ts';
import { readSnapshot } from './drafts.ts';
import { revisionDocuments } from './revisions.ts';

const db = database(env.DB);
let workspaceId: string;

function change(extra: Partial<Commit> = {}): Commit {
  return { workspaceId, seenDraftsVersion: 0, at: 1, actor: 'test', documents: [], audit: [], ...extra };
}

const goal = (id: string, text = '') => ({ kind: 'goal', id, body: JSON.stringify({ id, name: text }) });
const next = { revision: 1, catalogHash: 'h', note: null, rolledBackTo: null };
const note = { at: 1, actor: 'test', action: 'create', kind: 'goal', subject: 'a', changes: '[]' };

async function countOf(table: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table} WHERE workspace_id = ?`)
    .bind(workspaceId)
    .first<{ n: number }>();
  return row!.n;
}

beforeEach(async () => {
  ({ workspaceId } = await createWorkspace(env));
});

describe('commit', () => {
  test('from drafts that were changed since, it stores nothing at all', async () => {
    expect(await commit(db, change({ documents: [goal('a')] }))).toBe(true);
    const tables = ['documents', 'drafts', 'revisions', 'revision_entries', 'audit'];
    const before = await Promise.all(tables.map(countOf));
    const stale = change({ documents: [goal('a', 'other'), goal('b')], revision: next, audit: [note] });
    expect(await commit(db, stale)).toBe(false);
    expect(await commit(db, change({ restore: 1 }))).toBe(false);
    expect(await Promise.all(tables.map(countOf))).toEqual(before);
  });

  test('a revision is made of the drafts after the documents were stored', async () => {
    await commit(db, change({ documents: [goal('a', 'one')] }));
    expect(await commit(db, change({ seenDraftsVersion: 1, documents: [goal('a', 'two')], revision: next }))).toBe(
      true,
    );
    const documents = await revisionDocuments(db, workspaceId, 1);
    expect(documents.map(({ id, version }) => [id, version])).toEqual([
      ['a', 2],
      ['shop', 1],
    ]);
  });

  test('documents beyond one bound value are stored whole, whatever characters they hold', async () => {
    const text = '"\\\u0000\ud800é😀\n'.repeat(8_000);
    const documents = Array.from({ length: 12 }, (_, i) => goal(`g${i}`, text));
    expect(await commit(db, change({ documents }))).toBe(true);
    const snapshot = await readSnapshot(db, workspaceId);
    const stored = snapshot!.drafts.filter(({ kind }) => kind === 'goal');
    expect(stored).toHaveLength(12);
    for (const draft of stored) expect(draft.body === goal(draft.id, text).body).toBe(true);
  });
});
