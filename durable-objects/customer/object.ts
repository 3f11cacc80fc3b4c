/** One customer: profile, touches, claims, decisions and receipts, outbox. Thin methods; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import { backoffMs } from '../shared/alarm.ts';
import { customerStubByName } from '../shared/calls.ts';
import type { StubSource } from '../shared/stub.ts';
import { Wake } from '../shared/wake.ts';
import { type AddressWord, addressed, changesAddress } from './address.ts';
import { nextLapseMs, settleLapsed } from './claims.ts';
import { decideAndStore } from './decide.ts';
import { Deliveries } from './deliveries.ts';
import { keepTraits, takeEvents, takeFeedback, takeTogether } from './events.ts';
import { explainFor } from './explain.ts';
import { emptyTables } from './forget.ts';
import { takeLegacy } from './legacy.ts';
import { ANONYMOUS_IDLE_MS, OUTBOX_BACKSTOP_MS, TOMBSTONE_MS } from './limits.ts';
import { lookUp } from './look.ts';
import { matchesFor } from './matches.ts';
import { Memory } from './memory.ts';
import type {
  CallFacts,
  CustomerDump,
  DecideCall,
  DecideReply,
  EventItem,
  EventsReply,
  ExplainReply,
  FeedbackItem,
  Legacy,
  LookCall,
  LookReply,
  Moved,
  ReceiptReply,
  StoredProfile,
} from './protocol.ts';
import { type ConsentReply, keepPurposes, type Purposes, replaceProfile } from './purposes.ts';
import { dumpOf, receiptOf } from './read.ts';
import { Sampling } from './sampling.ts';
import { sharedFacts } from './shared-facts.ts';
import { type CustomerMeta, EMPTY_PROFILE, isEmpty } from './state.ts';
import type { CustomerStore } from './store.ts';
import { answerUnstored } from './unstored.ts';
import { objectNow } from './view.ts';

export class CustomerObject extends DurableObject<StubSource> {
  readonly #sql: SqlStorage;
  readonly #memory: Memory;
  /** Alarms in a row that left something undelivered. */
  #failures = 0;
  readonly #deliveries: Deliveries;
  readonly #wake: Wake;
  readonly #sampling: Sampling;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#deliveries = new Deliveries(this.#sql, env);
    this.#wake = new Wake(ctx.storage);
    this.#memory = new Memory(ctx.storage, () => ctx.waitUntil(this.#sampling.settle()));
    this.#sampling = new Sampling(this.#sql, env, () => this.#memory.state);
  }

  /** Decides, claims and stores; a repeated request id gets its first answer. */
  async decide(call: DecideCall): Promise<DecideReply> {
    const unstored = answerUnstored(this.#memory, call);
    if (unstored) return unstored;
    // Awaited before the checks: nothing may come between them and the act.
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const shared = sharedFacts(call);
    if ('outcome' in shared) return shared;
    const answer = this.#memory.transact(call, (store) => decideAndStore(store, call, shared));
    if (call.purse) await this.#wakeForClaims();
    await this.#deliverSoon(call.receivedAtMs);
    return { outcome: 'decided', ...answer };
  }

  /** Why this customer would get what, now. */
  explain(call: DecideCall): ExplainReply {
    const moved = this.#memory.moved();
    if (moved) return moved;
    const shared = sharedFacts(call);
    return 'outcome' in shared ? shared : explainFor(this.#memory.state, call, shared);
  }

  /** What models and conditions read of this customer, by path. */
  async look(call: LookCall): Promise<LookReply> {
    const moved = this.#memory.moved();
    if (moved) return moved;
    const answer = lookUp(this.#memory.state, call);
    // Asking made tables for somebody who is not there.
    if (!this.#memory.state.meta) await this.#memory.end();
    return answer;
  }

  /** Exposures and goals with verified tokens. */
  async feedback(call: CallFacts, items: readonly FeedbackItem[]): Promise<EventsReply> {
    return this.#take(call, items, (store, some) => takeFeedback(store, call, some));
  }

  /** Behaviour and goals without tokens, and traits that came with them. */
  async events(
    call: CallFacts,
    items: readonly EventItem[],
    traits: Readonly<Record<string, unknown>>,
  ): Promise<EventsReply> {
    return this.#take(call, items, (store, some) => {
      keepTraits(store, traits);
      return takeEvents(store, call, some);
    });
  }

  /** Replaces the profile. */
  async putProfile(call: CallFacts, profile: StoredProfile): Promise<Moved | { readonly outcome: 'stored' }> {
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved();
    if (moved) return moved;
    this.#memory.transact(call, (store) => replaceProfile(store, profile));
    return { outcome: 'stored' };
  }

  /** Keeps what the customer said of purposes; an anonymous one who wants no personalization, or of whom it is only said that consent is over (null), is forgotten. */
  async consent(call: CallFacts, said: Purposes | null, by: 'page' | 'server'): Promise<ConsentReply> {
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const anonymous = this.#memory.state.meta?.anonymous ?? call.anonymous;
    if (anonymous && (!said || said.personalization === false)) return this.erase(call);
    return { outcome: said ? this.#memory.transact(call, (store) => keepPurposes(store, said, by)) : 'nobody' };
  }

  /** Everything held about the customer; null when there is nothing. */
  dump(): Moved | { readonly outcome: 'dumped'; readonly dump: CustomerDump | null } {
    return this.#memory.moved() ?? { outcome: 'dumped', dump: dumpOf(this.#memory.state) };
  }

  /** Forgets the customer. Outbox rows stay until they are delivered: they are sums that name nobody. */
  async erase(call: CallFacts): Promise<Moved | { readonly outcome: 'erased' }> {
    const moved = this.#memory.moved();
    if (moved) return moved;
    await this.#wake.by(call.receivedAtMs + (this.#sampling.isHeld ? OUTBOX_BACKSTOP_MS : TOMBSTONE_MS));
    // The object's time: a decision of a moment ago, by a worker whose clock is ahead, is erased like the others.
    this.#memory.forget(call, objectNow(this.#memory.state, call.receivedAtMs));
    await this.#deliverSoon(call.receivedAtMs);
    return { outcome: 'erased' };
  }

  /** The receipt of a decision of this customer. */
  receipt(decisionId: string): ReceiptReply {
    return this.#memory.moved() ?? receiptOf(this.#sql, this.#memory.state, decisionId);
  }

  /** Whether the customer meets a condition now; null when nobody who is counted is here. */
  async matches(question: string, receivedAtMs: number): Promise<boolean | null> {
    const answer = matchesFor(this.#memory.state, question, receivedAtMs);
    // Asking made tables for somebody who is not there.
    if (!this.#memory.state.meta) await this.#memory.end();
    return answer;
  }

  /** This anonymous customer turned out to be another: from now on everything goes there, with a proof or as `word` has it. */
  async forward(call: CallFacts, to: string, word?: AddressWord): Promise<Moved> {
    // Should the caller not come back to hand the legacy over, the alarm does.
    await this.#wake.by(call.receivedAtMs + OUTBOX_BACKSTOP_MS);
    if (changesAddress(this.#memory.state.meta, to, word))
      this.#memory.transact(call, (store) => store.saveMeta(addressed(store.state, to, word)));
    return this.#memory.moved(call.receivedAtMs) as Moved;
  }

  /** Takes what an anonymous customer left; once per name. */
  async takeLegacy(call: CallFacts, legacy: Legacy): Promise<Moved | { readonly outcome: 'taken' }> {
    await this.#wake.look();
    const moved = this.#memory.moved();
    if (moved) return moved;
    this.#memory.transact(call, (store) => {
      if (this.#sql.exec('SELECT 1 FROM legacies WHERE from_name = ?', legacy.from).toArray().length > 0) return;
      this.#sql.exec('INSERT INTO legacies VALUES (?, ?, ?)', legacy.from, call.receivedAtMs, legacy.voidUntilMs);
      takeLegacy(store, legacy);
    });
    await this.#wakeForClaims();
    await this.#deliverSoon(call.receivedAtMs);
    return { outcome: 'taken' };
  }

  /** The known customer has the legacy: what is kept here is the address it moved to. */
  legacyTaken(call: CallFacts): void {
    const { meta } = this.#memory.state;
    if (!meta?.forwardTo || meta.legacyTaken) return;
    this.#memory.transact(call, (store) => {
      store.saveMeta({ ...meta, legacyTaken: true, profile: EMPTY_PROFILE });
      emptyTables(this.#sql);
    });
    this.#memory.drop();
  }

  /** Gives back what lapsed; backstop of the outboxes and of a hand-over, and the end of idle anonymous customers. */
  override async alarm(): Promise<void> {
    this.#wake.rang();
    const nowMs = Date.now();
    const { meta } = this.#memory.state;
    if (!meta) return;
    await this.#giveBackLapsed(nowMs);
    await this.#deliveries.deliver(meta);
    if (this.#deliveries.waiting) await this.#deliveries.reportBacklog(meta);
    const handedOver = await this.#handOver(nowMs);
    const settled = await this.#sampling.settle();
    if (handedOver && settled && !this.#deliveries.waiting && !this.#deliveries.reported) {
      this.#failures = 0;
      return this.#forgetWhatIsDue(nowMs);
    }
    // A part that is down has many customers waiting for it: they come back later and later, and not together.
    this.#failures += 1;
    await this.#wake.by(nowMs + OUTBOX_BACKSTOP_MS + backoffMs(this.#failures, Math.random()));
  }

  /** Settles the claims that lapsed, unless the customer moved: then they are the known customer's to settle. */
  async #giveBackLapsed(nowMs: number): Promise<void> {
    await this.#wake.look();
    const { meta, lastAtMs } = this.#memory.state;
    if (!meta || meta.forwardTo !== null) return;
    const lapsedMs = objectNow(this.#memory.state, nowMs);
    const dueMs = nextLapseMs(this.#memory.state);
    // Waking up by itself is no sign of life of the customer: their time goes on to where their claims lapsed, and no further.
    const facts: CallFacts = { ...meta, siteId: '', receivedAtMs: lastAtMs };
    if (dueMs !== null && dueMs <= lapsedMs) this.#memory.transact(facts, (store) => settleLapsed(store, lapsedMs));
    await this.#wakeForClaims();
  }

  /** Carries the legacy to the known customer when whoever linked the two did not come back; false when it must be tried again. */
  async #handOver(nowMs: number): Promise<boolean> {
    const moved = this.#memory.moved();
    if (!moved?.legacy) return true;
    const here = { ...(this.#memory.state.meta as CustomerMeta), siteId: '', receivedAtMs: nowMs };
    const there = { ...here, name: moved.to, anonymous: false };
    try {
      await customerStubByName(this.env, here.workspaceId, moved.to).takeLegacy(there, moved.legacy);
      this.legacyTaken(here);
      return true;
    } catch {
      return false;
    }
  }

  /** Ends tombstones whose last token has expired, and anonymous customers who have been idle for too long. */
  async #forgetWhatIsDue(nowMs: number): Promise<void> {
    const { meta, lastAtMs } = this.#memory.state;
    // An address that a customer moved to is kept: their devices go on using it.
    if (!meta || meta.forwardTo !== null) return;
    const call: CallFacts = { ...meta, siteId: '', receivedAtMs: nowMs };
    const empty = isEmpty(this.#memory.state);
    const idle = meta.anonymous && lastAtMs + ANONYMOUS_IDLE_MS <= nowMs;
    // Every token of what was erased has expired: the tombstone has done its work.
    const voided = meta.erasedAtMs === null || meta.erasedAtMs + TOMBSTONE_MS <= nowMs;
    if (empty && voided && (idle || meta.erasedAtMs !== null)) return this.#memory.end();
    if (!empty && idle) this.#memory.forget(call, nowMs);
    else if (voided && meta.erasedAtMs !== null)
      this.#memory.transact(call, (store) => store.saveMeta({ ...meta, erasedAtMs: null }));
    await this.#deliverSoon(nowMs);
    const { erasedAtMs } = this.#memory.state.meta as CustomerMeta;
    if (erasedAtMs !== null) await this.#wake.by(erasedAtMs + TOMBSTONE_MS);
    if (meta.anonymous && !idle) await this.#wake.by(lastAtMs + ANONYMOUS_IDLE_MS);
  }

  async #take<Item extends { readonly index: number }>(
    call: CallFacts,
    items: readonly Item[],
    take: (store: CustomerStore, items: readonly Item[]) => ReturnType<typeof takeEvents>,
  ): Promise<EventsReply> {
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const results = takeTogether(items, (some) => this.#memory.transact(call, (store) => take(store, some)));
    await this.#deliverSoon(call.receivedAtMs);
    return { outcome: 'taken', results };
  }

  /** Whatever is written after it gets its alarm in the same breath: a crash between the two would leave an outbox that nobody wakes up for. */
  async #wakeWhenIdle(call: CallFacts): Promise<void> {
    await this.#wake.look();
    const anonymous = this.#memory.state.meta?.anonymous ?? call.anonymous;
    if (anonymous) await this.#wake.by(call.receivedAtMs + ANONYMOUS_IDLE_MS);
  }

  /**
   * Wakes up for the next claim that may lapse. To be called right after the write, with the alarm looked up before it: writes that no await
   * separates are committed together, so there is no open claim without an alarm.
   */
  async #wakeForClaims(): Promise<void> {
    const dueMs = nextLapseMs(this.#memory.state);
    if (dueMs !== null) await this.#wake.by(dueMs);
  }

  /** The reply waits for the alarm to be set (the output gate sees to it), the delivery does not hold it up. */
  async #deliverSoon(receivedAtMs: number): Promise<void> {
    const { meta } = this.#memory.state;
    if (!meta || !this.#deliveries.waiting) return;
    await this.#wake.by(receivedAtMs + OUTBOX_BACKSTOP_MS);
    this.ctx.waitUntil(this.#deliveries.deliver(meta));
  }
}
