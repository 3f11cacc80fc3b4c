/** Pause and kill switch: stored in D1 first, then told to the publisher; what gets lost on the way is repaired by the reconcile job. */
import { database } from '../../db/database.ts';
import { findDraft } from '../../db/queries/drafts.ts';
import { isPublished } from '../../db/queries/revisions.ts';
import { readStoredSwitches, storeKillSwitch, storePause } from '../../db/queries/switches.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { type Checked, refused } from '../http/problem.ts';
import { Unavailable } from '../http/unavailable.ts';
import type { Caller } from './release.ts';

interface SwitchChange {
  readonly killSwitch?: boolean;
  readonly campaignId?: string;
  readonly paused?: boolean;
}

/** Tells the publisher; throws {@link Unavailable} when it does not answer. */
export async function tellSwitches(env: Env, workspaceId: string, change: SwitchChange): Promise<void> {
  try {
    await withRetry(async () => (await publisherStub(env, workspaceId)).setSwitches(workspaceId, change));
  } catch {
    throw new Unavailable('publisher');
  }
}

/**
 * Pauses or resumes a campaign; serving workers follow within 5 seconds. It survives publishes and rollbacks. Throws {@link Unavailable}
 * when the publisher does not answer: the change is stored, and takes effect once it does.
 */
export async function setPaused(caller: Caller, campaignId: string, paused: boolean): Promise<Checked<undefined>> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  const known =
    (await findDraft(db, workspaceId, 'campaign', campaignId)) ?? (await isPublished(db, workspaceId, campaignId));
  if (!known) return refused('not_found', `There is no campaign "${campaignId}"`);
  const before = (await readStoredSwitches(db, workspaceId)).pausedCampaigns.includes(campaignId);
  if (before !== paused) {
    await storePause(db, workspaceId, campaignId, paused, {
      at: nowMs,
      actor,
      action: paused ? 'pause' : 'resume',
      kind: 'campaign',
      subject: campaignId,
      changes: JSON.stringify([{ path: '/paused', before, after: paused }]),
    });
  }
  await tellSwitches(env, workspaceId, { campaignId, paused });
  return { ok: true, value: undefined };
}

/** Switches all campaigns of the workspace off, or on again. Throws {@link Unavailable} as {@link setPaused} does. */
export async function setKillSwitch(caller: Caller, on: boolean, reason: string | undefined): Promise<void> {
  const { env, workspaceId, actor, nowMs } = caller;
  const db = database(env.DB);
  const { killSwitch: before } = await readStoredSwitches(db, workspaceId);
  if (before !== on) {
    const changes = [
      { path: '/on', before, after: on },
      ...(reason === undefined ? [] : [{ path: '/reason', after: reason }]),
    ];
    await storeKillSwitch(db, workspaceId, on, {
      at: nowMs,
      actor,
      action: 'kill_switch',
      kind: 'workspace',
      subject: workspaceId,
      changes: JSON.stringify(changes),
    });
  }
  await tellSwitches(env, workspaceId, { killSwitch: on });
}
