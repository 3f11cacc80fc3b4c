/** The objects of a campaign: RPC methods and alarms; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { backoffMs, ensureAlarm } from '../shared/alarm.ts';
import { publisherStub, rootStub } from '../shared/calls.ts';
import { migrate } from '../shared/migrator.ts';
import { isUnknownMethod } from '../shared/older.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { isSound } from './check.ts';
import { Gatherer } from './gather.ts';
import type { LearningView, Release, ReleaseReply } from './learning-view.ts';
import type { LifecycleView, Steering } from './lifecycle-view.ts';
import { type ModelsPort, watchModels } from './model-watch.ts';
import { lastSettledHour, modelSums, type VersionSums } from './model-windows.ts';
import {
  type Bundle,
  type CampaignAddress,
  type CampaignRootApi,
  type CampaignShardApi,
  type Delivery,
  type DeliveryReply,
  MAX_BUNDLE_PARCELS,
  type ReconfigureReply,
  type RootView,
  type ShardReport,
  type ShardReportReply,
} from './protocol.ts';
import { type PublisherPort, publishAllocation } from './publishing.ts';
import { REPORT_DELAY_MS, reportChanges, reportDueAtMs } from './reporting.ts';
import { CampaignRoot } from './root.ts';
import { ROOT_SCHEMA, SHARD_SCHEMA } from './schema.ts';
import { CampaignShard } from './shard.ts';

const HOUR_MS = 3_600_000;

/** Counts what customers' objects deliver, and reports it to the campaign's root. */
export class CampaignShardObject extends DurableObject<StubSource> implements CampaignShardApi {
  readonly #shard: CampaignShard;
  readonly #gatherer: Gatherer;
  /** Whether an alarm stands, as far as this instance knows. */
  #hasAlarm = false;
  /** Not stored: an object that was evicted may report once sooner. */
  #reportedAtMs = 0;

  /** @param maxLoggedCommits as {@link CampaignShard} has it; the platform tells none */
  constructor(ctx: DurableObjectState, env: StubSource, maxLoggedCommits?: number) {
    super(ctx, env);
    migrate(ctx.storage, SHARD_SCHEMA);
    this.#shard = new CampaignShard(ctx.storage, maxLoggedCommits);
    this.#gatherer = new Gatherer(() => this.#shard.commit());
  }

