/** A campaign's root: the evidence of all its shards, the policy it follows, and how far its allocations have come. */
import type { Allocation } from '../../decisioning/bandits/allocation.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import { allocatePolicy } from '../../decisioning/strategies/allocate-policy.ts';
import { learningView } from './anomalies.ts';
import { once } from './asked.ts';
import { checkReport, checkSame } from './check.ts';
import { mergeReport, readCells } from './evidence.ts';
import { FeedbackWatch } from './feedback-watch.ts';
import { follow, followedSeq } from './following.ts';
import { beginHold, endHold, readHold, settleHold, wantedByHold } from './hold.ts';
import { isAging, refreshAfterMs } from './learned.ts';
import type { LearningView, Release, ReleaseReply } from './learning-view.ts';
import { advance, lifecycleView, steer } from './lifecycle.ts';
import type { LifecycleView, Steering } from './lifecycle-view.ts';
import { withModelConfidence } from './model-confidence.ts';
import type { CampaignAddress, RootView, ShardReport, ShardReportReply } from './protocol.ts';
import { reportedSums } from './reported.ts';
import { mergeVectors } from './root-vectors.ts';

/** A root computes at most this often: its work does not grow with traffic. */
export const RECOMPUTE_MIN_MS = 1_000;
/** Rows, and numbers of vectors, read hour by hour that earn a millisecond of rest: reading them takes less, so the root rests more than it reads. */
const EFFORT_PER_REST = 200;

interface RootRow extends Record<string, SqlStorageValue> {
  workspaceId: string;
  campaignId: string;
  policy: string | null;
  allocation: string | null;
  version: number;
  wantedSeq: number;
  settledSeq: number;
  computedAtMs: number;
  failures: number;
}

