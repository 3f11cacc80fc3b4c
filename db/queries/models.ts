/** Models and their versions; every change of what serves moves the model's revision on and has its audit row. */
import { and, asc, desc, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { models, modelVersions } from '../schema.ts';
import { type AuditRecord, auditInsert } from './audit.ts';

export type ModelVersionRow = typeof modelVersions.$inferSelect;
export type ModelRow = typeof models.$inferSelect;

/** Versions of one model that are listed, the newest first; older ones retired long ago. */
export const MAX_LISTED_VERSIONS = 50;

/** The versions of one model. */
const ofModel = (workspaceId: string, modelId: string) =>
  and(eq(modelVersions.workspaceId, workspaceId), eq(modelVersions.modelId, modelId));

/** A model by its id. */
export async function findModel(db: Database, workspaceId: string, id: string): Promise<ModelRow | undefined> {
  const [row] = await db
    .select()
    .from(models)
    .where(and(eq(models.workspaceId, workspaceId), eq(models.id, id)))
    .limit(1);
  return row;
}

/** All models of a workspace, by id. */
export async function listModels(db: Database, workspaceId: string): Promise<ModelRow[]> {
  return db.select().from(models).where(eq(models.workspaceId, workspaceId)).orderBy(asc(models.id));
}

/** Versions of a model, the newest first; at most {@link MAX_LISTED_VERSIONS}. */
export async function listVersions(db: Database, workspaceId: string, modelId: string): Promise<ModelVersionRow[]> {
  return db
    .select()
    .from(modelVersions)
    .where(ofModel(workspaceId, modelId))
    .orderBy(desc(modelVersions.version))
    .limit(MAX_LISTED_VERSIONS);
}

/** One version. */
export async function findVersion(
  db: Database,
  workspaceId: string,
  modelId: string,
  version: number,
): Promise<ModelVersionRow | undefined> {
  const [row] = await db
    .select()
    .from(modelVersions)
    .where(and(ofModel(workspaceId, modelId), eq(modelVersions.version, version)))
    .limit(1);
  return row;
}

/** What a new version brings; its number is given here. */
export type NewVersion = Pick<
  ModelVersionRow,
  'workspaceId' | 'modelId' | 'manifestHash' | 'manifest' | 'metrics' | 'lineage' | 'card' | 'createdAt' | 'createdBy'
>;

/** Stores a version under the next number, and the model with its first; one whose manifest is there already stays as it is. */
export async function insertVersion(
  db: Database,
  row: NewVersion,
  audit: AuditRecord,
): Promise<{ readonly row: ModelVersionRow; readonly created: boolean }> {
  const d1 = db.$client;
  const { workspaceId, modelId, manifestHash } = row;
  const [, inserted] = await d1.batch([
    d1
      .prepare('INSERT INTO models (workspace_id, id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .bind(workspaceId, modelId, row.createdAt),
    d1
      .prepare(
        `INSERT INTO model_versions (workspace_id, model_id, version, manifest_hash, manifest, metrics, lineage, card, stage, staged_at, created_at, created_by)
         SELECT ?1, ?2, 1 + coalesce((SELECT max(version) FROM model_versions WHERE workspace_id = ?1 AND model_id = ?2), 0), ?3, ?4, ?5, ?6, ?7, 'registered', ?8, ?8, ?9
         WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(
        workspaceId,
        modelId,
        manifestHash,
        row.manifest,
        row.metrics,
        row.lineage,
        row.card,
        row.createdAt,
        row.createdBy,
      ),
  ]);
  const created = (inserted?.meta.changes ?? 0) > 0;
  if (created) await auditInsert(d1, workspaceId, audit).run();
  const [stored] = await db
    .select()
    .from(modelVersions)
    .where(and(ofModel(workspaceId, modelId), eq(modelVersions.manifestHash, manifestHash)));
  if (!stored) throw new Error('a version that was stored is not there');
  return { row: stored, created };
}

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
  readonly audit: AuditRecord;
}

/**
 * Moves a version to a stage. A stage that serves has one version: who was there retires (a live one that is followed by another), all in one step.
 *
 * @returns whether it was done; false: the model was changed since the caller read it
 */
export async function storeStage(db: Database, change: StageChange): Promise<boolean> {
  const { workspaceId, modelId, version, stage, share, reason, seenRevision, audit } = change;
  const d1 = db.$client;
  const seen = 'EXISTS (SELECT 1 FROM models WHERE workspace_id = ?1 AND id = ?2 AND revision = ?3)';
  const [, moved] = await d1.batch([
    d1
      .prepare(
        `UPDATE model_versions SET stage = 'retired', share = NULL, staged_at = ?5, reason = 'followed by version ' || CAST(?4 AS INTEGER)
         WHERE workspace_id = ?1 AND model_id = ?2 AND version <> ?4 AND stage = ?6 AND ?6 <> 'retired' AND ${seen}`,
      )
      .bind(workspaceId, modelId, seenRevision, version, audit.at, stage),
    d1
      .prepare(
        `UPDATE model_versions SET stage = ?5, share = ?6, staged_at = ?7, reason = ?8
         WHERE workspace_id = ?1 AND model_id = ?2 AND version = ?4 AND ${seen}`,
      )
      .bind(workspaceId, modelId, seenRevision, version, stage, share, audit.at, reason),
    d1
      .prepare(
        `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
         SELECT ?1, ?4, ?5, ?6, ?7, ?8, ?9 WHERE ${seen}`,
      )
      .bind(
        workspaceId,
        modelId,
        seenRevision,
        audit.at,
        audit.actor,
        audit.action,
        audit.kind,
        audit.subject,
        audit.changes,
      ),
    d1
      .prepare('UPDATE models SET revision = revision + 1 WHERE workspace_id = ?1 AND id = ?2 AND revision = ?3')
      .bind(workspaceId, modelId, seenRevision),
  ]);
  return (moved?.meta.changes ?? 0) > 0;
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

/** Versions that serve somebody, of all models of a workspace. */
export async function listServing(
  db: Database,
  workspaceId: string,
): Promise<
  readonly (Pick<ModelVersionRow, 'modelId' | 'version' | 'stage' | 'share' | 'manifestHash' | 'stagedAt'> & {
    readonly revision: number;
    /** `watch` of its manifest, JSON; null where it says nothing. */
    readonly watch: string | null;
  })[]
> {
  const { results } = await db.$client
    .prepare(
      `SELECT m.id AS modelId, m.revision, v.version, v.stage, v.share, v.manifest_hash AS manifestHash, v.staged_at AS stagedAt,
         json_extract(v.manifest, '$.watch') AS watch
       FROM models m LEFT JOIN model_versions v ON v.workspace_id = m.workspace_id AND v.model_id = m.id AND v.stage IN ('shadow', 'canary', 'live')
       WHERE m.workspace_id = ? AND m.revision > 0 ORDER BY m.id, v.version`,
    )
    .bind(workspaceId)
    .all();
  return results as never;
}
