/** Where versions of models serve; every change moves the model's revision on and has its audit row. */
import type { Database } from '../database.ts';
import type { AuditRecord } from './audit.ts';
import type { ModelVersionRow } from './models.ts';

/** Where one version of a model is to serve. */
export interface StageChange {
  readonly workspaceId: string;
  readonly modelId: string;
  readonly version: number;
  readonly stage: ModelVersionRow['stage'];
  readonly share: number | null;
  readonly reason: string | null;
  /** The model's revision that the caller saw: of two at the same time one is refused. */
  readonly seenRevision: number;
  /** When the watch called it back, where that is why. */
  readonly calledBackAt?: number;
  /** It is put in service in spite of its call-back. */
  readonly resumed?: boolean;
  readonly audit: AuditRecord;
}

/** One row's being so: the caller's revision is the latest, and the version was not deleted meanwhile. Parameters 1 to 4. */
const SEEN = `EXISTS (SELECT 1 FROM models WHERE workspace_id = ?1 AND id = ?2 AND revision = ?3)
  AND EXISTS (SELECT 1 FROM model_versions WHERE workspace_id = ?1 AND model_id = ?2 AND version = ?4 AND deleted_at IS NULL)`;

/**
 * Moves a version to a stage. A stage that serves has one version: who was there retires (a live one that is followed by another), all in one step.
 *
 * @returns whether it was done; false: the model was changed since the caller read it
 */
export async function storeStage(db: Database, change: StageChange): Promise<boolean> {
  const { workspaceId, modelId, version, stage, share, reason, seenRevision, audit } = change;
  const d1 = db.$client;
  const seen = [workspaceId, modelId, seenRevision, version] as const;
  const [, moved] = await d1.batch([
    d1
      .prepare(
        `UPDATE model_versions SET stage = 'retired', share = NULL, staged_at = ?5, reason = 'followed by version ' || CAST(?4 AS INTEGER)
         WHERE workspace_id = ?1 AND model_id = ?2 AND version <> ?4 AND stage = ?6 AND ?6 <> 'retired' AND ${SEEN}`,
      )
      .bind(...seen, audit.at, stage),
    d1
      .prepare(
        `UPDATE model_versions SET stage = ?5, share = ?6, staged_at = ?7, reason = ?8,
           called_back_at = CASE WHEN ?9 THEN NULL ELSE coalesce(?10, called_back_at) END,
           resumed_at = CASE WHEN ?9 THEN ?7 ELSE resumed_at END
         WHERE workspace_id = ?1 AND model_id = ?2 AND version = ?4 AND ${SEEN}`,
      )
      .bind(...seen, stage, share, audit.at, reason, change.resumed ? 1 : 0, change.calledBackAt ?? null),
    d1
      .prepare(
        `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
         SELECT ?1, ?5, ?6, ?7, ?8, ?9, ?10 WHERE ${SEEN}`,
      )
      .bind(...seen, audit.at, audit.actor, audit.action, audit.kind, audit.subject, audit.changes),
    d1
      .prepare(
        `UPDATE models SET revision = revision + 1 WHERE workspace_id = ?1 AND id = ?2 AND revision = ?3 AND ${SEEN}`,
      )
      .bind(...seen),
  ]);
  return (moved?.meta.changes ?? 0) > 0;
}

/** A call-back that the registry has not written down of a version that serves nobody anyway. @returns whether it is new */
export async function noteCallBack(
  db: Database,
  { workspaceId, modelId, version, atMs }: { workspaceId: string; modelId: string; version: number; atMs: number },
): Promise<boolean> {
  const { meta } = await db.$client
    .prepare(
      `UPDATE model_versions SET called_back_at = ?4
       WHERE workspace_id = ?1 AND model_id = ?2 AND version = ?3 AND called_back_at IS NULL`,
    )
    .bind(workspaceId, modelId, version, atMs)
    .run();
  return meta.changes > 0;
}

/**
 * After the database was restored: changes from here on are later than what the publisher has of the model. What serves stays as it is until
 * one is made.
 */
export async function raiseRevision(
  db: Database,
  workspaceId: string,
  modelId: string,
  revision: number,
): Promise<boolean> {
  const { meta } = await db.$client
    .prepare('UPDATE models SET revision = ?3 WHERE workspace_id = ?1 AND id = ?2 AND revision < ?3')
    .bind(workspaceId, modelId, revision)
    .run();
  return meta.changes > 0;
}

/** Models of a workspace of which a version serves, but for one. */
export async function countServing(db: Database, workspaceId: string, exceptModelId: string): Promise<number> {
  const row = await db.$client
    .prepare(
      `SELECT count(DISTINCT model_id) AS n FROM model_versions
       WHERE workspace_id = ? AND stage IN ('shadow', 'canary', 'live') AND model_id <> ?`,
    )
    .bind(workspaceId, exceptModelId)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

/** One version that serves somebody, or a model of which none does. */
export type ServingRow = Pick<
  ModelVersionRow,
  'modelId' | 'version' | 'stage' | 'share' | 'manifestHash' | 'stagedAt'
> & {
  readonly revision: number;
  /** When it was last put in service in spite of a call-back, in ms since the epoch; null where it never was. */
  readonly resumedAt: number | null;
  /** `watch` of its manifest, JSON; null where it says nothing. */
  readonly watch: string | null;
  /** `engine` of its manifest. */
  readonly engine: string | null;
  /** 1: `onDevice` of its manifest says so. */
  readonly onDevice: number | null;
};

/** Versions that serve somebody, of all models of a workspace; a model of which none does comes as one row whose version is null. */
export async function listServing(db: Database, workspaceId: string): Promise<readonly ServingRow[]> {
  const { results } = await db.$client
    .prepare(
      `SELECT m.id AS modelId, m.revision, v.version, v.stage, v.share, v.manifest_hash AS manifestHash, v.staged_at AS stagedAt, v.resumed_at AS resumedAt,
         json_extract(v.manifest, '$.watch') AS watch, json_extract(v.manifest, '$.engine') AS engine,
         json_extract(v.manifest, '$.onDevice') AS onDevice
       FROM models m LEFT JOIN model_versions v ON v.workspace_id = m.workspace_id AND v.model_id = m.id AND v.stage IN ('shadow', 'canary', 'live')
       WHERE m.workspace_id = ? AND m.revision > 0 ORDER BY m.id, v.version`,
    )
    .bind(workspaceId)
    .all();
  return results as never;
}
