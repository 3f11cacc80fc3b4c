/** The customer's state in SQLite. Every method changes memory at once; what storage is to hold is told when the whole change is known. */
import { residencyOf } from '../../contract/residency.ts';
import type { SumsByName } from '../../decisioning/bandits/named-sums.ts';
import type { ArmStatistics } from '../../decisioning/bandits/statistics.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { Settlement } from '../budget/protocol.ts';
import { toldAtMs } from './claims.ts';
import { logLines, type UnsentLine } from './log-lines.ts';
import { keepLine } from './log-sender.ts';
import type {
  CallFacts,
  PastTouches,
  StoredBehaviour,
  StoredDecision,
  StoredEnrolment,
  StoredOutcome,
} from './protocol.ts';
import { learnsFrom } from './purposes.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { pastTouchesKey } from './state.ts';
import type { Waits } from './waits.ts';
import { type Writer, Writes } from './writes.ts';

/** One change of a campaign's statistics, on its way to the shard. */
export interface OutboxEntry {
  readonly campaignId: string;
  readonly shard: number;
  readonly leaf: string;
  readonly arm: string;
  readonly hour: number;
  readonly change: Partial<ArmStatistics>;
  /** Changes of named sums; absent for most entries. */
  readonly sums?: SumsByName;
  /** The bucket of the moments among them, where it is another than `hour`. */
  readonly momentsHour?: number;
}

/** What credits and decisions write through; the simulator implements it over plain memory. */
export interface CustomerStore {
  readonly state: CustomerState;
  /** What the call refused that the change is made for. */
  readonly refused?: CallFacts['refused'];
  saveMeta(meta: CustomerMeta): void;
  /** @param comesAlong was made elsewhere, and is in the decision log from there, or by its customer's word in none */
  putDecision(decision: StoredDecision, receipt?: Receipt, comesAlong?: 'comesAlong'): void;
  putBlank(decisionId: string, atMs: number): void;
  putPastTouches(touches: PastTouches): void;
  addBehaviour(event: StoredBehaviour): void;
  addOutcome(outcome: StoredOutcome): void;
  putEnrolment(enrolment: StoredEnrolment): void;
  enqueue(entry: OutboxEntry, atMs: number): void;
  enqueueSettlement(ledger: string, settlement: Settlement, atMs: number): void;
}

/** The store over an object's own SQLite: memory is changed at once, storage by {@link SqlStore.flush}. */
export class SqlStore implements CustomerStore {
  readonly state: CustomerState;
  readonly refused: CallFacts['refused'];
  readonly #waits: Waits;
  readonly #writes = new Writes();
  /** Decisions that changed, with the receipts of new ones: each is written once, however often the call changed it. */
  readonly #decisions = new Map<string, Receipt | undefined>();
  #metaChanged = false;

  constructor(state: CustomerState, waits: Waits, refused?: CallFacts['refused']) {
    this.state = state;
    this.refused = refused;
    this.#waits = waits;
  }

  /** For statements that change rows which the store has no method for. */
  get writer(): Writer {
    return this.#writes;
  }

  saveMeta(meta: CustomerMeta): void {
    const { lastAtMs } = this.state;
    this.state.meta = { ...meta, lastAtMs };
    this.#metaChanged = true;
    if (meta.endsAtMs !== undefined) this.#writes.exec('INSERT OR REPLACE INTO address VALUES (1, ?)', meta.endsAtMs);
  }

  putDecision(decision: StoredDecision, receipt?: Receipt, comesAlong?: 'comesAlong'): void {
    const { decisionId, workspaceId } = decision.record;
    // The log lies in a bucket that knows no residency.
    if (!comesAlong && decision.models && learnsFrom(this) && residencyOf(workspaceId) === 'none')
      for (const line of logLines(this.state.decisions.get(decisionId), decision, receipt)) this.#keepLine(line);
    this.state.decisions.set(decisionId, decision);
    this.#saw(toldAtMs(decision));
    this.#decisions.set(decisionId, receipt ?? this.#decisions.get(decisionId));
  }

  putBlank(decisionId: string, atMs: number): void {
    // Oldest first, as they are forgotten: one that is given again moves to the young end.
    this.state.blanks.delete(decisionId);
    this.state.blanks.set(decisionId, atMs);
    this.#writes.exec('INSERT OR REPLACE INTO blanks VALUES (?, ?)', decisionId, atMs);
  }

