/** What serves, from the registry to the publisher; and what the watch called back, from the publisher to the registry. */
import { database } from '../../db/database.ts';
import { listServing, raiseRevision, type ServingRow } from '../../db/queries/model-stages.ts';
import { findModel, findVersion, listModels } from '../../db/queries/models.ts';
import type { PublishedVersion, ServingStage } from '../../decisioning/scoring/published.ts';
import type { ModelWatch } from '../../decisioning/scoring/watch/rules.ts';
import type { ModelChange, Resumption } from '../../durable-objects/publisher/models.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { log } from '../http/log.ts';
import { Unavailable } from '../http/unavailable.ts';
import { standingIn, writeDown } from './called-back.ts';

/** Every model that ever served, with the versions that do now. */
async function servingModels(env: Env, workspaceId: string): Promise<readonly ModelChange[]> {
  const changes = new Map<string, ModelChange & { readonly resumptions: readonly Resumption[] }>();
  for (const row of await listServing(database(env.DB), workspaceId)) {
    const { modelId, revision } = row;
    const { model, resumptions } = changes.get(modelId) ?? { model: { id: modelId, versions: [] }, resumptions: [] };
    // A model of which nothing serves comes as one row without a version.
    const versions = row.version === null ? [] : [one(row)];
    const resumed = row.resumedAt === null ? [] : [{ version: row.version, atMs: row.resumedAt }];
    changes.set(modelId, {
      revision,
      model: { ...model, versions: [...model.versions, ...versions] },
      resumptions: [...resumptions, ...resumed],
    });
  }
  return [...changes.values()];
}

function one(row: ServingRow): PublishedVersion {
  const { version, stage, share, manifestHash, stagedAt, watch, engine, onDevice } = row;
  return {
    version,
    stage: stage as ServingStage,
    manifest: manifestHash,
    ...(share !== null && { share }),
    stagedAtMs: stagedAt,
    ...(watch !== null && { watch: JSON.parse(watch) as ModelWatch }),
    ...(engine === 'onnxruntime-web' && { engine }),
    ...(onDevice === 1 && { onDevice: true as const }),
  };
}

/**
 * Tells the publisher what of a model serves. Throws {@link Unavailable} when it does not answer.
 *
 * @param resumed a version that the watch called back, and somebody put in service in spite of that
 */
export async function tellServing(env: Env, workspaceId: string, modelId: string, resumed?: number): Promise<void> {
  const change = (await servingModels(env, workspaceId)).find(({ model }) => model.id === modelId);
  if (change) await tell(env, workspaceId, { ...change, ...(resumed !== undefined && { resumed }) });
}

async function tell(env: Env, workspaceId: string, change: ModelChange): Promise<void> {
  try {
    await withRetry(async () => (await publisherStub(env, workspaceId)).setModel(workspaceId, change));
  } catch {
    throw new Unavailable('publisher');
  }
}

/**
 * Brings registry and publisher together: call-backs are written down, and what the publisher missed is told again. A model that fails is logged, and
 * does not keep the next from being repaired. Safe to run at any time.
 *
 * @returns how many repairs were made
 */
export async function reconcileModels(env: Env, workspaceId: string, nowMs: number): Promise<number> {
  const books = await withRetry(async () => (await publisherStub(env, workspaceId)).modelBooks());
  const known = new Map(books.models.map(({ model, revision }) => [model.id, revision]));
  const db = database(env.DB);
  const repairs: (() => Promise<boolean>)[] = [];
  for (const { id, revision } of await listModels(db, workspaceId))
    if ((known.get(id) ?? 0) > revision) repairs.push(() => raiseRevision(db, workspaceId, id, known.get(id) ?? 0));
  for (const { modelId, version, ...back } of books.calledBack)
    repairs.push(async () => {
      const model = await findModel(db, workspaceId, modelId);
      const row = model && (await findVersion(db, workspaceId, modelId, version));
      if (!model || !row) return false;
      if (!standingIn(books, { model, row }).unheard) return writeDown(env, { model, row }, back, nowMs);
      await tellServing(env, workspaceId, modelId, version);
      return true;
    });
  let repaired = await countDone(repairs);
  const changes = await servingModels(env, workspaceId);
  const missed = changes.filter(({ model, revision }) => (known.get(model.id) ?? 0) < revision);
  repaired += await countDone(missed.map((change) => () => tell(env, workspaceId, change).then(() => true)));
  return repaired;
}

/** Each by itself, in turn. */
async function countDone(repairs: readonly (() => Promise<boolean>)[]): Promise<number> {
  let done = 0;
  for (const repair of repairs)
    try {
      if (await repair()) done += 1;
    } catch (error) {
      log({ level: 'error', job: 'reconcile_model', error: error instanceof Error ? error.name : typeof error });
    }
  return done;
}
