/** What the worker in front asks of the database, as plain statements: a query builder would be a tenth of it. */

/** What a key stands for. */
export interface KeyOwner {
  readonly id: string;
  readonly workspaceId: string;
  readonly siteId: string;
  readonly type: 'publishable' | 'secret';
}

/** The key with this SHA-256 (hex), or undefined when there is none or it was revoked. */
export async function findKeyByHash(d1: D1Database, hash: string): Promise<KeyOwner | undefined> {
  const sql =
    'SELECT id, workspace_id AS workspaceId, site_id AS siteId, type FROM keys WHERE hash = ? AND revoked_at IS NULL LIMIT 1';
  // Not `first`: what a database that talks nonsense answers must not pass for "there is none".
  const { results } = await d1.prepare(sql).bind(hash).all<KeyOwner>();
  return results[0];
}

/** A draft of a site as its next publish would have it: the document as text, undefined when there is none. */
export async function findSiteDraft(d1: D1Database, workspaceId: string, siteId: string): Promise<string | undefined> {
  const sql = `SELECT documents.body FROM drafts JOIN documents USING (workspace_id, kind, id, version)
    WHERE workspace_id = ? AND kind = 'site' AND id = ? LIMIT 1`;
  return (await d1.prepare(sql).bind(workspaceId, siteId).first<string>('body')) ?? undefined;
}

/** Ids of workspaces in their order, at most `limit`. */
export async function listWorkspaceIds(d1: D1Database, limit: number): Promise<string[]> {
  const sql = 'SELECT id FROM workspaces ORDER BY id LIMIT ?';
  const { results } = await d1.prepare(sql).bind(limit).all<{ readonly id: string }>();
  return results.map(({ id }) => id);
}
