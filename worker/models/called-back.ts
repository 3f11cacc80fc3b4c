/** What the watch called back, written down: nobody puts it in service again by accident. */
import { database } from '../../db/database.ts';
import { noteCallBack, storeStage } from '../../db/queries/model-stages.ts';
import type { ModelRow, ModelVersionRow } from '../../db/queries/models.ts';
import type { CallBack, ModelBooks } from '../../durable-objects/publisher/models.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';

/** A version with its model. */
export interface Known {
  readonly model: ModelRow;
  readonly row: ModelVersionRow;
}

/** How a version stands with the watch. */
export interface Standing {
  /** It was called back, and nobody resumed it. */
  readonly back?: Pick<CallBack, 'atMs' | 'reason'>;
  /** Somebody resumed it, and the publisher did not hear of it. */
  readonly unheard: boolean;
}

/** How a version stands by the publisher's books and the registry; where the publisher does not answer, by what was written down. */
export async function standingOf(env: Env, known: Known): Promise<Standing> {
  const { workspaceId } = known.row;
  try {
    return standingIn(await withRetry(async () => (await publisherStub(env, workspaceId)).modelBooks()), known);
  } catch {
    return standingIn({ models: [], calledBack: [] }, known);
  }
}

/** The same by books that were read. */
export function standingIn({ models, calledBack }: ModelBooks, { model, row }: Known): Standing {
  const back = calledBack.find(({ modelId, version }) => modelId === model.id && version === row.version);
  const heard = models.find((one) => one.model.id === model.id)?.revision ?? 0;
  if (back && row.resumedAt !== null && row.resumedAt > back.atMs && heard < model.revision) return { unheard: true };
  if (back) return { back, unheard: false };
  const noted = row.calledBackAt === null ? {} : { back: { atMs: row.calledBackAt, reason: row.reason ?? '' } };
  return { ...noted, unheard: false };
}

/** Writes a call-back down: the version retires, with the watch's words. @returns whether there was something to write */
export async function writeDown(
  env: Env,
  { model, row }: Known,
  { atMs, reason }: Pick<CallBack, 'atMs' | 'reason'>,
  nowMs: number,
): Promise<boolean> {
  const { workspaceId, modelId, version } = row;
  const db = database(env.DB);
  if (row.stage === 'retired')
    return row.calledBackAt === null && noteCallBack(db, { workspaceId, modelId, version, atMs });
  const changes = JSON.stringify([
    { path: '/stage', before: row.stage, after: 'retired' },
    { path: '/reason', after: reason },
  ]);
  return storeStage(db, {
    ...{ workspaceId, modelId, version, stage: 'retired', share: null, seenRevision: model.revision },
    reason: `${reason} (${new Date(atMs).toISOString()})`,
    calledBackAt: atMs,
    audit: { at: nowMs, actor: 'watch', action: 'call_back', kind: 'model', subject: `${modelId}@${version}`, changes },
  });
}
