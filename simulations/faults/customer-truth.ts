/** What really happened to one customer, as an observer of every commit of their object sees it. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { CapRule } from '../../decisioning/catalog/configuration.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { unpackDecision } from '../../durable-objects/customer/decision-rows.ts';
import type {
  CallFacts,
  DecideCall,
  EventItem,
  FeedbackItem,
  Legacy,
  StoredDecision,
  StoredEnrolment,
} from '../../durable-objects/customer/protocol.ts';
import { unpackReceipt } from '../../durable-objects/customer/receipt-rows.ts';
import type { Addressed } from '../../durable-objects/customer/testing/oracle.ts';
import { CustomerSums } from './customer-sums.ts';
import { believed, CustomerTime } from './customer-time.ts';
import type { SimulatedObject } from './object.ts';
import { rulesOfHash } from './workspace.ts';
import type { Change } from './world.ts';

/** What the truth about one customer tells the oracle. */
export interface Teller {
  /** @param nowMs the object's time, at least */
  granted(stored: StoredDecision, receipt: Receipt, nowMs: number): void;
  /** The first contact of a decision, seen or sent. */
  contacted(stored: StoredDecision, inTime: boolean): void;
  /** Nobody can report the decision any more. */
  forgotten(record: DecisionRecord): void;
  violated(what: string): void;
}

interface Granted {
  readonly record: DecisionRecord;
  contactAtMs: number | null;
}

export class CustomerTruth {
  readonly #object: SimulatedObject;
  readonly #tell: Teller;
  readonly granted = new Map<string, Granted>();
  /** Has taken over another's past, or handed its own over: a perfect observer of one customer does not know of that. */
  isLinked = false;
  readonly sums: CustomerSums;
  readonly #time: CustomerTime;
  #erasedAtMs: number | null = null;
  #clears = 0;

  constructor(object: SimulatedObject, tell: Teller) {
    this.#object = object;
    this.#tell = tell;
    this.sums = new CustomerSums(object);
    this.#time = new CustomerTime(object);
  }

  committed(changes: readonly Change[]): void {
    const { database } = this.#object;
    this.#time.begin();
    if (database.clears !== this.#clears) {
      this.#clears = database.clears;
      this.#erasedAtMs = null;
      this.#forget();
      this.sums.restart();
    }
    for (const change of changes) this.#take(change);
    this.sums.read();
    if (changes.length > 0) this.#time.end();
  }

