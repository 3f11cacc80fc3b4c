/** What registered models give, for checking those who name their scores. */
import type { Database } from '../database.ts';

/** One version: each that serves customers, and each model's newest. */
export interface ModelOutputsRow {
  readonly modelId: string;
  readonly stage: string;
  /** Names of its outputs, JSON. */
  readonly outputs: string;
  /** 1 when an input is read from arms. */
  readonly readsArms: number;
}

/** Versions of a workspace that are live or canary, and the newest of every model. */
export async function listModelOutputs(db: Database, workspaceId: string): Promise<readonly ModelOutputsRow[]> {
  const { results } = await db.$client
    .prepare(
      `SELECT v.model_id AS modelId, v.stage,
         (SELECT json_group_array(json_extract(o.value, '$.name')) FROM json_each(v.manifest, '$.outputs') o) AS outputs,
         EXISTS (SELECT 1 FROM json_each(v.manifest, '$.inputs') i WHERE json_extract(i.value, '$.attribute') LIKE 'arm.%') AS readsArms
       FROM model_versions v
       WHERE v.workspace_id = ?1 AND v.deleted_at IS NULL AND (v.stage IN ('canary', 'live') OR v.version =
         (SELECT max(n.version) FROM model_versions n WHERE n.workspace_id = ?1 AND n.model_id = v.model_id AND n.deleted_at IS NULL))
       ORDER BY v.model_id, v.version`,
    )
    .bind(workspaceId)
    .all<ModelOutputsRow>();
  return results;
}
