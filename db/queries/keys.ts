/** Keys, listed and revoked by their owners. */
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { keys } from '../schema.ts';
import { type AuditRecord, auditInsert } from './audit.ts';

export type KeyRow = typeof keys.$inferSelect;

/** Keys of one site that are listed; older ones beyond it were revoked long ago. */
export const MAX_LISTED_KEYS = 200;

/** Keys of a site, oldest first, revoked ones included; at most {@link MAX_LISTED_KEYS}. */
export async function listSiteKeys(db: Database, workspaceId: string, siteId: string): Promise<KeyRow[]> {
  return db
    .select()
    .from(keys)
    .where(and(eq(keys.workspaceId, workspaceId), eq(keys.siteId, siteId)))
    .orderBy(asc(keys.createdAt), asc(keys.id))
    .limit(MAX_LISTED_KEYS);
}

/** A key of this workspace by its id. */
export async function findKey(db: Database, workspaceId: string, id: string): Promise<KeyRow | undefined> {
  const [row] = await db
    .select()
    .from(keys)
    .where(and(eq(keys.workspaceId, workspaceId), eq(keys.id, id)))
    .limit(1);
  return row;
}

/** Names of keys, revoked ones included, by their ids. @param ids at most as many as a page lists */
export async function findKeyNames(
  db: Database,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .select({ id: keys.id, name: keys.name })
    .from(keys)
    .where(and(eq(keys.workspaceId, workspaceId), inArray(keys.id, [...ids])));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Stores a key with its audit row. */
export async function insertKey(db: Database, row: KeyRow, audit: AuditRecord): Promise<void> {
  await db.$client.batch([
    db.$client
      .prepare(
        'INSERT INTO keys (id, workspace_id, site_id, type, name, hash, hint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .bind(row.id, row.workspaceId, row.siteId, row.type, row.name, row.hash, row.hint, row.createdAt),
    auditInsert(db.$client, row.workspaceId, audit),
  ]);
}

/** Revokes a key with its audit row; one that was revoked before keeps its time. */
export async function revokeKey(db: Database, workspaceId: string, id: string, audit: AuditRecord): Promise<void> {
  await db.$client.batch([
    db.$client
      .prepare('UPDATE keys SET revoked_at = ? WHERE workspace_id = ? AND id = ? AND revoked_at IS NULL')
      .bind(audit.at, workspaceId, id),
    auditInsert(db.$client, workspaceId, audit),
  ]);
}
