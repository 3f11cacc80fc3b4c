/** Versions of models: registered once and unchanged, moved from stage to stage; the publisher is told what serves. */
import type { RegisterModelRequest, StageRequest } from '../../contract/models/registry.ts';
import { database } from '../../db/database.ts';
import {
  findModel,
  findVersion,
  insertVersion,
  listVersions,
  MAX_LISTED_VERSIONS,
  type ModelVersionRow,
  storeStage,
} from '../../db/queries/models.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';
import { checkUpload } from './check.ts';
import { isCalledBack, tellServing } from './serving.ts';
import { sha256Of, storeModel } from './store.ts';
import { finishJob } from './training.ts';

/** Registers a version; the same manifest again is the same version. Refused, and nothing stored, for a file that is no model or does not fit its manifest. */
export async function registerModel(
  caller: Caller,
  body: RegisterModelRequest,
): Promise<Checked<{ readonly row: ModelVersionRow; readonly created: boolean }>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const checked = await checkUpload(body);
  if (!checked.ok) return checked;
  const { manifest, file } = checked.value;
  const manifestHash = await storeModel(env, workspaceId, manifest, file);
  const modelId = body.manifest.id;
  const { metrics, lineage, card } = body;
  const changes = JSON.stringify([{ path: '/manifestHash', after: manifestHash }]);
  const stored = await insertVersion(
    database(env.DB),
    {
      workspaceId,
      modelId,
      manifestHash,
      manifest,
      metrics: JSON.stringify(metrics),
      lineage: JSON.stringify({ ...lineage, fileSha256: await sha256Of(file) }),
      card,
      createdAt: nowMs,
      createdBy: actor,
    },
    { at: nowMs, actor, action: 'register', kind: 'model', subject: modelId, changes },
  );
  const mayServe = stored.created ? await finishJob(caller, stored.row) : undefined;
  if (!mayServe) return { ok: true, value: stored };
  const staged = await stageVersion(caller, modelId, stored.row.version, { stage: 'shadow' });
  return { ok: true, value: staged.ok ? { ...stored, row: staged.value } : stored };
}

/** From where a version may go where: what retired stays retired unless it is put in service again on purpose. */
const WAYS: Readonly<Record<ModelVersionRow['stage'], readonly StageRequest['stage'][]>> = {
  registered: ['shadow', 'canary', 'live', 'retired'],
  shadow: ['canary', 'live', 'retired'],
  canary: ['canary', 'live', 'shadow', 'retired'],
  live: ['retired', 'shadow'],
  retired: ['shadow', 'canary', 'live'],
};

/**
 * Moves a version to a stage; serving workers follow within 5 seconds. Whoever held the stage retires. Throws {@link Unavailable} when the publisher
 * does not answer: the change is stored, and takes effect once it does.
 */
export async function stageVersion(
  caller: Caller,
  modelId: string,
  version: number,
  { stage, share, reason }: StageRequest,
): Promise<Checked<ModelVersionRow>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  const [model, row] = await Promise.all([
    findModel(db, workspaceId, modelId),
    findVersion(db, workspaceId, modelId, version),
  ]);
  if (!model || !row) return refused('not_found', `There is no version ${version} of a model "${modelId}"`);
  const isThere = row.stage === stage && (row.share ?? undefined) === share;
  if (isThere && !(await isCalledBack(env, workspaceId, modelId, version))) {
    await tellServing(env, workspaceId, modelId);
    return { ok: true, value: row };
  }
  if (!isThere && !WAYS[row.stage].includes(stage))
    return refused('invalid_request', `A version that is ${row.stage} does not become ${stage}`, [
      { field: '/stage', detail: `one of: ${WAYS[row.stage].join(', ')}` },
    ]);
  const changes = JSON.stringify([
    { path: '/stage', before: row.stage, after: stage },
    { path: '/share', before: row.share, after: share ?? null },
    ...(reason === undefined ? [] : [{ path: '/reason', after: reason }]),
  ]);
  const done = await storeStage(db, {
    workspaceId,
    modelId,
    version,
    stage,
    share: share ?? null,
    reason: reason ?? null,
    seenRevision: model.revision,
    audit: { at: nowMs, actor, action: `stage_${stage}`, kind: 'model', subject: `${modelId}@${version}`, changes },
  });
  if (!done) return refused('precondition_failed', 'The model was changed at the same moment: ask again');
  await tellServing(env, workspaceId, modelId, version);
  return { ok: true, value: (await findVersion(db, workspaceId, modelId, version)) ?? row };
}

/** The newest versions of a model; refused where there is none. */
export async function versionsOf(
  { env, workspaceId }: Caller,
  modelId: string,
): Promise<Checked<readonly ModelVersionRow[]>> {
  const rows = await listVersions(database(env.DB), workspaceId, modelId);
  if (rows.length === 0) return refused('not_found', `There is no model "${modelId}"`);
  return { ok: true, value: rows.slice(0, MAX_LISTED_VERSIONS) };
}
