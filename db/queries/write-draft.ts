/**
 * Changes of one draft. D1 has no interactive transactions, so the check of the version that the caller saw stands in every statement
 * of the batch: of two writers that saw the same version one changes something and the other nothing.
 */
import type { Database } from '../database.ts';
import type { AuditNote } from './audit.ts';

/** Version that a writer saw of a document that was not there. */
export const ABSENT = 0;

export interface DraftAddress {
  readonly workspaceId: string;
  readonly kind: string;
  readonly id: string;
}

export interface DraftWrite extends DraftAddress {
  /** What the writer saw: {@link ABSENT} for nothing. */
  readonly seenVersion: number;
  /** JSON text. */
  readonly body: string;
  readonly audit: AuditNote;
}

const SEEN = `COALESCE((SELECT version FROM drafts WHERE workspace_id = ?1 AND kind = ?2 AND id = ?3), ${ABSENT}) = ?4`;
const LAST_VERSION =
  'SELECT COALESCE(MAX(version), 0) FROM documents WHERE workspace_id = ?1 AND kind = ?2 AND id = ?3';

function auditStatement(d1: D1Database, { workspaceId, kind, id }: DraftAddress, seen: number, audit: AuditNote) {
  return d1
    .prepare(
      `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
       SELECT ?1, ?5, ?6, ?7, ?2, ?3, ?8 WHERE ${SEEN}`,
    )
    .bind(workspaceId, kind, id, seen, audit.at, audit.actor, audit.action, audit.changes);
}

function touchWorkspace(d1: D1Database, { workspaceId, kind, id }: DraftAddress, seen: number) {
  return d1
    .prepare(`UPDATE workspaces SET drafts_version = drafts_version + 1 WHERE id = ?1 AND ${SEEN}`)
    .bind(workspaceId, kind, id, seen);
}

/** Stores a new version and points the draft to it. Returns the version, or undefined when somebody was faster: nothing was stored. */
export async function writeDraft(db: Database, write: DraftWrite): Promise<number | undefined> {
  const d1 = db.$client;
  const { workspaceId, kind, id, seenVersion, body, audit } = write;
  const results = await d1.batch<{ version: number }>([
    d1
      .prepare(
        `INSERT INTO documents (workspace_id, kind, id, version, body, created_at, created_by)
         SELECT ?1, ?2, ?3, (${LAST_VERSION}) + 1, ?5, ?6, ?7 WHERE ${SEEN}`,
      )
      .bind(workspaceId, kind, id, seenVersion, body, audit.at, audit.actor),
    auditStatement(d1, write, seenVersion, audit),
    touchWorkspace(d1, write, seenVersion),
    // Last, since it changes what the others check.
    d1
      .prepare(
        `INSERT OR REPLACE INTO drafts (workspace_id, kind, id, version, updated_at)
         SELECT ?1, ?2, ?3, (${LAST_VERSION}), ?5 WHERE ${SEEN} RETURNING version`,
      )
      .bind(workspaceId, kind, id, seenVersion, audit.at),
  ]);
  return results.at(-1)?.results[0]?.version;
}

/** Takes a draft away; its versions and what was published of them stay. False when somebody was faster. */
export async function deleteDraft(
  db: Database,
  address: DraftAddress,
  seenVersion: number,
  audit: AuditNote,
): Promise<boolean> {
  const d1 = db.$client;
  const { workspaceId, kind, id } = address;
  const results = await d1.batch([
    auditStatement(d1, address, seenVersion, audit),
    touchWorkspace(d1, address, seenVersion),
    d1
      .prepare(
        'DELETE FROM drafts WHERE workspace_id = ?1 AND kind = ?2 AND id = ?3 AND version = ?4 RETURNING version',
      )
      .bind(workspaceId, kind, id, seenVersion),
  ]);
  return (results.at(-1)?.results.length ?? 0) > 0;
}
