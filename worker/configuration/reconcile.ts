/** Brings a workspace's publisher to what D1 says, after whatever got lost between the two. */
import { database } from '../../db/database.ts';
import { newestRevision, revisionDocuments } from '../../db/queries/revisions.ts';
import { readStoredSwitches } from '../../db/queries/switches.ts';
import type { WorkspaceRow } from '../../db/queries/workspaces.ts';
import type { Switches } from '../../durable-objects/publisher/protocol.ts';
import { publisherStub } from '../../durable-objects/shared/calls.ts';
import { withRetry } from '../../durable-objects/shared/retry.ts';
import { reconcileModels } from '../models/serving.ts';
import { activate } from './deliver.ts';
import { prepare } from './prepare.ts';
import { tellSwitches } from './switches.ts';

/** What had to be repaired. */
export interface Repairs {
  /** The revision that was handed over again, if any. */
  readonly revision: number | null;
  readonly switches: number;
  /** Models that were told again, and versions whose call-back was written down. */
  readonly models: number;
}

/** Asks for no allocation at all: only what is newer than every sequence number. */
const NO_ALLOCATIONS = Number.MAX_SAFE_INTEGER;

/** Compares and repairs; throws when the publisher or D1 does not answer. Safe to run at any time, any number of times. */
export async function reconcile(
  env: Env,
  workspace: Pick<WorkspaceRow, 'id' | 'salt'>,
  nowMs = Date.now(),
): Promise<Repairs> {
  // Through a fresh question, not the edge's cache: it may be older than the last publish.
  const served = await withRetry(async () => (await publisherStub(env, workspace.id)).state(NO_ALLOCATIONS));
  const revision = await repairRevision(env, workspace, served.manifest?.revision ?? 0);
  const switches = await repairSwitches(env, workspace.id, served.switches);
  return { revision, switches, models: await reconcileModels(env, workspace.id, nowMs) };
}

async function repairRevision(
  env: Env,
  workspace: Pick<WorkspaceRow, 'id' | 'salt'>,
  servedRevision: number,
): Promise<number | null> {
  const db = database(env.DB);
  const newest = await newestRevision(db, workspace.id);
  if (!newest || newest.revision <= servedRevision) return null;
  const prepared = await prepare(workspace, await revisionDocuments(db, workspace.id, newest.revision));
  // It was published, so it compiled; if today's rules refuse it, what is served stays, and the next publish tells why.
  if (!prepared.ok) return null;
  const done = await activate(env, workspace.id, prepared.value, newest.revision, newest.publishedAt);
  return done ? newest.revision : null;
}

async function repairSwitches(env: Env, workspaceId: string, served: Switches): Promise<number> {
  const stored = await readStoredSwitches(database(env.DB), workspaceId);
  let repaired = 0;
  if (stored.killSwitch !== served.killSwitch) {
    await tellSwitches(env, workspaceId, { killSwitch: stored.killSwitch });
    repaired += 1;
  }
  const all = new Set([...stored.pausedCampaigns, ...served.pausedCampaigns]);
  for (const campaignId of all) {
    const paused = stored.pausedCampaigns.includes(campaignId);
    if (paused === served.pausedCampaigns.includes(campaignId)) continue;
    await tellSwitches(env, workspaceId, { campaignId, paused });
    repaired += 1;
  }
  return repaired;
}