  #rows<T>(text: string, ...bindings: unknown[]): T[] {
    return this.#object.database.exec(text, bindings).toArray() as T[];
  }

  #stored(id: string): { decision: StoredDecision; receipt: Receipt | null } | undefined {
    type Row = { at_ms: number; decision: string; receipt: string | null };
    const row = this.#rows<Row>('SELECT at_ms, decision, receipt FROM decisions WHERE id = ?', id)[0];
    if (!row) return undefined;
    const decision = unpackDecision(id, row.at_ms, row.decision);
    return { decision, receipt: row.receipt === null ? null : unpackReceipt(row.receipt, decision) };
  }

  #take({ method, args }: Change): void {
    const call = args[0] as CallFacts | undefined;
    if (method === 'alarm') this.#noticeErasure();
    if (!call?.receivedAtMs) return;
    const nowMs = this.#time.received(call.receivedAtMs);
    this.sums.observer.at(nowMs);
    if (method === 'decide') this.#takeDecisions(call as DecideCall, nowMs);
    else if (method === 'feedback') for (const item of args[1] as FeedbackItem[]) this.#takeFeedback(item, nowMs);
    else if (method === 'events') for (const item of args[1] as EventItem[]) this.#takeEvent(item, nowMs);
    else if (method === 'erase') {
      // A repeated call may erase anew what came since, as of the same moment.
      this.#erasedAtMs = null;
      this.#noticeErasure();
    } else if (method === 'forward') this.isLinked = true;
    else if (method === 'takeLegacy') this.#takeLegacy(args[1] as Legacy);
  }

  #takeDecisions(call: DecideCall, nowMs: number): void {
    const isEnrolled = this.#object.database.has('enrolments');
    for (const { enrolment } of isEnrolled ? this.#rows<{ enrolment: string }>('SELECT enrolment FROM enrolments') : [])
      this.sums.observer.addressed(JSON.parse(enrolment) as StoredEnrolment as Addressed);
    for (const { placement, decisionId } of call.requests) {
      if (this.granted.has(decisionId)) continue;
      const stored = this.#stored(decisionId);
      if (!stored) continue;
      const { decision, receipt } = stored;
      const { record } = decision;
      if (!this.#time.isRight(record.atMs, nowMs, call.clientAtMs))
        this.#tell.violated(`time: ${decisionId} was decided at ${record.atMs}, and the object’s time was ${nowMs}`);
      if (record.claimExpiresAtMs <= nowMs) this.#tell.violated(`time: ${decisionId} claims what has lapsed already`);
      this.#checkCaps(record, call.rules[placement] as string);
      if (receipt) this.#tell.granted(decision, receipt, nowMs);
      else this.#tell.violated(`receipt: ${decisionId} has none`);
      this.granted.set(decisionId, { record, contactAtMs: null });
      this.sums.observer.decided(record);
    }
  }

  /** No claim while used + pending ≥ cap. */
  #checkCaps(record: DecisionRecord, rulesHash: string): void {
    if (record.armId === HOLDOUT_ARM) return;
    const rules = rulesOfHash(rulesHash);
    const campaign = rules.campaigns.find(({ id }) => id === record.campaignId);
    const check = (scope: string, cap: CapRule, counts: (other: DecisionRecord) => boolean) => {
      let touches = 0;
      for (const other of this.granted.values())
        if (counts(other.record) && isTouch(other, record.atMs, cap.windowMs)) touches += 1;
      if (touches >= cap.max)
        this.#tell.violated(`cap: ${record.decisionId} was granted with ${touches} of ${cap.max} touches of ${scope}`);
    };
    for (const cap of campaign?.caps ?? [])
      check(record.campaignId, cap, ({ campaignId }) => campaignId === record.campaignId);
    const { channel, globalCap } = rules;
    if (channel.cap) check(channel.id, channel.cap, (other) => other.channel === channel.id);
    if (globalCap && channel.countsTowardGlobal)
      check('all channels', globalCap, ({ countsTowardGlobal }) => countsTowardGlobal);
  }

  #takeFeedback(item: FeedbackItem, nowMs: number): void {
    const { record, kind } = item;
    const stored = this.#stored(record.decisionId)?.decision;
    if (!stored) return;
    // A token of before an erasure, and a repeated request since that was decided otherwise.
    if (stored.record.campaignId !== record.campaignId || stored.record.armId !== record.armId) return;
    let granted = this.granted.get(record.decisionId);
    const isNew = !granted;
    if (!granted) {
      // Brought to life by its token: no object has decided it.
      this.#checkForgotten(stored.record, 'a token');
      granted = { record, contactAtMs: null };
      this.granted.set(record.decisionId, granted);
    }
    const contactAtMs = stored.dispatchedAtMs ?? stored.exposedAtMs;
    const isContact = granted.contactAtMs === null && contactAtMs !== null;
    if (isContact) this.#takeContact(granted, stored, contactAtMs, item.atMs, nowMs);
    const { observer } = this.sums;
    // Nobody has seen it yet: what a token brings to life is a decision all the same.
    if (kind === 'dispatch') observer.decided(stored.record);
    if (kind === 'exposure') observer.exposed(stored.record, stored.exposedAtMs ?? nowMs, item.learning);
    if (kind !== 'goal' || !item.goal) return;
    const { id, windowMs, valueMinor } = item.goal;
    // A token of a worker whose clock was ahead takes the object's time along.
    const atMs = believed(Math.max(nowMs, isNew ? record.atMs : 0), item.atMs);
    const told = { goal: id, windowMs, valueMinor, atMs, orderId: item.orderId, eventId: undefined };
    observer.reached(stored.record, told, item.learning);
  }

  /** The first contact of a decision: dated by the object's time or the client's, and paid by the object's alone. */
  #takeContact(
    granted: Granted,
    stored: StoredDecision,
    contactAtMs: number,
    clientAtMs: number | undefined,
    nowMs: number,
  ): void {
    const { record } = stored;
    granted.contactAtMs = contactAtMs;
    if (!this.#time.isRight(contactAtMs, nowMs, clientAtMs, record.atMs))
      this.#tell.violated(`time: ${record.decisionId} was seen at ${contactAtMs}, and the object’s time was ${nowMs}`);
    this.#time.saw(contactAtMs);
    // The stored one: a token of before an erasure may name the same choice, and lapsed long ago.
    this.#tell.contacted(stored, nowMs <= record.claimExpiresAtMs);
  }

  #takeEvent(item: EventItem, nowMs: number): void {
    const { kind, name, windowMs, valueMinor, orderId, eventId } = item;
    const atMs = believed(nowMs, item.atMs);
    if (kind === 'goal') this.sums.observer.happened({ goal: name, windowMs, valueMinor, atMs, orderId, eventId });
  }

  #takeLegacy(legacy: Legacy): void {
    this.isLinked = true;
    for (const { record } of legacy.decisions) {
      if (this.granted.has(record.decisionId)) continue;
      const stored = this.#stored(record.decisionId)?.decision;
      if (!stored) {
        // Made before the known customer was erased: not brought back.
        this.#tell.forgotten(record);
        continue;
      }
      this.#checkForgotten(stored.record, 'whoever turned out to be them');
      const contactAtMs = stored.dispatchedAtMs ?? stored.exposedAtMs;
      this.granted.set(record.decisionId, { record, contactAtMs });
      this.#time.saw(record.atMs);
    }
  }

  /** What was forgotten is not brought back. */
  #checkForgotten({ decisionId, atMs }: DecisionRecord, by: string): void {
    if (atMs <= (this.#erasedAtMs ?? 0)) this.#tell.violated(`erasure: ${by} brought ${decisionId} back`);
  }

  /** Erased for sure, or for age by the alarm: then the mark has changed. */
  #noticeErasure(): void {
    const [meta] = this.#rows<{ erased_at_ms: number | null }>('SELECT erased_at_ms FROM meta');
    if (!meta || meta.erased_at_ms === this.#erasedAtMs) return;
    this.#erasedAtMs = meta.erased_at_ms;
    if (meta.erased_at_ms !== null) this.#forget();
  }

  #forget(): void {
    this.sums.forget();
    for (const { record } of this.granted.values()) this.#tell.forgotten(record);
    this.granted.clear();
  }
}

function isTouch({ record, contactAtMs }: Granted, nowMs: number, windowMs: number): boolean {
  if (record.armId === HOLDOUT_ARM) return false;
  return contactAtMs === null ? record.claimExpiresAtMs > nowMs : contactAtMs > nowMs - windowMs;
}
