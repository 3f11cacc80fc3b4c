/** What really happened to one customer, as an observer of every commit of their object sees it. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { CapRule } from '../../decisioning/catalog/configuration.ts';
import type { Receipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import type {
  CallFacts,
  DecideCall,
  EventItem,
  FeedbackItem,
  Legacy,
  StoredDecision,
  StoredEnrolment,
} from '../../durable-objects/customer/protocol.ts';
import { type Addressed, Observer } from '../../durable-objects/customer/testing/oracle.ts';
import type { SimulatedObject } from './object.ts';
import { addAll, addTo, type Sums } from './sums.ts';
import { rulesOfHash } from './workspace.ts';
import type { Change } from './world.ts';

/** What the truth about one customer tells the oracle. */
export interface Teller {
  granted(stored: StoredDecision, receipt: Receipt): void;
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

type OutboxRow = { seq: number; campaign_id: string; leaf: string; arm: string; hour: number; change: string };

export class CustomerTruth {
  readonly #object: SimulatedObject;
  readonly #tell: Teller;
  readonly granted = new Map<string, Granted>();
  /** Everything that was ever written to the outbox, by cell. */
  readonly enqueued: Sums = {};
  /** Has taken over another's past, or handed its own over: a perfect observer of one customer does not know of that. */
  isLinked = false;
  /** Sums of lives before the customer was erased. */
  readonly #before: Sums = {};
  #observer = new Observer();
  #erasedAtMs: number | null = null;
  #seq = 0;
  #clears = 0;
  #generation = -1;
  /** What a restarted object knows of time. */
  #storedMs = 0;
  /** What the running instance has seen. */
  #liveMs = 0;
  /** And no later than this can it believe that it is, whatever its own clock said. */
  #latestMs = 0;

  constructor(object: SimulatedObject, tell: Teller) {
    this.#object = object;
    this.#tell = tell;
  }

  /** What of its own the object should have told the shards. */
  expected(): Sums {
    const sums: Sums = {};
    addAll(sums, this.#before);
    addAll(sums, this.#observer.sums());
    return sums;
  }

  committed(changes: readonly Change[]): void {
    const { generation, database } = this.#object;
    if (generation !== this.#generation) this.#liveMs = this.#storedMs;
    this.#generation = generation;
    if (database.clears !== this.#clears) {
      this.#clears = database.clears;
      this.#forget();
      this.#seq = 0;
    }
    for (const change of changes) this.#take(change);
    this.#readOutbox();
    if (changes.length === 0) return;
    this.#storedMs = this.#readTime();
    // What is stored takes the object's time along.
    this.#liveMs = Math.max(this.#liveMs, this.#storedMs);
  }

  #rows<T>(text: string, ...bindings: unknown[]): T[] {
    return this.#object.database.exec(text, bindings).toArray() as T[];
  }

  #stored(id: string): { decision: StoredDecision; receipt: Receipt | null } | undefined {
    const row = this.#rows<{ decision: string; receipt: string | null }>(
      'SELECT decision, receipt FROM decisions WHERE id = ?',
      id,
    )[0];
    return (
      row && { decision: JSON.parse(row.decision), receipt: row.receipt === null ? null : JSON.parse(row.receipt) }
    );
  }

  #take({ method, args, atMs }: Change): void {
    const call = args[0] as CallFacts | undefined;
    if (method === 'alarm') {
      // What it does, it does by its own clock; whether the object's time goes on from there is its own affair.
      this.#latestMs = Math.max(this.#latestMs, atMs);
      this.#noticeErasure();
    }
    if (!call?.receivedAtMs) return;
    const nowMs = Math.max(call.receivedAtMs, this.#liveMs);
    this.#liveMs = nowMs;
    this.#observer.at(nowMs);
    if (method === 'decide') this.#takeDecisions(call as DecideCall);
    else if (method === 'feedback') for (const item of args[1] as FeedbackItem[]) this.#takeFeedback(item, nowMs);
    else if (method === 'events') for (const item of args[1] as EventItem[]) this.#takeEvent(item, nowMs);
    else if (method === 'erase') {
      // A repeated call may erase anew what came since, as of the same moment.
      this.#erasedAtMs = null;
      this.#noticeErasure();
    } else if (method === 'forward') this.isLinked = true;
    else if (method === 'takeLegacy') this.#takeLegacy(args[1] as Legacy);
  }