  putPastTouches(touches: PastTouches): void {
    this.state.pastTouches.set(pastTouchesKey(touches), touches);
    this.#writes.exec(
      `INSERT INTO past_touches VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (campaign_id, channel, counts_toward_global, day) DO UPDATE SET count = excluded.count, at_ms = excluded.at_ms`,
      touches.campaignId,
      touches.channel,
      touches.countsTowardGlobal ? 1 : 0,
      touches.day,
      touches.count,
      touches.atMs,
    );
  }

  addBehaviour(event: StoredBehaviour): void {
    this.state.behaviour.push(event);
    this.#saw(event.atMs);
    this.#writes.exec(
      'INSERT INTO behaviour (at_ms, name, value_minor, event_id) VALUES (?, ?, ?, ?)',
      event.atMs,
      event.name,
      event.valueMinor,
      event.eventId,
    );
  }

  addOutcome(outcome: StoredOutcome): void {
    this.state.outcomes.push(outcome);
    this.#saw(outcome.atMs);
    this.#writes.exec(
      'INSERT INTO outcomes (at_ms, goal, value_minor, order_id, event_id, unit) VALUES (?, ?, ?, ?, ?, ?)',
      outcome.atMs,
      outcome.goal,
      outcome.valueMinor,
      outcome.orderId,
      outcome.eventId,
      outcome.unit ?? null,
    );
  }

  putEnrolment(enrolment: StoredEnrolment): void {
    this.state.enrolments.set(enrolment.campaignId, enrolment);
    this.#writes.exec(
      'INSERT INTO enrolments VALUES (?, ?) ON CONFLICT (campaign_id) DO UPDATE SET enrolment = excluded.enrolment',
      enrolment.campaignId,
      JSON.stringify(enrolment),
    );
  }

  enqueue(entry: OutboxEntry, atMs: number): void {
    this.#waits.outbox = true;
    this.#writes.exec(
      'INSERT INTO outbox (campaign_id, shard, leaf, arm, hour, change, sums, moments_hour, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      entry.campaignId,
      entry.shard,
      entry.leaf,
      entry.arm,
      entry.hour,
      JSON.stringify(entry.change),
      entry.sums ? JSON.stringify(entry.sums) : null,
      entry.momentsHour ?? null,
      atMs,
    );
  }

  enqueueSettlement(ledger: string, { decisionId, leaseId, units, kind }: Settlement, atMs: number): void {
    this.#waits.settlements = true;
    this.#writes.exec(
      'INSERT INTO settlements (ledger, decision_id, lease_id, units, kind, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      ledger,
      decisionId,
      leaseId,
      units,
      kind,
      atMs,
    );
  }

  /** Writes down what was changed, all of it or nothing. */
  flush(storage: DurableObjectStorage): void {
    const { decisions } = this.state;
    for (const [id, receipt] of this.#decisions) {
      const decision = decisions.get(id);
      // Put and dropped again, for want of room.
      if (decision) this.#writeDecision(id, decision, receipt);
    }
    if (this.#metaChanged) this.#writeMeta(this.state.meta as CustomerMeta);
    this.#writes.flush(storage);
  }

  #keepLine(line: UnsentLine): void {
    this.#waits.lines = true;
    keepLine(this.#writes, line);
  }

  #writeDecision(id: string, decision: StoredDecision, receipt: Receipt | undefined): void {
    this.#writes.exec(
      `INSERT INTO decisions (id, at_ms, decision, receipt) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET decision = excluded.decision, receipt = coalesce(excluded.receipt, receipt)`,
      id,
      decision.record.atMs,
      JSON.stringify(decision),
      receipt ? JSON.stringify(receipt) : null,
    );
  }

  #writeMeta(meta: CustomerMeta): void {
    this.#writes.exec(
      `INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET anonymous = excluded.anonymous, bucketing_id = excluded.bucketing_id,
         created_at_ms = excluded.created_at_ms, erased_at_ms = excluded.erased_at_ms,
         forgotten_until_ms = excluded.forgotten_until_ms, forward_to = excluded.forward_to,
         legacy_taken = excluded.legacy_taken, profile = excluded.profile, last_at_ms = excluded.last_at_ms`,
      meta.workspaceId,
      meta.name,
      meta.incarnation,
      meta.bucketingId,
      meta.anonymous ? 1 : 0,
      meta.createdAtMs,
      meta.erasedAtMs,
      meta.forgottenUntilMs,
      meta.forwardTo,
      meta.legacyTaken ? 1 : 0,
      JSON.stringify(meta.profile),
      meta.lastAtMs,
    );
  }

  /** What is stored may be later than the call that brought it: its worker's clock was ahead. The object's time goes along, as it does when it is read again. */
  #saw(atMs: number): void {
    this.state.lastAtMs = Math.max(this.state.lastAtMs, atMs);
  }
}
