/** Operational switches: no part of a revision, so that they work at once and survive every publish and rollback. */
import { introduce, nextSeq, readMeta } from './meta.ts';
import type { Switches } from './protocol.ts';

/** More campaigns than a workspace has; a list that grew beyond would make every answer slow. */
export const MAX_PAUSED = 10_000;
/** Ids have 64 characters. */
const MAX_ID_LENGTH = 128;

/** A change of the kill switch, of one campaign's pause, or of both. */
export interface SwitchChange {
  readonly killSwitch?: boolean;
  readonly campaignId?: string;
  readonly paused?: boolean;
}

/** Where the switches stand; campaigns in the order of their ids. */
export function readSwitches(sql: SqlStorage): Switches {
  const rows = sql.exec<{ id: string }>('SELECT campaign_id AS id FROM paused ORDER BY campaign_id').toArray();
  return { killSwitch: readMeta(sql).killSwitch, pausedCampaigns: rows.map((row) => row.id) };
}

/**
 * Sets switches; a change to what is already so leaves the sequence number alone. A campaign that is not published may be paused: it
 * stays so when it is. Runs inside the caller's transaction.
 *
 * @throws RangeError beyond {@link MAX_PAUSED} paused campaigns, or on a campaign without `paused`
 */
export function changeSwitches(sql: SqlStorage, workspaceId: string, change: SwitchChange): number {
  introduce(sql, workspaceId);
  const before = readSwitches(sql);
  const killSwitch = change.killSwitch ?? before.killSwitch;
  const paused = new Set(before.pausedCampaigns);
  if (change.campaignId !== undefined) {
    if (change.paused === undefined || change.campaignId.length > MAX_ID_LENGTH)
      throw new RangeError('publisher: no switch');
    if (change.paused) paused.add(change.campaignId);
    else paused.delete(change.campaignId);
  }
  if (paused.size > MAX_PAUSED) throw new RangeError(`publisher: more than ${MAX_PAUSED} paused campaigns`);
  if (killSwitch === before.killSwitch && paused.size === before.pausedCampaigns.length) return readMeta(sql).seq;
  sql.exec('UPDATE publisher SET kill_switch = ?', killSwitch ? 1 : 0);
  if (change.campaignId !== undefined) {
    if (change.paused) sql.exec('INSERT OR IGNORE INTO paused (campaign_id) VALUES (?)', change.campaignId);
    else sql.exec('DELETE FROM paused WHERE campaign_id = ?', change.campaignId);
  }
  return nextSeq(sql);
}
