/** What serves, from the registry to the publisher; and what the watch called back, from the publisher to the registry. */
import { database } from '../../db/database.ts';
import { findModel, findVersion, listServing, raiseRevision, storeStage } from '../../db/queries/models.ts';
import type { PublishedModel, PublishedVersion, ServingStage } from '../../decisioning/scoring/published.ts';
import type { ModelWatch } from '../../decisioning/scoring/watch/rules.ts';
import type { ModelChange } from '../../durable-objects/publisher/models.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { publisherStub } from '../../durable-objects/shared/stub.ts';
import { Unavailable } from '../http/unavailable.ts';

/** Every model that ever served, with the versions that do now. */
async function servingModels(env: Env, workspaceId: string): Promise<readonly ModelChange[]> {
  const changes = new Map<string, { revision: number; model: PublishedModel }>();
  for (const row of await listServing(database(env.DB), workspaceId)) {
    const { modelId, revision } = row;
    const { model } = changes.get(modelId) ?? { model: { id: modelId, versions: [] } };
    // A model of which nothing serves comes as one row without a version.
    const versions = row.version === null ? [] : [one(row)];
    changes.set(modelId, { revision, model: { ...model, versions: [...model.versions, ...versions] } });
  }
  return [...changes.values()];
}

function one(row: Awaited<ReturnType<typeof listServing>>[number]): PublishedVersion {
  const { version, stage, share, manifestHash, stagedAt, watch } = row;
  return {
    version,
    stage: stage as ServingStage,
    manifest: manifestHash,
    ...(share !== null && { share }),
    stagedAtMs: stagedAt,
    ...(watch !== null && { watch: JSON.parse(watch) as ModelWatch }),
  };
}

/**
 * Tells the publisher what of a model serves. Throws {@link Unavailable} when it does not answer.
 *
 * @param resumed a version that was put in service on purpose: one that the watch called back serves again
 */
export async function tellServing(env: Env, workspaceId: string, modelId: string, resumed?: number): Promise<void> {
  const change = (await servingModels(env, workspaceId)).find(({ model }) => model.id === modelId);
  if (!change) return;
  try {
    const told = { ...change, ...(resumed !== undefined && { resumed }) };
    await withRetry(async () => (await publisherStub(env, workspaceId)).setModel(workspaceId, told));
  } catch {
    throw new Unavailable('publisher');
  }
}

/** Whether the watch took a version out of service, which the registry may not know yet. Throws {@link Unavailable} when the publisher does not answer. */
export async function isCalledBack(env: Env, workspaceId: string, modelId: string, version: number): Promise<boolean> {
  try {
    const { calledBack } = await withRetry(async () => (await publisherStub(env, workspaceId)).modelBooks());
    return calledBack.some((back) => back.modelId === modelId && back.version === version);
  } catch {
    throw new Unavailable('publisher');
  }
}

/** Brings registry and publisher together: call-backs are written down, and what the publisher missed is told again. Safe to run at any time. */
export async function reconcileModels(env: Env, workspaceId: string, nowMs: number): Promise<number> {
  const publisher = await publisherStub(env, workspaceId);
  const { models, calledBack } = await withRetry(() => publisher.modelBooks());
  const known = new Map(models.map(({ model, revision }) => [model.id, revision]));
  let repaired = 0;
  for (const [modelId, revision] of known)
    if (await raiseRevision(database(env.DB), workspaceId, modelId, revision)) repaired += 1;
  for (const { modelId, version, atMs, reason } of calledBack) {
    const db = database(env.DB);
    const [model, row] = await Promise.all([
      findModel(db, workspaceId, modelId),
      findVersion(db, workspaceId, modelId, version),
    ]);
    if (!model || !row || row.stage === 'retired') continue;
    // Put in service since, which the publisher has not heard of: that is meant.
    if (row.stagedAt > atMs && (known.get(modelId) ?? 0) < model.revision) {
      await tellServing(env, workspaceId, modelId, version);
      repaired += 1;
      continue;
    }
    const changes = JSON.stringify([
      { path: '/stage', before: row.stage, after: 'retired' },
      { path: '/reason', after: reason },
    ]);
    const audit = {
      at: nowMs,
      actor: 'watch',
      action: 'call_back',
      kind: 'model',
      subject: `${modelId}@${version}`,
      changes,
    };
    const change = {
      workspaceId,
      modelId,
      version,
      stage: 'retired' as const,
      share: null,
      seenRevision: model.revision,
    };
    if (await storeStage(db, { ...change, reason: `${reason} (${new Date(atMs).toISOString()})`, audit }))
      repaired += 1;
  }
  for (const { model, revision } of await servingModels(env, workspaceId)) {
    if ((known.get(model.id) ?? 0) >= revision) continue;
    await tellServing(env, workspaceId, model.id);
    repaired += 1;
  }
  return repaired;
}
