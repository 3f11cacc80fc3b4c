/** Drafts as they are read: one document, a page of a collection, or all of a workspace at one moment. */
import type { Database } from '../database.ts';

/** One version of a document: what it says never changes. */
export interface VersionName {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
}

/** A draft with the version it points to. */
export interface Draft extends VersionName {
  /** JSON text, as it was written. */
  readonly body: string;
}

/** Everything a publish starts from, read in one transaction. */
export interface DraftsSnapshot {
  readonly workspace: {
    readonly id: string;
    readonly salt: string;
    readonly draftsVersion: number;
  };
  readonly newest:
    | { readonly revision: number; readonly catalogHash: string; readonly publishedAt: number }
    | undefined;
  /** What the newest revision is made of; as many as were published at most. */
  readonly entries: readonly VersionName[];
  /** One more than {@link MAX_WORKSPACE_DOCUMENTS} at most. */
  readonly drafts: readonly Draft[];
}

/** Documents of one workspace that can be published: all of them pass through an isolate's memory at once. */
export const MAX_WORKSPACE_DOCUMENTS = 5_000;

const JOINED = `SELECT drafts.kind, drafts.id, drafts.version, documents.body FROM drafts
  JOIN documents USING (workspace_id, kind, id, version)`;

/** One draft, undefined when there is none. */
export async function findDraft(
  db: Database,
  workspaceId: string,
  kind: string,
  id: string,
): Promise<Draft | undefined> {
  const row = await db.$client
    .prepare(`${JOINED} WHERE drafts.workspace_id = ? AND drafts.kind = ? AND drafts.id = ?`)
    .bind(workspaceId, kind, id)
    .first<Draft>();
  return row ?? undefined;
}

/** Drafts of a kind by id, those after `after`; at most `limit`. */
export async function listDrafts(
  db: Database,
  workspaceId: string,
  kind: string,
  after: string,
  limit: number,
): Promise<Draft[]> {
  const { results } = await db.$client
    .prepare(`${JOINED} WHERE drafts.workspace_id = ? AND drafts.kind = ? AND drafts.id > ? ORDER BY drafts.id LIMIT ?`)
    .bind(workspaceId, kind, after, limit)
    .all<Draft>();
  return results;
}

/** The workspace, its newest revision and all of its drafts; undefined for an unknown workspace. */
export async function readSnapshot(db: Database, workspaceId: string): Promise<DraftsSnapshot | undefined> {
  const d1 = db.$client;
  const [workspaceRows, revisionRows, entryRows, draftRows] = await d1.batch([
    d1.prepare('SELECT id, salt, drafts_version AS draftsVersion FROM workspaces WHERE id = ?').bind(workspaceId),
    d1
      .prepare(
        `SELECT revision, catalog_hash AS catalogHash, published_at AS publishedAt FROM revisions
         WHERE workspace_id = ? ORDER BY revision DESC LIMIT 1`,
      )
      .bind(workspaceId),
    d1
      .prepare(
        `SELECT kind, id, version FROM revision_entries WHERE workspace_id = ?1
         AND revision = (SELECT MAX(revision) FROM revisions WHERE workspace_id = ?1)`,
      )
      .bind(workspaceId),
    d1
      .prepare(`${JOINED} WHERE drafts.workspace_id = ? ORDER BY drafts.kind, drafts.id LIMIT ?`)
      .bind(workspaceId, MAX_WORKSPACE_DOCUMENTS + 1),
  ]);
  const workspace = workspaceRows?.results[0] as DraftsSnapshot['workspace'] | undefined;
  if (!workspace) return undefined;
  return {
    workspace,
    newest: revisionRows?.results[0] as DraftsSnapshot['newest'],
    entries: (entryRows?.results ?? []) as VersionName[],
    drafts: (draftRows?.results ?? []) as Draft[],
  };
}