/** The durable state of one root. Every method is one synchronous step: nothing can happen half-way through. */
export class CampaignRoot {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  /** What the last computation read hour by hour. Not stored: an object that was evicted may compute once sooner. */
  #effort = 0;
  readonly feedback: FeedbackWatch;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.feedback = new FeedbackWatch(storage, () => this.policy());
  }

  /**
   * Takes over what a shard reports. The order in which reports come, repeats and losses change nothing once the last one is in.
   *
   * @param nowMs when it came, for the watch of arrivals
   * @throws RangeError when the report breaks the protocol or is another campaign's; nothing is stored then
   */
  merge(report: ShardReport, nowMs?: number): ShardReportReply {
    checkReport(report);
    return this.#storage.transactionSync(() => {
      this.#introduce(report);
      if (nowMs !== undefined) this.feedback.closeHours(nowMs);
      const [counts, sums] = [mergeReport(this.#sql, report), mergeVectors(this.#sql, report)];
      if (counts || sums) this.#sql.exec('UPDATE root SET wanted_seq = wanted_seq + 1');
      return { outcome: 'merged', seq: report.seq };
    });
  }

  /**
   * Follows a new policy from now on, unless it was overtaken on its way ({@link follow}); an allocation by it is wanted.
   *
   * @throws RangeError when the policy is another campaign's
   */
  adopt(address: CampaignAddress, policy: CampaignPolicy, seq?: number): void {
    checkSame(address, { workspaceId: address.workspaceId, campaignId: policy.campaignId });
    this.#storage.transactionSync(() => {
      this.#introduce(address);
      follow(this.#sql, policy, seq);
    });
  }

  /** Follows what the publisher answered, unless that was overtaken on its way; null: the campaign is gone. */
  correctPolicy(policy: CampaignPolicy | null, seq?: number): void {
    this.#storage.transactionSync(() => follow(this.#sql, policy, seq));
  }

  /** See {@link followedSeq}. */
  policySeq(): number | undefined {
    return followedSeq(this.#sql) ?? undefined;
  }

  /** The campaign this object belongs to, unless nobody has called it yet. */
  address(): CampaignAddress | null {
    const row = this.#row();
    return row ? { workspaceId: row.workspaceId, campaignId: row.campaignId } : null;
  }

  policy(): CampaignPolicy | null {
    const text = this.#row()?.policy;
    return text ? (JSON.parse(text) as CampaignPolicy) : null;
  }

  /** The version of the last allocation that was computed, published or not; 0 before the first. */
  version(): number {
    return this.#row()?.version ?? 0;
  }

  /** Continues after a version that is published already, so that the next one is taken for newer. */
  raiseVersion(version: number): void {
    this.#sql.exec('UPDATE root SET version = max(version, ?)', version);
  }

  /** What the next allocation has to answer for: compare with {@link settle}. */
  wantedSeq(): number {
    return this.#row()?.wantedSeq ?? 0;
  }

  /** Whether anything happened that no published allocation reflects. */
  isWanted(): boolean {
    const row = this.#row();
    return row !== undefined && row.wantedSeq > row.settledSeq;
  }

  /** When an allocation may be computed next, in ms since the epoch: the more it reads, the later. */
  dueAtMs(nowMs: number): number {
    const restMs = Math.max(RECOMPUTE_MIN_MS, this.#effort / EFFORT_PER_REST);
    return Math.max(nowMs, (this.#row()?.computedAtMs ?? 0) + restMs);
  }

  /** When an allocation is to be computed although nothing happened, in ms since the epoch; null when time changes nothing. */
  refreshAtMs(nowMs: number): number | null {
    const policy = this.policy();
    const afterMs = policy && refreshAfterMs(policy);
    if (!policy || afterMs === null || this.isHeld() || !isAging(this.#sql, policy, nowMs)) return null;
    return (this.#row()?.computedAtMs ?? nowMs) + afterMs;
  }

  /** Whether evidence is taken and nothing is published of it. */
  isHeld(): boolean {
    return readHold(this.#sql) !== null;
  }

  /** Where learning stands. */
  learning(): LearningView {
    return learningView(this.#sql, this.policy());
  }

  /** Holds learning because a person says so; one that is held already stays as it is. */
  hold(address: CampaignAddress, actor: string, nowMs: number, requestId?: string): LearningView {
    return this.#storage.transactionSync(() => {
      this.#introduce(address);
      once(this.#sql, requestId, () => {
        beginHold(this.#sql, { sinceMs: nowMs, cause: 'person', actor, anomalies: [] }, null);
        return 'held';
      });
      return this.learning();
    });
  }

  /** Lets learning go on; an allocation by all that counts is wanted. */
  release(release: Release, nowMs: number, requestId?: string): ReleaseReply {
    return this.#storage.transactionSync((): ReleaseReply => {
      const outcome = once(this.#sql, requestId, () => {
        const reason = endHold(this.#sql, release, nowMs);
        if (reason) return reason;
        this.feedback.forget();
        this.#sql.exec('UPDATE root SET wanted_seq = wanted_seq + 1');
        return 'released';
      });
      return outcome === 'released' ? { outcome, view: this.learning() } : { outcome: 'refused', reason: outcome };
    });
  }

  /** The allocation that a hold goes back to, under a version of its own; null when none is to be published. */
  heldAllocation(): Allocation | null {
    const good = wantedByHold(this.#sql);
    if (!good) return null;
    if (good.armsKey !== this.policy()?.armsKey) {
      settleHold(this.#sql);
      return null;
    }
    this.#sql.exec('UPDATE root SET version = version + 1');
    return { ...good, version: this.version() };
  }

  /** What the hold goes back to is published, or (null) fits nothing that is. */
  settleHeld(allocation: Allocation | null): void {
    settleHold(this.#sql);
    if (allocation) this.#published(allocation);
  }

  /** Attempts to publish that failed in a row: the alarm that stands then is a back-off. */
  failures(): number {
    return this.#row()?.failures ?? 0;
  }

  /**
   * The allocation of all evidence there is, under a version of its own. The version is stored before anyone can see it, so it never
   * comes twice.
   *
   * @throws RangeError when evidence or policy break an invariant
   */
  compute(policy: CampaignPolicy, nowMs: number): Allocation {
    return this.#storage.transactionSync(() => {
      const version = this.version() + 1;
      const { standing, learned: read } = advance(this.#sql, policy, nowMs);
      const { effort, ...learned } = read;
      this.#effort = effort;
      this.#sql.exec('UPDATE root SET version = ?, computed_at_ms = ?', version, nowMs);
      return withModelConfidence(allocatePolicy(policy, learned, version, standing), policy, this.#sql, nowMs);
    });
  }

  /** Nothing up to `wantedSeq` is wanted any more: this allocation, computed after it, is published. */
  settle(wantedSeq: number, allocation: Allocation): void {
    this.#settled(wantedSeq);
    this.#published(allocation);
  }

  #published(allocation: Allocation): void {
    // Two attempts may overlap (an alarm and a publish); the later version stands, whichever reply came first.
    this.#sql.exec(
      'UPDATE root SET allocation = ?1, published_version = ?2 WHERE published_version < ?2',
      JSON.stringify(allocation),
      allocation.version,
    );
  }

  /** Nothing up to `wantedSeq` is wanted any more: the campaign is gone. Its evidence stays, should it come back. */
  rest(wantedSeq: number): void {
    this.#settled(wantedSeq);
    this.#sql.exec('UPDATE root SET allocation = NULL');
  }

  #settled(wantedSeq: number): void {
    this.#sql.exec('UPDATE root SET settled_seq = max(settled_seq, ?), failures = 0', wantedSeq);
  }

  /** Counts an attempt to publish that failed; returns how many in a row. */
  noteFailure(): number {
    this.#sql.exec('UPDATE root SET failures = failures + 1');
    return this.#row()?.failures ?? 1;
  }

  /**
   * Does what a person asks of the campaign's phase; an allocation by it is wanted.
   *
   * @returns where the campaign is then; null for one that has no phases, which nothing is done to
   */
  steer(steering: Steering, actor: string, nowMs: number, requestId?: string): LifecycleView | null {
    const policy = this.policy();
    const lifecycle = policy?.lifecycle;
    if (!lifecycle) return null;
    return this.#storage.transactionSync(() => {
      once(this.#sql, requestId, () => {
        steer(this.#sql, { ...policy, lifecycle }, steering, actor, nowMs);
        this.#sql.exec('UPDATE root SET wanted_seq = wanted_seq + 1');
        return 'steered';
      });
      return lifecycleView(this.#sql, policy, nowMs);
    });
  }

  /** Where the campaign is in its life; null for one that has no phases. */
  lifecycle(nowMs: number): LifecycleView | null {
    return lifecycleView(this.#sql, this.policy(), nowMs);
  }

  /** For the performance page; {@link RootView.allocation} is the one that was published last. */
  view(nowMs: number): RootView {
    const allocation = this.#row()?.allocation;
    const policy = this.policy();
    const sums = policy ? reportedSums(this.#sql, policy) : undefined;
    return {
      policy,
      allocation: allocation ? (JSON.parse(allocation) as Allocation) : null,
      cells: readCells(this.#sql, nowMs),
      ...(sums && { sums }),
      asOfMs: nowMs,
    };
  }

  #row(): RootRow | undefined {
    return this.#sql
      .exec<RootRow>(
        `SELECT workspace_id AS workspaceId, campaign_id AS campaignId, policy, allocation, version, wanted_seq AS wantedSeq,
           settled_seq AS settledSeq, computed_at_ms AS computedAtMs, failures FROM root`,
      )
      .toArray()[0];
  }

  #introduce(address: CampaignAddress): void {
    const known = this.#row();
    if (known) checkSame(known, address);
    else {
      const { workspaceId, campaignId } = address;
      this.#sql.exec('INSERT INTO root (id, workspace_id, campaign_id) VALUES (1, ?, ?)', workspaceId, campaignId);
    }
  }
}
