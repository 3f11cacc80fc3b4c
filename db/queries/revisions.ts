/** Revisions as they are read: their rows by page, and the documents that they are made of. */
import type { Database } from '../database.ts';
import type { Draft } from './drafts.ts';

/** Hash of a revision that only keeps drafts, which were never compiled: nobody is ever served it. */
export const NO_CATALOG = '';

export interface RevisionRow {
  readonly revision: number;
  /** {@link NO_CATALOG} for drafts that a rollback set aside. */
  readonly catalogHash: string;
  readonly note: string | null;
  readonly rolledBackTo: number | null;
  readonly publishedAt: number;
  readonly publishedBy: string;
  /** How many documents it is made of. */
  readonly documents: number;
}

const COLUMNS = `revision, catalog_hash AS catalogHash, note, rolled_back_to AS rolledBackTo,
  published_at AS publishedAt, published_by AS publishedBy,
  (SELECT COUNT(*) FROM revision_entries AS entry
    WHERE entry.workspace_id = revisions.workspace_id AND entry.revision = revisions.revision) AS documents`;

/** One revision, undefined when there is none of this number. */
export async function findRevision(
  db: Database,
  workspaceId: string,
  revision: number,
): Promise<RevisionRow | undefined> {
  const row = await db.$client
    .prepare(`SELECT ${COLUMNS} FROM revisions WHERE workspace_id = ? AND revision = ?`)
    .bind(workspaceId, revision)
    .first<RevisionRow>();
  return row ?? undefined;
}

/** Newest first, those below `before`; at most `limit`. */
export async function listRevisions(
  db: Database,
  workspaceId: string,
  before: number,
  limit: number,
): Promise<RevisionRow[]> {
  const { results } = await db.$client
    .prepare(`SELECT ${COLUMNS} FROM revisions WHERE workspace_id = ? AND revision < ? ORDER BY revision DESC LIMIT ?`)
    .bind(workspaceId, before, limit)
    .all<RevisionRow>();
  return results;
}

/** The newest revision, undefined before the first publish. */
export async function newestRevision(db: Database, workspaceId: string): Promise<RevisionRow | undefined> {
  return (await listRevisions(db, workspaceId, Number.MAX_SAFE_INTEGER, 1))[0];
}

/** The documents of a revision, in the order of kinds and ids. */
export async function revisionDocuments(db: Database, workspaceId: string, revision: number): Promise<Draft[]> {
  const { results } = await db.$client
    .prepare(
      `SELECT entry.kind, entry.id, entry.version, documents.body FROM revision_entries AS entry
       JOIN documents USING (workspace_id, kind, id, version)
       WHERE entry.workspace_id = ? AND entry.revision = ? ORDER BY entry.kind, entry.id`,
    )
    .bind(workspaceId, revision)
    .all<Draft>();
  return results;
}

/** Some of them: those after a kind and id, at most `limit`. */
export async function pageOfRevision(
  db: Database,
  workspaceId: string,
  revision: number,
  after: { readonly kind: string; readonly id: string },
  limit: number,
): Promise<Draft[]> {
  const { results } = await db.$client
    .prepare(
      `SELECT entry.kind, entry.id, entry.version, documents.body FROM revision_entries AS entry
       JOIN documents USING (workspace_id, kind, id, version)
       WHERE entry.workspace_id = ? AND entry.revision = ? AND (entry.kind, entry.id) > (?, ?)
       ORDER BY entry.kind, entry.id LIMIT ?`,
    )
    .bind(workspaceId, revision, after.kind, after.id, limit)
    .all<Draft>();
  return results;
}

/** True when the newest revision has this campaign; undefined otherwise. */
export async function isPublished(db: Database, workspaceId: string, campaignId: string): Promise<true | undefined> {
  const row = await db.$client
    .prepare(
      `SELECT 1 FROM revision_entries WHERE workspace_id = ?1 AND kind = 'campaign' AND id = ?2
       AND revision = (SELECT MAX(revision) FROM revisions WHERE workspace_id = ?1)`,
    )
    .bind(workspaceId, campaignId)
    .first();
  return row ? true : undefined;
}
