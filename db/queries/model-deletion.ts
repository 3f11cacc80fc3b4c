/** What a version holds of customers goes; that there was one, its hash and its audit stay. */
import type { Database } from '../database.ts';
import type { AuditRecord } from './audit.ts';

/** Which version. */
export interface VersionName {
  readonly workspaceId: string;
  readonly modelId: string;
  readonly version: number;
}

/** What is left of a version that was deleted. */
export interface Tombstone {
  readonly manifestHash: string;
  /** SHA-256 of its file; null where the registry never wrote it down. */
  readonly fileHash: string | null;
  /** Whether another version of the workspace has the same file. */
  readonly isFileShared: boolean;
}

/** Empties a version that serves nobody, and was not emptied before, with its audit row. @returns whether it did */
export async function emptyVersion(
  db: Database,
  { workspaceId, modelId, version }: VersionName,
  audit: AuditRecord,
): Promise<boolean> {
  const d1 = db.$client;
  const still = `workspace_id = ?1 AND model_id = ?2 AND version = ?3 AND deleted_at IS NULL AND stage IN ('registered', 'retired')`;
  const [written] = await d1.batch([
    d1
      .prepare(
        `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
         SELECT ?1, ?4, ?5, ?6, ?7, ?8, ?9 WHERE EXISTS (SELECT 1 FROM model_versions WHERE ${still})`,
      )
      .bind(
        ...[workspaceId, modelId, version, audit.at, audit.actor],
        ...[audit.action, audit.kind, audit.subject, audit.changes],
      ),
    // Of the lineage the file's hash stays alone: it says which file is to go, should the bucket not answer now.
    d1
      .prepare(
        `UPDATE model_versions SET stage = 'retired', deleted_at = ?4, manifest = '{}', metrics = '{}', card = '', reason = NULL,
           lineage = json_object('fileSha256', json_extract(lineage, '$.fileSha256')) WHERE ${still}`,
      )
      .bind(workspaceId, modelId, version, audit.at),
  ]);
  return (written?.meta.changes ?? 0) > 0;
}

/** What is left of a version that was deleted; undefined where it was not, or never was. */
export async function findTombstone(
  db: Database,
  { workspaceId, modelId, version }: VersionName,
): Promise<Tombstone | undefined> {
  const row = await db.$client
    .prepare(
      `SELECT v.manifest_hash AS manifestHash, json_extract(v.lineage, '$.fileSha256') AS fileHash,
         EXISTS (SELECT 1 FROM model_versions o WHERE o.workspace_id = ?1 AND o.deleted_at IS NULL
           AND json_extract(o.lineage, '$.fileSha256') = json_extract(v.lineage, '$.fileSha256')) AS isFileShared
       FROM model_versions v WHERE v.workspace_id = ?1 AND v.model_id = ?2 AND v.version = ?3 AND v.deleted_at IS NOT NULL`,
    )
    .bind(workspaceId, modelId, version)
    .first<{ manifestHash: string; fileHash: string | null; isFileShared: number }>();
  return row ? { ...row, isFileShared: row.isFileShared > 0 } : undefined;
}
