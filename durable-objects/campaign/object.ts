/** The objects of a campaign: RPC methods and alarms; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { backoffMs, ensureAlarm } from '../shared/alarm.ts';
import { migrate } from '../shared/migrator.ts';
import { withRetry } from '../shared/retry.ts';
import { publisherStub, rootStub, type StubSource } from '../shared/stub.ts';
import type { LifecycleView, Steering } from './lifecycle-view.ts';
import type {
  CampaignAddress,
  CampaignRootApi,
  CampaignShardApi,
  Delivery,
  DeliveryReply,
  RootView,
  ShardReport,
  ShardReportReply,
} from './protocol.ts';
import { type PublisherPort, publishAllocation } from './publishing.ts';
import { REPORT_DELAY_MS, reportChanges } from './reporting.ts';
import { CampaignRoot } from './root.ts';
import { ROOT_SCHEMA, SHARD_SCHEMA } from './schema.ts';
import { CampaignShard } from './shard.ts';

/** Counts what customers' objects deliver, and reports it to the campaign's root. */
export class CampaignShardObject extends DurableObject<StubSource> implements CampaignShardApi {
  readonly #shard: CampaignShard;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    migrate(ctx.storage, SHARD_SCHEMA);
    this.#shard = new CampaignShard(ctx.storage);
  }

  async apply(delivery: Delivery): Promise<DeliveryReply> {
    await ensureAlarm(this.ctx.storage, Date.now() + REPORT_DELAY_MS);
    return this.#shard.apply(delivery);
  }

  override async alarm(): Promise<void> {
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
    await this.#wakeBy(this.#root.dueAtMs(Date.now()));
    return this.#root.merge(report);
  }

  async reconfigure(address: CampaignAddress, policy: CampaignPolicy): Promise<{ readonly version: number }> {
    await this.#wakeBy(this.#root.dueAtMs(Date.now() + REPORT_DELAY_MS));
    this.#root.adopt(address, policy);
    await this.#publish();
    return { version: this.#root.version() };
  }

  view(): RootView {
    return this.#root.view(Date.now());
  }

  lifecycle(): LifecycleView | null {
    return this.#root.lifecycle(Date.now());
  }

  async steer(steering: Steering, actor: string): Promise<LifecycleView | null> {
    const nowMs = Date.now();
    await ensureAlarm(this.ctx.storage, nowMs + REPORT_DELAY_MS);
    this.#root.steer(steering, actor, nowMs);
    await this.#publish();
    return this.#root.lifecycle(nowMs);
  }

  override async alarm(): Promise<void> {
    const refreshAtMs = this.#root.refreshAtMs(Date.now());
    if (this.#root.isWanted() || (refreshAtMs !== null && refreshAtMs <= Date.now())) await this.#publish();
    else if (refreshAtMs !== null) await this.#wakeBy(refreshAtMs);
  }

  /** Sets the alarm, or brings forward one that waits for nothing but time; one that waits out a back-off is not hurried. */
  async #wakeBy(atMs: number): Promise<void> {
    const standing = await this.ctx.storage.getAlarm();
    if (standing === null || (standing > atMs && this.#root.failures() === 0)) await this.ctx.storage.setAlarm(atMs);
  }

  async #publish(): Promise<void> {
    try {
      await publishAllocation(this.#root, this.#publisher(), Date.now);
      const refreshAtMs = this.#root.refreshAtMs(Date.now());
      if (refreshAtMs !== null) await this.#wakeBy(refreshAtMs);
    } catch (error) {
      await comeBack(this.ctx.storage, 'root_publish_failed', this.#root.noteFailure(), error);
    }
  }

  #publisher(): PublisherPort {
    const stub = () => publisherStub(this.env, this.#root.address()?.workspaceId ?? '');
    return {
      policy: (campaignId) => withRetry(async () => (await stub()).policy(campaignId)),
      offer: (campaignId, allocation) => withRetry(async () => (await stub()).offer(campaignId, allocation)),
    };
  }
}

/** Sets the alarm behind a back-off, whatever stood before: new work does not hurry a part that is down. */
async function comeBack(storage: DurableObjectStorage, event: string, failures: number, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.name : 'unknown';
  console.warn(JSON.stringify({ event, failures, reason }));
  await storage.setAlarm(Date.now() + backoffMs(failures, Math.random()));
}
