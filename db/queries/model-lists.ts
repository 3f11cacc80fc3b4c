/** Versions of models as lists tell them: their figures without their manifests and cards, which are 256 KB each. */
import type { ModelManifest } from '../../decisioning/scoring/manifest.ts';
import type { Database } from '../database.ts';
import { MAX_LISTED_VERSIONS, type ModelVersionRow } from './models.ts';

/** Versions of each model in the list of all models, besides those that serve: enough to see what it is and what came last. */
export const MAX_NEWEST_VERSIONS = 3;

/** A version with what lists tell of its manifest. */
export type VersionHead = Omit<ModelVersionRow, 'workspaceId' | 'manifest' | 'card' | 'resumedAt' | 'deletedAt'> & {
  readonly name: string;
  readonly predicts: string;
  readonly fileHash: string;
  readonly fileBytes: number;
  readonly inputs: number;
  /** Names of its outputs, a JSON list. */
  readonly outputs: string;
};

const HEAD = `v.model_id AS modelId, v.version, v.stage, v.share, v.staged_at AS stagedAt, v.reason, v.called_back_at AS calledBackAt,
  v.manifest_hash AS manifestHash, v.metrics, v.lineage, v.created_at AS createdAt, v.created_by AS createdBy,
  json_extract(v.manifest, '$.name') AS name, json_extract(v.manifest, '$.predicts') AS predicts,
  json_extract(v.manifest, '$.file.sha256') AS fileHash, json_extract(v.manifest, '$.file.bytes') AS fileBytes,
  json_array_length(v.manifest, '$.inputs') AS inputs,
  (SELECT json_group_array(json_extract(o.value, '$.name')) FROM json_each(v.manifest, '$.outputs') o) AS outputs`;
const SERVES = `v.stage IN ('shadow', 'canary', 'live')`;

/** The versions of all models of a workspace that serve, and the newest {@link MAX_NEWEST_VERSIONS} of each: by id, the newest first. */
export async function listNewest(db: Database, workspaceId: string): Promise<readonly VersionHead[]> {
  const { results } = await db.$client
    .prepare(
      `WITH ranked AS (
         SELECT model_id, version, row_number() OVER (PARTITION BY model_id ORDER BY version DESC) AS place
         FROM model_versions WHERE workspace_id = ?1 AND deleted_at IS NULL)
       SELECT ${HEAD} FROM ranked r JOIN model_versions v ON v.workspace_id = ?1 AND v.model_id = r.model_id AND v.version = r.version
       WHERE r.place <= ?2 OR ${SERVES} ORDER BY v.model_id, v.version DESC`,
    )
    .bind(workspaceId, MAX_NEWEST_VERSIONS)
    .all<VersionHead>();
  return results;
}

/** A page of versions, and whether there are older ones. */
export interface VersionPage {
  readonly versions: readonly VersionHead[];
  /** The number below which the next page begins; null on the last. */
  readonly nextBelow: number | null;
}

/**
 * A model's versions below a number, the newest first: at most {@link MAX_LISTED_VERSIONS}. A page without a number is the first, and has those that serve
 * besides, however old they are.
 */
export async function listPage(
  db: Database,
  workspaceId: string,
  modelId: string,
  below: number | undefined,
): Promise<VersionPage> {
  const { results } = await db.$client
    .prepare(
      `SELECT ${HEAD} FROM model_versions v
       WHERE v.workspace_id = ?1 AND v.model_id = ?2 AND v.deleted_at IS NULL AND ((?3 IS NULL AND ${SERVES}) OR v.version IN (
         SELECT version FROM model_versions WHERE workspace_id = ?1 AND model_id = ?2 AND deleted_at IS NULL AND (?3 IS NULL OR version < ?3)
         ORDER BY version DESC LIMIT ?4))
       ORDER BY v.version DESC`,
    )
    .bind(workspaceId, modelId, below ?? null, MAX_LISTED_VERSIONS + 1)
    .all<VersionHead>();
  const [page, more] = [results.slice(0, MAX_LISTED_VERSIONS), results.slice(MAX_LISTED_VERSIONS)];
  const old = below === undefined ? more.filter(({ stage }) => stage !== 'registered' && stage !== 'retired') : [];
  return { versions: [...page, ...old], nextBelow: more.length > 0 ? page.at(-1)!.version : null };
}

/** What lists tell of a version that was read whole. */
export function headOf({ manifest: text, ...row }: ModelVersionRow): VersionHead {
  const { name, predicts, file, inputs, outputs } = JSON.parse(text) as ModelManifest;
  const names = JSON.stringify(outputs.map((output) => output.name));
  return {
    ...row,
    name,
    predicts,
    fileHash: file.sha256,
    fileBytes: file.bytes,
    inputs: inputs.length,
    outputs: names,
  };
}
