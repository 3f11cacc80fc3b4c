/** From a choice to what it leaves behind. */
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { SliceCampaign } from '../../decisioning/catalog/slice.ts';
import type { PlacementDecision } from '../../decisioning/decide.ts';
import { bucketOf } from '../../decisioning/hash.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type { DecideCall } from './protocol.ts';

/** The moment decided for, and the moment the claim begins: an earlier client time must not make a claim that has lapsed already. */
export interface DecisionTimes {
  readonly nowMs: number;
  readonly claimedAtMs: number;
}

/** The statistics shard that a customer's evidence for a campaign goes to. */
export function shardOf(campaign: SliceCampaign, customer: string): number {
  return Math.floor(bucketOf(`shard:${campaign.id}`, customer) * campaign.shards);
}

/** The record that a choice leaves behind. */
export function recordOf(
  decision: PlacementDecision,
  slice: OpenSlice,
  call: Pick<DecideCall, 'workspaceId' | 'siteId' | 'name' | 'revision'>,
  bucketingId: string,
  times: DecisionTimes,
): DecisionRecord | null {
  const { nowMs, claimedAtMs } = times;
  const { chosen } = decision;
  if (!chosen) return null;
  const { campaign } = chosen;
  const record: DecisionRecord = {
    decisionId: decision.decisionId,
    workspaceId: call.workspaceId,
    siteId: call.siteId,
    customer: call.name,
    bucketingId,
    placement: decision.placement,
    campaignId: campaign.id,
    armId: chosen.armId,
    leaf: chosen.leaf,
    goal: campaign.goal,
    goalWindowMs: campaign.goalWindowMs ?? campaign.tokenLifeMs,
    channel: slice.rules.channel.id,
    countsTowardGlobal: slice.rules.channel.countsTowardGlobal,
    atMs: nowMs,
    // A claim waits for its message from when that is to be sent.
    claimExpiresAtMs: Math.max(claimedAtMs, chosen.sendAtMs ?? claimedAtMs) + slice.rules.channel.claimTtlMs,
    expiresAtMs: nowMs + campaign.tokenLifeMs,
    propensityCampaign: chosen.propensityCampaign,
    propensityArm: chosen.propensityArm,
    sticky: chosen.sticky,
    periodKey: chosen.periodKey,
    stickyUntilMs: chosen.stickyUntilMs,
    shard: shardOf(campaign, call.name),
    measuresLift: chosen.measuresLift,
    revision: call.revision,
  };
  const { features, sendAtMs } = chosen;
  if (!features && sendAtMs === undefined) return record;
  return { ...record, ...(features && { features }), ...(sendAtMs !== undefined && { sendAtMs }) };
}

/**
 * The record as it leaves the customer's object, for the token: without the features. The object has kept them, and a token can be read by
 * whoever holds it.
 */
export function carriedRecord(record: DecisionRecord): DecisionRecord {
  if (record.features === undefined) return record;
  const { features: _, ...carried } = record;
  return carried;
}
