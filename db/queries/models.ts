/** Models and their versions. What was deleted is not found by any of these. */
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { models, modelVersions } from '../schema.ts';
import type { AuditRecord } from './audit.ts';

export type ModelVersionRow = typeof modelVersions.$inferSelect;
export type ModelRow = typeof models.$inferSelect;

/** Versions of one model on a page, or in an answer of its performance. */
export const MAX_LISTED_VERSIONS = 50;

/** The versions of one model. */
const ofModel = (workspaceId: string, modelId: string) =>
  and(eq(modelVersions.workspaceId, workspaceId), eq(modelVersions.modelId, modelId), isNull(modelVersions.deletedAt));

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

/** Models of a workspace with a version. */
export async function countModels(db: Database, workspaceId: string): Promise<number> {
  const row = await db.$client
    .prepare('SELECT count(DISTINCT model_id) AS n FROM model_versions WHERE workspace_id = ? AND deleted_at IS NULL')
    .bind(workspaceId)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

/** The newest version of a model. */
export async function findNewest(
  db: Database,
  workspaceId: string,
  modelId: string,
): Promise<ModelVersionRow | undefined> {
  const [row] = await db
    .select()
    .from(modelVersions)
    .where(ofModel(workspaceId, modelId))
    .orderBy(desc(modelVersions.version))
    .limit(1);
  return row;
}

/** Versions of a model by their numbers, the newest first; the newest {@link MAX_LISTED_VERSIONS} of them. */
export async function findVersions(
  db: Database,
  workspaceId: string,
  modelId: string,
  versions: readonly number[],
): Promise<ModelVersionRow[]> {
  const newest = [...versions].sort((a, b) => b - a).slice(0, MAX_LISTED_VERSIONS);
  return db
    .select()
    .from(modelVersions)
    .where(and(ofModel(workspaceId, modelId), inArray(modelVersions.version, newest)))
    .orderBy(desc(modelVersions.version));
}

/** A version that serves somebody. */
export type ServingVersion = Pick<ModelVersionRow, 'version' | 'stage' | 'metrics'>;

/** The versions of a model that serve somebody: one a stage at most. */
export async function listServingVersions(
  db: Database,
  workspaceId: string,
  modelId: string,
): Promise<ServingVersion[]> {
  const { version, stage, metrics } = modelVersions;
  return db
    .select({ version, stage, metrics })
    .from(modelVersions)
    .where(and(ofModel(workspaceId, modelId), inArray(stage, ['shadow', 'canary', 'live'])));
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

/** The version that a manifest is of, one that was deleted included. */
export async function findByManifest(
  db: Database,
  workspaceId: string,
  modelId: string,
  manifestHash: string,
): Promise<ModelVersionRow | undefined> {
  const [row] = await db
    .select()
    .from(modelVersions)
    .where(
      and(
        eq(modelVersions.workspaceId, workspaceId),
        eq(modelVersions.modelId, modelId),
        eq(modelVersions.manifestHash, manifestHash),
      ),
    );
  return row;
}

/**
 * Stores a version under the next number with its audit row, and the model with its first; one whose manifest is there already stays as it is, also
 * where it was deleted.
 */
export async function insertVersion(
  db: Database,
  row: NewVersion,
  audit: AuditRecord,
): Promise<{ readonly row: ModelVersionRow; readonly created: boolean }> {
  const d1 = db.$client;
  const { workspaceId, modelId, manifestHash } = row;
  const [, , inserted] = await d1.batch([
    d1
      .prepare('INSERT INTO models (workspace_id, id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .bind(workspaceId, modelId, row.createdAt),
    // Before the version, so that it tells by the manifest whether there will be one.
    d1
      .prepare(
        `INSERT INTO audit (workspace_id, at, actor, action, kind, subject, changes)
         SELECT ?1, ?4, ?5, ?6, ?7, ?8, ?9
         WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE workspace_id = ?1 AND model_id = ?2 AND manifest_hash = ?3)`,
      )
      .bind(
        ...[workspaceId, modelId, manifestHash, audit.at, audit.actor],
        ...[audit.action, audit.kind, audit.subject, audit.changes],
      ),
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
  const stored = await findByManifest(db, workspaceId, modelId, manifestHash);
  if (!stored) throw new Error('a version that was stored is not there');
  return { row: stored, created };
}
