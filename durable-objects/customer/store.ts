/** The customer's state in SQLite. Every method changes memory at once; what storage is to hold is told when the whole change is known. */
import { residencyOf } from '../../contract/residency.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { Settlement } from '../budget/protocol.ts';
import { toldAtMs } from './claims.ts';
import { type DecisionRow, packDecision } from './decision-rows.ts';
import { logLines, type UnsentLine } from './log-lines.ts';
import { keepLine } from './log-sender.ts';
import { keepPosition, moveOut, type OutboxEntry, putLast, ridingOf, type WaitingEvent, writeEvent } from './outbox.ts';
import type {
  CallFacts,
  PastTouches,
  StoredBehaviour,
  StoredDecision,
  StoredEnrolment,
  StoredOutcome,
} from './protocol.ts';
import { learnsFrom } from './purposes.ts';
import { packReceipt } from './receipt-rows.ts';
import type { CustomerMeta, CustomerState } from './state.ts';
import { pastTouchesKey } from './state.ts';
import type { Tables } from './tables.ts';
import type { Waits } from './waits.ts';
import { type Writer, Writes } from './writes.ts';

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
  /** @param decisionId of a decision that it is credited to: written anyway, and the outcome with it */
  addOutcome(outcome: StoredOutcome, decisionId?: string): void;
  /** Outcomes of this change: nothing of them is stored yet, and nothing will be of those that memory lets go of before it is over. */
  readonly newOutcomes: ReadonlySet<StoredOutcome>;
  putEnrolment(enrolment: StoredEnrolment): void;
  /** Forgets a decision and its receipt; what waits for delivery stays. */
  dropDecision(id: string): void;
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
  /** Outcomes of this change, with the decisions that they are credited to. */
  readonly #outcomes = new Map<StoredOutcome, string | undefined>();
  /** Events of this change. */
  readonly #events: WaitingEvent[] = [];
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
    this.state.storedAtMs = Math.max(this.state.storedAtMs, lastAtMs);
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

  addOutcome(outcome: StoredOutcome, decisionId?: string): void {
    this.state.outcomes.push(outcome);
    this.#saw(outcome.atMs);
    this.#outcomes.set(outcome, decisionId);
  }

  get newOutcomes(): ReadonlySet<StoredOutcome> {
    return new Set(this.#outcomes.keys());
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
    const { outbox } = this.state;
    outbox.lastSeq += 1;
    const waiting = { event: { ...entry, seq: outbox.lastSeq, atMs }, home: null, isOld: false };
    if (putLast(outbox, waiting)) this.#events.push(waiting);
    else writeEvent(this.#writes, outbox, waiting.event);
  }

  enqueueSettlement(ledger: string, { decisionId, leaseId, units, kind }: Settlement, atMs: number): void {
    this.#waits.note('settlements', true);
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

  dropDecision(id: string): void {
    this.state.decisions.delete(id);
    this.#decisions.delete(id);
    moveOut(this.#writes, this.state.outbox, new Set([id]));
    for (const outcome of this.state.outcomesWith.get(id) ?? [])
      if (this.state.outcomes.includes(outcome)) this.#writeOutcome(outcome);
    this.state.outcomesWith.delete(id);
    this.#writes.exec('DELETE FROM decisions WHERE seq = ?', this.state.places.get(id) ?? null);
    this.state.places.delete(id);
  }

  /** Writes down what was changed, all of it or nothing. */
  flush(tables: Tables): void {
    const { decisions } = this.state;
    this.#houseOutcomes();
    this.#houseEvents();
    for (const [id, receipt] of this.#decisions) this.#writeDecision(id, decisions.get(id) as StoredDecision, receipt);
    keepPosition(this.#writes, this.state.outbox);
    if (this.#metaChanged) this.#writeMeta(this.state.meta as CustomerMeta);
    this.#writes.flush(tables);
  }

  #keepLine(line: UnsentLine): void {
    if (keepLine(this.#writes, line)) this.#waits.note('log_out', true);
  }

  /** An outcome is stored with a decision that is written anyway, or in a row of its own. */
  #houseOutcomes(): void {
    const { outcomesWith, outcomes } = this.state;
    for (const [outcome, decisionId] of this.#outcomes)
      if (!outcomes.includes(outcome)) continue;
      else if (decisionId !== undefined && this.#decisions.has(decisionId))
        outcomesWith.set(decisionId, [...(outcomesWith.get(decisionId) ?? []), outcome]);
      else this.#writeOutcome(outcome);
  }

  #writeOutcome(outcome: StoredOutcome): void {
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

  /** What waits from now on rides in the row of a decision that is written anyway. */
  #houseEvents(): void {
    const home = [...this.#decisions.keys()].at(-1) ?? null;
    for (const waiting of this.#events) {
      waiting.home = home;
      if (home === null) writeEvent(this.#writes, this.state.outbox, waiting.event);
    }
  }

  #writeDecision(id: string, decision: StoredDecision, receipt: Receipt | undefined): void {
    const { outbox } = this.state;
    const out = ridingOf(outbox, id);
    const reached = this.state.outcomesWith.get(id);
    if (out) outbox.seqHome = id;
    const row: DecisionRow =
      out || reached ? { ...decision, ...(out && { out }), ...(reached && { reached }) } : decision;
    const text = packDecision(row);
    const receiptText = receipt ? packReceipt(receipt, decision) : null;
    const { places } = this.state;
    const seq = places.get(id);
    if (seq !== undefined) {
      this.#writes.exec(
        'UPDATE decisions SET at_ms = ?, decision = ?, receipt = coalesce(?, receipt) WHERE seq = ?',
        decision.record.atMs,
        text,
        receiptText,
        seq,
      );
      return;
    }
    this.state.lastPlace += 1;
    places.set(id, this.state.lastPlace);
    this.#writes.exec(
      'INSERT INTO decisions (seq, id, at_ms, decision, receipt) VALUES (?, ?, ?, ?, ?)',
      this.state.lastPlace,
      id,
      decision.record.atMs,
      text,
      receiptText,
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
    this.state.storedAtMs = Math.max(this.state.storedAtMs, atMs);
  }
}