  async apply(delivery: Delivery): Promise<DeliveryReply> {
    await this.#standBy();
    // Also what nobody has joined for: a bundle may have failed half-way.
    if (!this.#shard.hasRoomFor(delivery)) this.#gatherer.commit();
    const reply = this.#stage(delivery);
    // Also what brings nothing new waits: what it repeats may be staged only.
    if (this.#shard.isStaged) await this.#gatherer.join();
    return reply;
  }

  async applyAll({ parcels, ...address }: Bundle): Promise<readonly (DeliveryReply | null)[]> {
    if (parcels.length > MAX_BUNDLE_PARCELS) throw new RangeError(`parcels: more than ${MAX_BUNDLE_PARCELS}`);
    await this.#standBy();
    const replies = parcels.map((parcel) => {
      const delivery = { ...address, ...parcel };
      // What one customer sends amiss is not held against the others.
      if (!isSound(delivery)) return null;
      // Should it fail, nothing of the bundle is taken to be counted: the parcels before this one may be among what is lost.
      if (!this.#shard.hasRoomFor(delivery)) this.#gatherer.commit();
      try {
        return this.#stage(delivery);
      } catch (error) {
        // Another campaign's, all of it.
        if (error instanceof RangeError) return null;
        throw error;
      }
    });
    if (this.#shard.isStaged) await this.#gatherer.join(parcels.length);
    return replies;
  }

  /** Whatever is staged from now on is reported. */
  async #standBy(): Promise<void> {
    if (!this.#hasAlarm) await ensureAlarm(this.ctx.storage, reportDueAtMs(this.#reportedAtMs, Date.now()));
    this.#hasAlarm = true;
  }

  #stage(delivery: Delivery): DeliveryReply {
    const reply = this.#shard.stage(delivery);
    if (reply.tooOld) console.warn(JSON.stringify({ event: 'statistics_too_old', events: reply.tooOld }));
    return reply;
  }

  override async alarm(): Promise<void> {
    this.#hasAlarm = false;
    this.#reportedAtMs = Date.now();
    this.#gatherer.flush();
    const send = (report: ShardReport): Promise<ShardReportReply> =>
      withRetry(async () => (await rootStub(this.env, report.workspaceId, report.campaignId)).merge(report));
    try {
      if (await reportChanges(this.#shard, send)) await this.ctx.storage.setAlarm(Date.now());
    } catch (error) {
      await comeBack(this.ctx.storage, 'shard_report_failed', this.#shard.noteFailure(), error);
    }
  }
}

/** Merges a campaign's shards, and publishes what follows from their evidence. */
export class CampaignRootObject extends DurableObject<StubSource> implements CampaignRootApi {
  readonly #root: CampaignRoot;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    migrate(ctx.storage, ROOT_SCHEMA);
    this.#root = new CampaignRoot(ctx.storage);
  }

  async merge(report: ShardReport): Promise<ShardReportReply> {
    const nowMs = Date.now();
    await this.#wakeBy(this.#root.dueAtMs(nowMs));
    return this.#root.merge(report, nowMs);
  }

  async reconfigure(address: CampaignAddress, policy: CampaignPolicy, seq?: number): Promise<ReconfigureReply> {
    await this.#wakeBy(this.#root.dueAtMs(Date.now() + REPORT_DELAY_MS));
    this.#root.adopt(address, policy, seq);
    // One that was overtaken, or that came before, brings nothing that is not published or waited for.
    if (this.#root.isWanted()) await this.#publish();
    const policySeq = this.#root.policySeq();
    return { version: this.#root.version(), ...(policySeq !== undefined && { policySeq }) };
  }

  view(): RootView {
    return this.#root.view(Date.now());
  }

  lifecycle(): LifecycleView | null {
    return this.#root.lifecycle(Date.now());
  }

  async steer(steering: Steering, actor: string, requestId?: string): Promise<LifecycleView | null> {
    const nowMs = Date.now();
    await ensureAlarm(this.ctx.storage, nowMs + REPORT_DELAY_MS);
    this.#root.steer(steering, actor, nowMs, requestId);
    await this.#publish();
    return this.#root.lifecycle(nowMs);
  }

  /** What every version of a model came to among this campaign's trials since a moment, leaf by leaf; settled besides where it is told how long outcomes take. */
  modelSums(model: string, sinceMs: number, settleMs?: number): readonly VersionSums[] {
    const { goalWindowMs = 0, selects = [] } = this.#root.policy()?.models ?? {};
    const settled = settleMs === undefined ? undefined : lastSettledHour(Date.now(), Math.max(settleMs, goalWindowMs));
    const sums = modelSums(this.ctx.storage.sql, model, Math.floor(sinceMs / HOUR_MS), settled);
    return selects.includes(model) ? sums.map((one) => ({ ...one, selected: true as const })) : sums;
  }

  learning(): LearningView {
    return this.#root.learning();
  }

  holdLearning(address: CampaignAddress, actor: string, requestId?: string): LearningView {
    return this.#root.hold(address, actor, Date.now(), requestId);
  }

  async releaseLearning(release: Release, requestId?: string): Promise<ReleaseReply> {
    const nowMs = Date.now();
    await ensureAlarm(this.ctx.storage, nowMs + REPORT_DELAY_MS);
    const reply = this.#root.release(release, nowMs, requestId);
    if (reply.outcome === 'released') await this.#publish();
    return reply;
  }

  override async alarm(): Promise<void> {
    const closeAtMs = this.#root.feedback.closeAtMs();
    const isWatchDue =
      (closeAtMs !== null && closeAtMs <= Date.now()) || this.#root.feedback.waitingAlerts().length > 0;
    const refreshAtMs = this.#root.refreshAtMs(Date.now());
    const isRefreshDue = refreshAtMs !== null && refreshAtMs <= Date.now();
    if (this.#root.isWanted() || isRefreshDue) await this.#publish();
    else if (isWatchDue) await this.#attempt(() => this.#watch());
    else await this.#wakeForTime();
  }

  /** Judges what arrived, and tells what was odd. */
  async #watch(): Promise<void> {
    this.#root.feedback.look(Date.now());
    for (const alert of this.#root.feedback.waitingAlerts()) {
      const workspaceId = this.#root.address()?.workspaceId ?? '';
      await withRetry(async () => (await publisherStub(this.env, workspaceId)).raiseAlert(workspaceId, alert));
      this.#root.feedback.alertTaken(alert);
    }
  }

  /** Judges the models that score this campaign's customers, and calls back what breaks a bound. */
  async #watchModels(): Promise<void> {
    const address = this.#root.address();
    if (!address) return;
    const { workspaceId, campaignId } = address;
    const port: ModelsPort = {
      books: () => withRetry(async () => (await publisherStub(this.env, workspaceId)).modelBooks()),
      callBack: (back) =>
        withRetry(async () => (await publisherStub(this.env, workspaceId)).callBackModel(workspaceId, back)),
    };
    const models = this.#root.policy()?.models;
    await watchModels(this.ctx.storage, { id: campaignId, ...(models && { models }) }, port, Date.now());
  }

  /** Sets the alarm for what time alone brings. */
  async #wakeForTime(): Promise<void> {
    const times = [this.#root.refreshAtMs(Date.now()), this.#root.feedback.closeAtMs()].filter((atMs) => atMs !== null);
    if (times.length > 0) await this.#wakeBy(Math.min(...times));
  }

  /** Sets the alarm, or brings forward one that waits for nothing but time; one that waits out a back-off is not hurried. */
  async #wakeBy(atMs: number): Promise<void> {
    const standing = await this.ctx.storage.getAlarm();
    if (standing === null || (standing > atMs && this.#root.failures() === 0)) await this.ctx.storage.setAlarm(atMs);
  }

  #publish(): Promise<void> {
    return this.#attempt(async () => {
      await this.#watchModels();
      await this.#watch();
      await publishAllocation(this.#root, this.#publisher(), Date.now);
    });
  }

  /** Comes back behind a back-off where the publisher does not take what is told. */
  async #attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      await this.#wakeForTime();
    } catch (error) {
      await comeBack(this.ctx.storage, 'root_publish_failed', this.#root.noteFailure(), error);
    }
  }

  #publisher(): PublisherPort {
    const stub = () => publisherStub(this.env, this.#root.address()?.workspaceId ?? '');
    return {
      policy: (campaignId, knownSeq) =>
        withRetry(async () => {
          const publisher = await stub();
          try {
            return await publisher.policyAsOf(campaignId, knownSeq);
          } catch (error) {
            if (!isUnknownMethod(error)) throw error;
            return { policy: await publisher.policy(campaignId) };
          }
        }),
      offer: (campaignId, allocation, knownSeq) =>
        withRetry(async () => (await stub()).offer(campaignId, allocation, knownSeq)),
    };
  }
}

/** Sets the alarm behind a back-off, whatever stood before: new work does not hurry a part that is down. */
async function comeBack(storage: DurableObjectStorage, event: string, failures: number, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.name : 'unknown';
  console.warn(JSON.stringify({ event, failures, reason }));
  await storage.setAlarm(Date.now() + backoffMs(failures, Math.random()));
}
