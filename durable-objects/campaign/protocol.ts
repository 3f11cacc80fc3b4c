/** What customers say to a campaign's shards, shards to its root, and the worker to the root. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { TrialMark } from '../../decisioning/limits/network-trials.ts';
import type { LearningView, Release, ReleaseReply } from './learning-view.ts';
import type { LifecycleView, Steering } from './lifecycle-view.ts';

/** Who an object of a campaign is; told with every call, stored at the first. */
export interface CampaignAddress {
  readonly workspaceId: string;
  readonly campaignId: string;
}

/** One change of statistics, as it stands in a customer's outbox. */
export interface StatisticsEvent {
  /** Position in the customer's outbox: strictly increasing per source, with gaps. */
  readonly seq: number;
  readonly leaf: string;
  readonly arm: string;
  /** Hours since the epoch: the bucket of the exposure. */
  readonly hour: number;
  readonly change: Partial<ArmStatistics>;
  /** Changes of named sums, integers; absent for most events. */
  readonly sums?: SumsByName;
  /** The bucket of the moments of features among them, by its first hour; `hour` when absent. */
  readonly momentsHour?: number;
  /**
   * When it was put into the outbox, by the sender's clock: the same however often it is delivered, since that is where a shard looks for it.
   * Absent from senders of before group commit.
   */
  readonly atMs?: number;
  /** The trial that it is, or came of, where a page told of it: absent where no network is bounded, and from senders of before that. */
  readonly trial?: TrialMark;
}

/** At most this many events in one delivery: one transaction of a shard stays short. */
export const MAX_DELIVERY_EVENTS = 200;
/** Names in the sums of one event: a trial is counted under 32 goals, its reward and one set of features. */
export const MAX_EVENT_NAMES = 40;
/** Elements of all sums of one event: the longest vector, and short ones beside it. */
export const MAX_EVENT_ELEMENTS = 1_024;

/**
 * Outbox rows of one customer for one shard, oldest first and without omission: a shard takes `seq` above the last it has seen from
 * this source and ignores the rest, so repeats, reordering and losses with retry change nothing.
 */
export interface Delivery extends CampaignAddress {
  readonly shard: number;
  /** Object name and incarnation of the customer: `name:incarnation`. */
  readonly source: string;
  readonly events: readonly StatisticsEvent[];
}

/** Parcels of several customers for one shard, in one call. */
export interface Bundle extends CampaignAddress {
  readonly shard: number;
  readonly parcels: readonly Pick<Delivery, 'source' | 'events'>[];
}

/** At most this many parcels in one bundle: as many deliveries as one commit waits for. */
export const MAX_BUNDLE_PARCELS = 500;

/** Cumulative sums under one name in one cell of one shard. Vectors of unequal length under one name are kept apart. */
export interface VectorCell {
  readonly leaf: string;
  readonly arm: string;
  readonly hour: number;
  readonly name: string;
  /** 1 to `MAX_SUMS_LENGTH` integers. */
  readonly sums: readonly number[];
}

export interface DeliveryReply {
  readonly outcome: 'applied';
  readonly ackedSeq: number;
  /** Events that are older than a shard remembers: whether they were counted is not known, so they are not. Absent when there are none. */
  readonly tooOld?: number;
}

/** Cumulative statistics of one cell of one shard. */
export interface StatisticsCell {
  readonly leaf: string;
  readonly arm: string;
  readonly hour: number;
  readonly statistics: ArmStatistics;
}

/** At most this many cells in one report: about 100 kB, and one short transaction of the root. */
export const MAX_REPORT_CELLS = 500;

/** At most this many vectors in one report: more than one delivery can change (200 events of 40 names). */
export const MAX_REPORT_VECTORS = 8_000;
/** Elements of all vectors in one report: twice what one delivery can change, some 6 MB of the 32 that a call carries. */
export const MAX_REPORT_ELEMENTS = 409_600;

/** A shard's cells that changed since the root last acknowledged; values are cumulative, so a repeat replaces like with like. */
export interface ShardReport extends CampaignAddress {
  readonly shard: number;
  /** No cell of the report changed after it; the root ignores a cell that it knows from a later report of the shard. */
  readonly seq: number;
  readonly cells: readonly StatisticsCell[];
  /** Named sums that changed, cell by cell; absent when none did. */
  readonly vectors?: readonly VectorCell[];
}

export type ShardReportReply = { readonly outcome: 'merged'; readonly seq: number };

/** For so many days the course over time is shown by the hour; longer, and a page would carry more points than it can draw. */
export const HOURLY_DAYS = 90;

/** What the root knows, for the performance page. */
export interface RootView {
  readonly policy: CampaignPolicy | null;
  readonly allocation: Allocation | null;
  /** All shards merged; hours older than {@link HOURLY_DAYS} days are merged into days (`hour` is then the day's first). */
  readonly cells: readonly StatisticsCell[];
  /** Of goals beside the optimised one and of the reward, over all shards and hours; absent where the policy has neither. */
  readonly sums?: readonly LeafArmSums[];
  readonly asOfMs: number;
}

/** Named sums of one arm in one leaf. */
export interface LeafArmSums {
  readonly leaf: string;
  readonly arm: string;
  readonly sums: SumsByName;
}

/** Methods of one statistics shard. */
export interface CampaignShardApi {
  apply(delivery: Delivery): DeliveryReply | Promise<DeliveryReply>;
  /** The same of each parcel, all of them committed together; null in place of a reply to one that breaks the protocol. */
  applyAll(bundle: Bundle): Promise<readonly (DeliveryReply | null)[]>;
}

/** What a root says of a tell: its allocations have come to `version`. */
export interface ReconfigureReply {
  readonly version: number;
  /** The publisher's sequence number that the root goes by then. Absent from roots of the last release. */
  readonly policySeq?: number;
}

/** Methods of a campaign's root. */
export interface CampaignRootApi {
  merge(report: ShardReport): ShardReportReply | Promise<ShardReportReply>;
  /**
   * Told by the publisher when a publish changed the campaign: recompute and publish at once. `seq` is the publisher's sequence number as of
   * which this is the policy: one that comes again, or after a later one, is answered and changes nothing.
   */
  reconfigure(address: CampaignAddress, policy: CampaignPolicy, seq?: number): Promise<ReconfigureReply>;
  view(): RootView | Promise<RootView>;
  /** Null for a campaign without phases. */
  lifecycle(): LifecycleView | null | Promise<LifecycleView | null>;
  /**
   * Does what a person asks of the campaign's phase, and publishes what follows; null for a campaign without phases. `requestId`, here and below,
   * is the same in every attempt: one that comes again, however late, is done once.
   */
  steer(steering: Steering, actor: string, requestId?: string): Promise<LifecycleView | null>;
  /** Whether learning is held, and by what it is watched. */
  learning(): LearningView | Promise<LearningView>;
  /** Takes evidence, and publishes nothing that is made of it, until released. */
  holdLearning(address: CampaignAddress, actor: string, requestId?: string): LearningView | Promise<LearningView>;
  releaseLearning(release: Release, requestId?: string): Promise<ReleaseReply>;
}
