/**
 * Changes of many drafts and of revisions, all or nothing. Every statement asks whether the workspace's drafts are still at the version
 * that the caller read; the last one moves it on. So a revision is made of exactly the drafts that were compiled, and revision numbers
 * have no gaps.
 */
import type { Database } from '../database.ts';
import type { AuditRecord } from './audit.ts';

export interface NewRevision {
  readonly revision: number;
  readonly catalogHash: string;
  readonly note: string | null;
  readonly rolledBackTo: number | null;
}

export interface Commit {
  readonly workspaceId: string;
  /** `drafts_version` at which the caller read. */
  readonly seenDraftsVersion: number;
  readonly at: number;
  readonly actor: string;
  /** New versions; `body` is JSON text. */
  readonly documents: readonly { readonly kind: string; readonly id: string; readonly body: string }[];
  /** Written from the drafts as they are before `restore`, so that what it overwrites is kept. Numbered before `revision`. */
  readonly setAside?: NewRevision | undefined;
  /** Sets all drafts to what this revision had. */
  readonly restore?: number | undefined;
  /** Written from the drafts as they are after `documents` and `restore`. */
  readonly revision?: NewRevision | undefined;
  readonly audit: readonly AuditRecord[];
}

/** Characters of JSON in one bound value: D1 takes 2 MB, of which a character may need four bytes. */
const MAX_CHUNK_CHARS = 400_000;

const UNCHANGED = '(SELECT drafts_version FROM workspaces WHERE id = ?1) = ?2';

/** Rows as JSON lists that fit into a bound value each. */
function chunks(rows: readonly object[]): string[] {
  const lists: string[] = [];
  let current: string[] = [];
  let chars = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (chars + text.length > MAX_CHUNK_CHARS && current.length > 0) {
      lists.push(`[${current.join(',')}]`);
      current = [];
      chars = 0;
    }
    current.push(text);
    chars += text.length;
  }
  if (current.length > 0) lists.push(`[${current.join(',')}]`);
  return lists;
}

const INSERT_DOCUMENTS = `INSERT INTO documents (workspace_id, kind, id, version, body, created_at, created_by)
  SELECT ?1, value ->> 'kind', value ->> 'id',
    (SELECT COALESCE(MAX(version), 0) + 1 FROM documents
      WHERE workspace_id = ?1 AND kind = value ->> 'kind' AND id = value ->> 'id'),
    value ->> 'body', ?4, ?5
  FROM json_each(?3) WHERE ${UNCHANGED}`;

const POINT_DRAFTS = `INSERT OR REPLACE INTO drafts (workspace_id, kind, id, version, updated_at)
  SELECT ?1, value ->> 'kind', value ->> 'id',
    (SELECT MAX(version) FROM documents
      WHERE workspace_id = ?1 AND kind = value ->> 'kind' AND id = value ->> 'id'), ?4
  FROM json_each(?3) WHERE ${UNCHANGED}`;

const INSERT_AUDIT = `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
  SELECT ?1, value ->> 'at', value ->> 'actor', value ->> 'action', value ->> 'kind', value ->> 'subject',
    value ->> 'changes'
  FROM json_each(?3) WHERE ${UNCHANGED}`;

/** Commits, or returns false and has changed nothing: the drafts were changed since they were read. */
export async function commit(db: Database, change: Commit): Promise<boolean> {
  const d1 = db.$client;
  const { workspaceId, seenDraftsVersion: seen, at, actor, setAside, restore, revision } = change;
  const statement = (sql: string, ...rest: unknown[]): D1PreparedStatement =>
    d1.prepare(sql).bind(workspaceId, seen, ...rest);
  const statements: D1PreparedStatement[] = [];
  for (const list of chunks(change.documents)) {
    statements.push(statement(INSERT_DOCUMENTS, list, at, actor), statement(POINT_DRAFTS, list, at));
  }
  if (setAside) statements.push(...revisionStatements(statement, setAside, at, actor));
  if (restore !== undefined) {
    statements.push(
      statement(`DELETE FROM drafts WHERE workspace_id = ?1 AND ${UNCHANGED}`),
      statement(
        `INSERT INTO drafts (workspace_id, kind, id, version, updated_at)
         SELECT workspace_id, kind, id, version, ?4 FROM revision_entries
         WHERE workspace_id = ?1 AND revision = ?3 AND ${UNCHANGED}`,
        restore,
        at,
      ),
    );
  }
  if (revision) statements.push(...revisionStatements(statement, revision, at, actor));
  for (const list of chunks(change.audit)) statements.push(statement(INSERT_AUDIT, list));
  statements.push(
    statement('UPDATE workspaces SET drafts_version = drafts_version + 1 WHERE id = ?1 AND drafts_version = ?2'),
  );
  const results = await d1.batch(statements);
  return (results.at(-1)?.meta.changes ?? 0) > 0;
}

function revisionStatements(
  statement: (sql: string, ...rest: unknown[]) => D1PreparedStatement,
  { revision, catalogHash, note, rolledBackTo }: NewRevision,
  at: number,
  actor: string,
): D1PreparedStatement[] {
  return [
    statement(
      `INSERT INTO revisions
         (workspace_id, revision, catalog_hash, note, rolled_back_to, published_at, published_by)
       SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ${UNCHANGED}`,
      revision,
      catalogHash,
      note,
      rolledBackTo,
      at,
      actor,
    ),
    statement(
      `INSERT INTO revision_entries (workspace_id, revision, kind, id, version)
       SELECT workspace_id, ?3, kind, id, version FROM drafts WHERE workspace_id = ?1 AND ${UNCHANGED}`,
      revision,
    ),
  ];
}
