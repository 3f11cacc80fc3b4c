/** The way from a customer to the shards: rows in order, at least once; a row goes when its shard has acknowledged it. */
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Delivery, DeliveryReply } from '../campaign/protocol.ts';
import { MAX_DELIVERY_EVENTS } from '../campaign/protocol.ts';

type OutboxRow = {
  seq: number;
  campaign_id: string;
  shard: number;
  leaf: string;
  arm: string;
  hour: number;
  change: string;
  sums: string | null;
  moments_hour: number | null;
  at_ms: number;
};

/** Destinations served in one run: more than a workspace has campaigns, so that those that are down never keep others waiting. */
const MAX_DESTINATIONS = 512;

/** The oldest undelivered rows of every destination, without omission, so that a shard can go by the sequence alone. */
export function pendingDeliveries(sql: SqlStorage, workspaceId: string, source: string): Delivery[] {
  const destinations = sql
    .exec<{ campaign_id: string; shard: number }>(
      'SELECT campaign_id, shard FROM outbox GROUP BY campaign_id, shard ORDER BY min(seq) LIMIT ?',
      MAX_DESTINATIONS,
    )
    .toArray();
  return destinations.map(({ campaign_id, shard }) => ({
    workspaceId,
    campaignId: campaign_id,
    shard,
    source,
    events: sql
      .exec<OutboxRow>(
        'SELECT * FROM outbox WHERE campaign_id = ? AND shard = ? ORDER BY seq LIMIT ?',
        campaign_id,
        shard,
        MAX_DELIVERY_EVENTS,
      )
      .toArray()
      .map((row) => ({
        seq: row.seq,
        leaf: row.leaf,
        arm: row.arm,
        hour: row.hour,
        change: JSON.parse(row.change) as Partial<ArmStatistics>,
        ...(row.sums !== null && { sums: JSON.parse(row.sums) as SumsByName }),
        ...(row.moments_hour !== null && { momentsHour: row.moments_hour }),
        // The shard looks for a repeat where it found the first: this never changes while the row waits.
        atMs: row.at_ms,
      })),
  }));
}

/** Removes what a shard has acknowledged. */
export function acknowledge(sql: SqlStorage, delivery: Delivery, reply: DeliveryReply): void {
  sql.exec(
    'DELETE FROM outbox WHERE campaign_id = ? AND shard = ? AND seq <= ?',
    delivery.campaignId,
    delivery.shard,
    reply.ackedSeq,
  );
}

/** When the oldest undelivered row was written; null when there is none. */
export function oldestUndeliveredAtMs(sql: SqlStorage): number | null {
  return sql.exec<{ at_ms: number | null }>('SELECT min(at_ms) AS at_ms FROM outbox').one().at_ms;
}
