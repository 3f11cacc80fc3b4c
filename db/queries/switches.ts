/** Operational switches: pause of a campaign and the workspace's kill switch. Each is written together with its audit row. */
import type { Database } from '../database.ts';
import { type AuditRecord, auditInsert } from './audit.ts';

export interface StoredSwitches {
  readonly killSwitch: boolean;
  /** By id. */
  readonly pausedCampaigns: readonly string[];
}

/** Where the switches stand. */
export async function readStoredSwitches(db: Database, workspaceId: string): Promise<StoredSwitches> {
  const d1 = db.$client;
  const [workspace, paused] = await d1.batch([
    d1.prepare('SELECT kill_switch AS killSwitch FROM workspaces WHERE id = ?').bind(workspaceId),
    d1
      .prepare(
        'SELECT campaign_id AS id FROM campaign_states WHERE workspace_id = ? AND paused = 1 ORDER BY campaign_id',
      )
      .bind(workspaceId),
  ]);
  const row = workspace?.results[0] as { killSwitch: number } | undefined;
  return {
    killSwitch: row?.killSwitch === 1,
    pausedCampaigns: ((paused?.results ?? []) as { id: string }[]).map(({ id }) => id),
  };
}

/** Pauses or resumes a campaign. */
export async function storePause(
  db: Database,
  workspaceId: string,
  campaignId: string,
  paused: boolean,
  audit: AuditRecord,
): Promise<void> {
  const d1 = db.$client;
  await d1.batch([
    d1
      .prepare(
        'INSERT OR REPLACE INTO campaign_states (workspace_id, campaign_id, paused, at, by) VALUES (?, ?, ?, ?, ?)',
      )
      .bind(workspaceId, campaignId, paused ? 1 : 0, audit.at, audit.actor),
    auditInsert(d1, workspaceId, audit),
  ]);
}

/** Sets the kill switch. */
export async function storeKillSwitch(
  db: Database,
  workspaceId: string,
  on: boolean,
  audit: AuditRecord,
): Promise<void> {
  const d1 = db.$client;
  await d1.batch([
    d1.prepare('UPDATE workspaces SET kill_switch = ? WHERE id = ?').bind(on ? 1 : 0, workspaceId),
    auditInsert(d1, workspaceId, audit),
  ]);
}