  #takeDecisions(call: DecideCall): void {
    for (const { enrolment } of this.#rows<{ enrolment: string }>('SELECT enrolment FROM enrolments'))
      this.#observer.addressed(JSON.parse(enrolment) as StoredEnrolment as Addressed);
    for (const { placement, decisionId } of call.requests) {
      if (this.granted.has(decisionId)) continue;
      const stored = this.#stored(decisionId);
      if (!stored) continue;
      const { decision, receipt } = stored;
      const { record } = decision;
      if (record.atMs < this.#storedMs)
        this.#tell.violated(`time: ${decisionId} was decided ${this.#storedMs - record.atMs} ms before the last event`);
      this.#checkCaps(record, call.rules[placement] as string);
      if (receipt) this.#tell.granted(decision, receipt);
      else this.#tell.violated(`receipt: ${decisionId} has none`);
      this.granted.set(decisionId, { record, contactAtMs: null });
      this.#observer.decided(record);
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
    if (!granted) {
      // Brought to life by its token: no object has decided it.
      granted = { record, contactAtMs: null };
      this.granted.set(record.decisionId, granted);
    }
    const contactAtMs = stored.dispatchedAtMs ?? stored.exposedAtMs;
    if (granted.contactAtMs === null && contactAtMs !== null) {
      granted.contactAtMs = contactAtMs;
      this.#checkTime(record.decisionId, contactAtMs, nowMs);
      // The stored one: a token of before an erasure may name the same choice, and lapsed long ago.
      this.#tell.contacted(stored, contactAtMs <= stored.record.claimExpiresAtMs);
    }
    const seenAtMs = stored.exposedAtMs ?? nowMs;
    if (kind === 'exposure') this.#observer.exposed(stored.record, seenAtMs);
    if (kind !== 'goal' || !item.goal) return;
    const { id, windowMs, valueMinor } = item.goal;
    // What was not seen before is seen with the goal, at the same moment by the object's time.
    const atMs = Math.max(nowMs, this.#isNew(stored) ? seenAtMs : 0);
    const told = { goal: id, windowMs, valueMinor, atMs, orderId: item.orderId, eventId: undefined };
    this.#observer.reached(stored.record, told);
  }

  /** Whether the contact is of the call that is looked at: nothing earlier was as late. */
  #isNew({ exposedAtMs }: StoredDecision): boolean {
    return exposedAtMs !== null && exposedAtMs > this.#storedMs;
  }

  /** The object's time: no earlier than what it has stored and was told, no later than any clock that it has seen. */
  #checkTime(decisionId: string, atMs: number, earliestMs: number): void {
    // Of what was written down together, the earlier may have taken it along.
    const latestMs = Math.max(earliestMs, this.#latestMs, this.#readTime());
    if (atMs < earliestMs || atMs > latestMs)
      this.#tell.violated(`time: ${decisionId} was seen at ${atMs}, not within ${earliestMs} and ${latestMs}`);
    this.#liveMs = Math.max(this.#liveMs, atMs);
  }

  #takeEvent({ kind, name, windowMs, valueMinor, orderId, eventId }: EventItem, nowMs: number): void {
    if (kind === 'goal') this.#observer.happened({ goal: name, windowMs, valueMinor, atMs: nowMs, orderId, eventId });
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
      const contactAtMs = stored.dispatchedAtMs ?? stored.exposedAtMs;
      this.granted.set(record.decisionId, { record, contactAtMs });
      this.#liveMs = Math.max(this.#liveMs, record.atMs);
    }
  }

  /** Erased for sure, or for age by the alarm: then the mark has changed. */
  #noticeErasure(): void {
    const [meta] = this.#rows<{ erased_at_ms: number | null }>('SELECT erased_at_ms FROM meta');
    if (!meta || meta.erased_at_ms === this.#erasedAtMs) return;
    this.#erasedAtMs = meta.erased_at_ms;
    if (meta.erased_at_ms !== null) this.#forget();
  }

  #forget(): void {
    addAll(this.#before, this.#observer.sums());
    this.#observer = new Observer();
    for (const { record } of this.granted.values()) this.#tell.forgotten(record);
    this.granted.clear();
  }

  #readOutbox(): void {
    const rows = this.#rows<OutboxRow>(
      'SELECT seq, campaign_id, leaf, arm, hour, change FROM outbox WHERE seq > ? ORDER BY seq',
      this.#seq,
    );
    for (const { seq, campaign_id, leaf, arm, hour, change } of rows) {
      this.#seq = seq;
      addTo(this.enqueued, `${campaign_id} ${leaf} ${arm} ${hour}`, JSON.parse(change) as Record<string, number>);
    }
  }

  /** The latest moment that the object finds on its disk. */
  #readTime(): number {
    const [row] = this.#rows<Record<string, number | null>>(
      `SELECT (SELECT max(at_ms) FROM decisions) AS a, (SELECT max(at_ms) FROM behaviour) AS b, (SELECT max(at_ms) FROM outcomes) AS c,
         (SELECT max(at_ms) FROM blanks) AS d, (SELECT max(created_at_ms, last_at_ms) FROM meta) AS e,
         (SELECT max(decision ->> '$.record.claimExpiresAtMs') + 1 FROM decisions WHERE decision ->> '$.settled' = 'void') AS f`,
    );
    let latestMs = 0;
    for (const atMs of Object.values(row ?? {})) latestMs = Math.max(latestMs, atMs ?? 0);
    for (const { contactAtMs } of this.granted.values()) latestMs = Math.max(latestMs, contactAtMs ?? 0);
    return latestMs;
  }
}

function isTouch({ record, contactAtMs }: Granted, nowMs: number, windowMs: number): boolean {
  if (record.armId === HOLDOUT_ARM) return false;
  return contactAtMs === null ? record.claimExpiresAtMs > nowMs : contactAtMs > nowMs - windowMs;
}
