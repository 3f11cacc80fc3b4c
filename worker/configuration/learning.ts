/** Holding a campaign's learning and letting go of it: written into the audit first, then told to the campaign's root. */
import type { HoldRequest, ReleaseRequest } from '../../contract/learning.ts';
import { database } from '../../db/database.ts';
import { auditInsert } from '../../db/queries/audit.ts';
import type { LearningView, ReleaseReply } from '../../durable-objects/campaign/learning-view.ts';
import { rootStub } from '../../durable-objects/shared/calls.ts';
import { isUnknownMethod } from '../../durable-objects/shared/older.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { Unavailable } from '../http/unavailable.ts';
import type { Change } from './changes.ts';
import type { Caller } from './release.ts';

async function ofToday<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await withRetry(call);
  } catch (error) {
    throw isUnknownMethod(error) ? new Unavailable('root') : error;
  }
}

/** Where a campaign's learning stands. */
export async function readLearning(env: Env, workspaceId: string, campaignId: string): Promise<LearningView> {
  return ofToday(async (): Promise<LearningView> => (await rootStub(env, workspaceId, campaignId)).learning());
}

/** Holds learning; a hold that stands already stays as it is. */
export async function holdLearning(caller: Caller, campaignId: string, { reason }: HoldRequest): Promise<LearningView> {
  const { env, workspaceId, actor } = caller;
  await note(caller, campaignId, 'hold_learning', reasonOf(reason));
  const address = { workspaceId, campaignId };
  const requestId = crypto.randomUUID();
  return ofToday(
    async (): Promise<LearningView> =>
      (await rootStub(env, workspaceId, campaignId)).holdLearning(address, actor, requestId),
  );
}

/** Lets learning go on. */
export async function releaseLearning(
  caller: Caller,
  campaignId: string,
  { keep, since, reason }: ReleaseRequest,
): Promise<ReleaseReply> {
  const { env, workspaceId } = caller;
  const left: Change[] = since === undefined ? [] : [{ path: '/since', after: since }];
  await note(caller, campaignId, 'release_learning', [{ path: '/keep', after: keep }, ...left, ...reasonOf(reason)]);
  const release = { keep, ...(since !== undefined && { sinceMs: Date.parse(since) }) };
  const requestId = crypto.randomUUID();
  return ofToday(
    async (): Promise<ReleaseReply> =>
      (await rootStub(env, workspaceId, campaignId)).releaseLearning(release, requestId),
  );
}

function reasonOf(reason: string | undefined): readonly Change[] {
  return reason === undefined ? [] : [{ path: '/reason', after: reason }];
}

async function note(
  { env, workspaceId, actor, nowMs }: Caller,
  subject: string,
  action: 'hold_learning' | 'release_learning',
  changes: readonly Change[],
): Promise<void> {
  const record = { at: nowMs, actor, action, kind: 'campaign', subject, changes: JSON.stringify(changes) };
  await auditInsert(database(env.DB).$client, workspaceId, record).run();
}
