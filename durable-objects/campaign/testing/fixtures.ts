/** Campaigns, events and a perfect observer for tests. */
import { env } from 'cloudflare:workers';
import type { ArmStatistics } from '../../../decisioning/bandits/statistics.ts';
import { addStatistics, emptyStatistics } from '../../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../../decisioning/catalog/slice.ts';
import type { StubSource } from '../../shared/stub.ts';
import type { CampaignAddress, Delivery, StatisticsCell, StatisticsEvent, VectorCell } from '../protocol.ts';

/** The bindings of the tests' runtime. */
export const source = env as unknown as StubSource;

let campaigns = 0;

/** A campaign of its own, in a workspace of its own: tests of a file share their objects' storage. */
export function newAddress(): CampaignAddress {
  campaigns += 1;
  return { workspaceId: `workspace-${campaigns}`, campaignId: `campaign-${campaigns}` };
}

/** A policy over arms `a` and `b` and leaves `mobile` and `rest`. */
export function policyFor(campaignId: string, changes: Partial<CampaignPolicy> = {}): CampaignPolicy {
  return {
    campaignId,
    armIds: ['a', 'b'],
    armsKey: 'arms-1',
    leaves: ['mobile', 'rest'],
    strategy: { policy: 'thompson' },
    minExploration: 0.01,
    priors: {},
    holdout: 0,
    shards: 1,
    ...changes,
  };
}

/** One event, by default a trial of arm `a` in `rest`. */
export function event(
  seq: number,
  change: Partial<ArmStatistics> = { trials: 1 },
  at: Partial<StatisticsEvent> = {},
): StatisticsEvent {
  return { seq, leaf: 'rest', arm: 'a', hour: 500_000, change, ...at };
}

/** A delivery of one customer to one shard. */
export function delivery(
  address: CampaignAddress,
  customer: string,
  events: readonly StatisticsEvent[],
  shard = 0,
): Delivery {
  return { ...address, shard, source: `${customer}:1`, events };
}

/** Cells of events counted once each, in the order in which a root lists them: what a perfect observer knows. */
export function observe(events: readonly StatisticsEvent[]): StatisticsCell[] {
  const cells = new Map<string, StatisticsCell>();
  for (const { leaf, arm, hour, change } of events) {
    const key = `${leaf} ${arm} ${hour}`;
    const statistics = addStatistics(cells.get(key)?.statistics ?? emptyStatistics, change);
    cells.set(key, { leaf, arm, hour, statistics });
  }
  const order = (a: StatisticsCell, b: StatisticsCell) =>
    a.leaf === b.leaf ? (a.arm === b.arm ? a.hour - b.hour : a.arm < b.arm ? -1 : 1) : a.leaf < b.leaf ? -1 : 1;
  return [...cells.values()].sort(order);
}

/** Named sums of events counted once each, per cell, name and length, in that order. */
export function observeVectors(events: readonly StatisticsEvent[]): VectorCell[] {
  const vectors = new Map<string, VectorCell>();
  for (const { leaf, arm, hour, sums } of events) {
    for (const [name, vector] of Object.entries(sums ?? {})) {
      const key = `${leaf} ${arm} ${hour} ${name} ${String(vector.length).padStart(4, '0')}`;
      const before = vectors.get(key)?.sums ?? vector.map(() => 0);
      vectors.set(key, { leaf, arm, hour, name, sums: vector.map((value, i) => value + before[i]!) });
    }
  }
  return [...vectors.keys()].sort().map((key) => vectors.get(key)!);
}
