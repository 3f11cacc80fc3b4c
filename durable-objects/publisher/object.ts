/** The publisher of a workspace: what serving workers ask every second, and what publishing and learning write into it. */
import { DurableObject } from 'cloudflare:workers';
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy, CatalogManifest } from '../../decisioning/catalog/slice.ts';
import type { ReconfigureReply } from '../campaign/protocol.ts';
import { rootStub } from '../shared/calls.ts';
import { migrate } from '../shared/migrator.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { acknowledgeAlert, raiseAlert, readAlerts } from './alerts.ts';
import { readAllocations, takeOffer } from './allocations.ts';
import { noteBacklog, oldestBacklog } from './backlog.ts';
import { introduce, readMeta } from './meta.ts';
import {
  type CallBack,
  callBack,
  changeModel,
  type ModelBooks,
  type ModelChange,
  readModelBooks,
  readModels,
} from './models.ts';
import { activateRevision, readPolicy, readPolicyAsOf } from './policies.ts';
import {
  type ActivateReply,
  type Alert,
  type CustomerSample,
  type KeptAlert,
  MAX_COLD_BYTES,
  type NamedBody,
  type OfferReply,
  type PolicyAsOf,
  type PublisherApi,
  type PublisherHealth,
  type PublisherState,
  type PutSlicesReply,
} from './protocol.ts';
import { goOnAbove } from './restored.ts';
import { joinSample, leaveSample, readSample } from './sample.ts';
import { PUBLISHER_SCHEMA } from './schema.ts';
import { checkBodies, hashesOf, readSlices, storeSlices } from './slices.ts';
import { changeSwitches, readSwitches, type SwitchChange } from './switches.ts';
import { nextTellAtMs, workOffTells } from './tells.ts';

/** RPC methods and the alarm; what they do stands beside. */
export class PublisherObject extends DurableObject<StubSource> implements PublisherApi {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    migrate(ctx.storage, PUBLISHER_SCHEMA);
    this.#sql = ctx.storage.sql;
  }

  async putSlices(workspaceId: string, bodies: readonly NamedBody[]): Promise<PutSlicesReply> {
    const checked = await checkBodies(bodies);
    if ('outcome' in checked) return checked;
    return this.ctx.storage.transactionSync(() => {
      introduce(this.#sql, workspaceId);
      return { outcome: 'stored', stored: storeSlices(this.#sql, checked) };
    });
  }

  async activate(
    workspaceId: string,
    manifest: CatalogManifest,
    policies: readonly CampaignPolicy[],
  ): Promise<ActivateReply> {
    const nowMs = Date.now();
    // Before the write, and sooner than any back-off that may stand: the tells of this revision are due at once.
    await this.ctx.storage.setAlarm(nowMs);
    return this.ctx.storage.transactionSync(() => activateRevision(this.#sql, workspaceId, manifest, policies, nowMs));
  }

  async setSwitches(workspaceId: string, change: SwitchChange): Promise<{ readonly seq: number }> {
    return this.ctx.storage.transactionSync(() => ({ seq: changeSwitches(this.#sql, workspaceId, change) }));
  }

  async setModel(workspaceId: string, change: ModelChange): Promise<{ readonly seq: number }> {
    return this.ctx.storage.transactionSync(() => ({ seq: changeModel(this.#sql, workspaceId, change) }));
  }

  modelBooks(): ModelBooks {
    return readModelBooks(this.#sql);
  }

  async callBackModel(workspaceId: string, back: CallBack): Promise<boolean> {
    return this.ctx.storage.transactionSync(() => {
      introduce(this.#sql, workspaceId);
      return callBack(this.#sql, back);
    });
  }

  state(since: number, withBodies = false): PublisherState {
    const { manifest: text } = readMeta(this.#sql);
    const manifest = text === null ? null : (JSON.parse(text) as CatalogManifest);
    const models = readModels(this.#sql);
    return {
      ...readAllocations(this.#sql, since),
      manifest,
      ...(manifest && withBodies && { bodies: readSlices(this.#sql, hashesOf(manifest), MAX_COLD_BYTES) }),
      switches: readSwitches(this.#sql),
      ...(models.length > 0 && { models }),
      asOfMs: Date.now(),
    };
  }

  slices(hashes: readonly string[]): readonly NamedBody[] {
    return readSlices(this.#sql, hashes);
  }

  policy(campaignId: string): CampaignPolicy | null {
    return readPolicy(this.#sql, campaignId);
  }

  policyAsOf(campaignId: string, knownSeq?: number): PolicyAsOf {
    return this.ctx.storage.transactionSync(() => {
      goOnAbove(this.#sql, knownSeq);
      return readPolicyAsOf(this.#sql, campaignId);
    });
  }

  async offer(campaignId: string, allocation: Allocation, knownSeq?: number): Promise<OfferReply> {
    return this.ctx.storage.transactionSync(() => {
      goOnAbove(this.#sql, knownSeq);
      return takeOffer(this.#sql, campaignId, allocation, Date.now());
    });
  }

  async reportBacklog(customer: string, oldestAtMs: number | null): Promise<void> {
    this.ctx.storage.transactionSync(() => noteBacklog(this.#sql, customer, oldestAtMs));
  }

  async raiseAlert(workspaceId: string, alert: Alert): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      introduce(this.#sql, workspaceId);
      raiseAlert(this.#sql, alert);
    });
  }

  alerts(): readonly KeptAlert[] {
    return readAlerts(this.#sql);
  }

  async acknowledgeAlert(id: string, actor: string, atMs: number): Promise<KeptAlert | null> {
    return this.ctx.storage.transactionSync(() => acknowledgeAlert(this.#sql, id, actor, atMs));
  }

  health(): PublisherHealth {
    const { revision, publishedAtMs, newestAllocationAtMs } = readMeta(this.#sql);
    return {
      revision,
      publishedAtMs,
      newestAllocationAtMs,
      oldestUndeliveredAtMs: oldestBacklog(this.#sql),
    };
  }

  async joinSample(workspaceId: string, name: string): Promise<number> {
    return this.ctx.storage.transactionSync(() => {
      introduce(this.#sql, workspaceId);
      return joinSample(this.#sql, name);
    });
  }

  async leaveSample(workspaceId: string, names: readonly string[]): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      introduce(this.#sql, workspaceId);
      leaveSample(this.#sql, names);
    });
  }

  sample(limit: number): CustomerSample {
    return readSample(this.#sql, limit);
  }

  override async alarm(): Promise<void> {
    const { workspaceId } = readMeta(this.#sql);
    if (workspaceId === null) return;
    const tellRoot = (policy: CampaignPolicy, seq: number): Promise<ReconfigureReply> => {
      const address = { workspaceId, campaignId: policy.campaignId };
      return withRetry(async () =>
        (await rootStub(this.env, workspaceId, policy.campaignId)).reconfigure(address, policy, seq),
      );
    };
    await workOffTells(this.#sql, tellRoot, Date.now, Math.random);
    const nextAtMs = nextTellAtMs(this.#sql);
    if (nextAtMs !== null) await this.ctx.storage.setAlarm(nextAtMs);
  }
}
