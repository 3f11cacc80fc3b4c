/** Holding, forcing and letting go of a campaign's phase: written into the audit first, then told to the campaign's root. */
import type { SteerRequest } from '../../contract/lifecycle.ts';
import { database } from '../../db/database.ts';
import { auditInsert } from '../../db/queries/audit.ts';
import type { LifecycleView, Steering } from '../../durable-objects/campaign/lifecycle-view.ts';
import { rootStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { Unavailable } from '../http/unavailable.ts';
import { type Change, changesBetween } from './changes.ts';
import type { Caller } from './release.ts';

/** Where a campaign with phases is. Throws {@link Unavailable} while its root has not heard of them yet. */
export async function readLifecycle(env: Env, workspaceId: string, campaignId: string): Promise<LifecycleView> {
  const view = await withRetry(
    async (): Promise<LifecycleView | null> => (await rootStub(env, workspaceId, campaignId)).lifecycle(),
  );
  if (!view) throw new Unavailable('root');
  return view;
}

/**
 * Does what is asked and says where the campaign is then; serving workers follow within 5 seconds. Throws {@link Unavailable} when the root does not
 * answer: nothing is changed then, and asking again is safe.
 */
export async function steerCampaign(
  caller: Caller,
  campaignId: string,
  { reason, ...steering }: SteerRequest,
): Promise<LifecycleView> {
  const { env, workspaceId, actor, nowMs } = caller;
  const before = await readLifecycle(env, workspaceId, campaignId);
  const changes = changesOfSteering(before, steering);
  // Why somebody asks again for what holds already is worth keeping, too.
  if (changes.length > 0 || reason !== undefined) {
    const told = [...changes, ...(reason === undefined ? [] : [{ path: '/reason', after: reason }])];
    await auditInsert(database(env.DB).$client, workspaceId, {
      at: nowMs,
      actor,
      action: 'steer',
      kind: 'campaign',
      subject: campaignId,
      changes: JSON.stringify(told),
    }).run();
  }
  const requestId = crypto.randomUUID();
  const after = await withRetry(
    async (): Promise<LifecycleView | null> =>
      (await rootStub(env, workspaceId, campaignId)).steer(steering as Steering, actor, requestId),
  );
  if (!after) throw new Unavailable('root');
  return after;
}

function changesOfSteering(
  { phase, mode }: LifecycleView,
  steering: Omit<SteerRequest, 'reason'> & { readonly phase?: string },
): readonly Change[] {
  const wanted = { mode: steering.mode === 'auto' ? 'auto' : 'hold', phase: steering.phase ?? phase };
  return changesBetween({ lifecycle: { mode, phase } }, { lifecycle: wanted });
}
