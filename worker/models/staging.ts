/** Versions move from stage to stage; the publisher is told what serves. */
import type { StageRequest } from '../../contract/models/registry.ts';
import { database } from '../../db/database.ts';
import { countServing, storeStage } from '../../db/queries/model-stages.ts';
import { findModel, findVersion, type ModelVersionRow } from '../../db/queries/models.ts';
import { MAX_MODELS } from '../../durable-objects/publisher/models.ts';
import type { Caller } from '../configuration/release.ts';
import { type Checked, refused } from '../http/problem.ts';
import { type Known, standingOf, writeDown } from './called-back.ts';
import { tellServing } from './serving.ts';

/** From where a version may go where: what retired stays retired unless it is put in service again on purpose. */
const WAYS: Readonly<Record<ModelVersionRow['stage'], readonly StageRequest['stage'][]>> = {
  registered: ['shadow', 'canary', 'live', 'retired'],
  shadow: ['canary', 'live', 'retired'],
  canary: ['canary', 'live', 'shadow', 'retired'],
  live: ['retired', 'shadow'],
  retired: ['shadow', 'canary', 'live'],
};

/**
 * Moves a version to a stage; serving workers follow within 5 seconds. Whoever held the stage retires. Refused for a version that the watch called
 * back, which is written down then, unless `resume` says that it is meant. Throws {@link Unavailable} when the publisher does not answer: the change is
 * stored, and takes effect once it does.
 */
export async function stageVersion(
  caller: Caller,
  modelId: string,
  version: number,
  wish: StageRequest,
): Promise<Checked<ModelVersionRow>> {
  const { env, workspaceId, nowMs } = caller;
  const db = database(env.DB);
  // In this order: a version that changes meanwhile has another revision by then, and the change is refused.
  const model = await findModel(db, workspaceId, modelId);
  const row = model && (await findVersion(db, workspaceId, modelId, version));
  if (!model || !row) return refused('not_found', `There is no version ${version} of a model "${modelId}"`);
  const { back, unheard } = await standingOf(env, { model, row });
  const { stage, share, resume = false } = wish;
  if (back && stage !== 'retired' && !resume) {
    await writeDown(env, { model, row }, back, nowMs);
    return refused('called_back', `${back.reason}. Say "resume": true to put it in service in spite of that`, [
      {
        field: '/resume',
        detail: `must be true for a version that was called back, at ${new Date(back.atMs).toISOString()}`,
      },
    ]);
  }
  const isThere = row.stage === stage && (row.share ?? undefined) === share;
  const resumes = stage !== 'retired' && (back !== undefined || unheard);
  if (isThere && !resumes) {
    await tellServing(env, workspaceId, modelId);
    return { ok: true, value: row };
  }
  if (!isThere && !WAYS[row.stage].includes(stage))
    return refused('invalid_request', `A version that is ${row.stage} does not become ${stage}`, [
      { field: '/stage', detail: `one of: ${WAYS[row.stage].join(', ')}` },
    ]);
  if (stage !== 'retired' && (await countServing(db, workspaceId, modelId)) >= MAX_MODELS)
    return refused(
      'invalid_request',
      `${MAX_MODELS} models serve already: retire the versions of one that is not read`,
      [{ field: '/stage', detail: `is for ${MAX_MODELS} models of a workspace at the same time` }],
    );
  if (!(await store(caller, { model, row }, wish, resumes)))
    return refused('precondition_failed', 'The model was changed at the same moment: ask again');
  await tellServing(env, workspaceId, modelId, resumes ? version : undefined);
  return { ok: true, value: (await findVersion(db, workspaceId, modelId, version)) ?? row };
}

function store(
  { env, actor, nowMs }: Caller,
  { model, row }: Known,
  { stage, share, reason }: StageRequest,
  resumed: boolean,
): Promise<boolean> {
  const { workspaceId, modelId, version } = row;
  const changes = JSON.stringify([
    { path: '/stage', before: row.stage, after: stage },
    { path: '/share', before: row.share, after: share ?? null },
    ...(resumed ? [{ path: '/resume', after: true }] : []),
    ...(reason === undefined ? [] : [{ path: '/reason', after: reason }]),
  ]);
  return storeStage(database(env.DB), {
    ...{ workspaceId, modelId, version, stage, resumed },
    share: share ?? null,
    reason: reason ?? null,
    seenRevision: model.revision,
    audit: { at: nowMs, actor, action: `stage_${stage}`, kind: 'model', subject: `${modelId}@${version}`, changes },
  });
}
