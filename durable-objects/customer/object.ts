/** One customer: profile, touches, claims, decisions and receipts, outbox. Thin methods; what they do stands beside. */
import { DurableObject } from 'cloudflare:workers';
import type { StubSource } from '../shared/stub.ts';
import { Wake } from '../shared/wake.ts';
import { type AddressWord, addressed, changesAddress } from './address.ts';
import { Chores } from './chores.ts';
import { decideAndStore } from './decide.ts';
import { Deliveries } from './deliveries.ts';
import { keepTraits, takeEvents, takeFeedback, takeTogether } from './events.ts';
import { explainFor } from './explain.ts';
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
import type { CustomerStore } from './store.ts';
import { type Sql, Tables } from './tables.ts';
import { answerUnstored } from './unstored.ts';
import { objectNow } from './view.ts';
import { Waits } from './waits.ts';

export class CustomerObject extends DurableObject<StubSource> {
  readonly #sql: Sql;
  readonly #memory: Memory;
  readonly #wake: Wake;
  readonly #sampling: Sampling;
  readonly #chores: Chores;

  constructor(ctx: DurableObjectState, env: StubSource) {
    super(ctx, env);
    const tables = new Tables(ctx.storage);
    this.#sql = tables;
    const waits = new Waits(this.#sql);
    this.#wake = new Wake(ctx.storage);
    this.#memory = new Memory(ctx.storage, tables, waits, () => {
      if (this.#sampling.isDue) ctx.waitUntil(this.#sampling.settle());
    });
    this.#sampling = new Sampling(this.#sql, env, waits, () => this.#memory.state);
    const deliveries = new Deliveries(this.#sql, env, () => this.#memory.state.outbox, waits);
    const parts = { memory: this.#memory, wake: this.#wake, sampling: this.#sampling, deliveries, waits };
    this.#chores = new Chores(parts, env, ctx);
  }

  /** Decides, claims and stores; a repeated request id gets its first answer. */
  async decide(call: DecideCall): Promise<DecideReply> {
    const unstored = answerUnstored(this.#memory, call);
    if (unstored) return unstored;
    // Awaited before the checks: nothing may come between them and the act.
    if (!this.#isAwake(call)) await this.#wake.look();
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const shared = sharedFacts(call);
    if ('outcome' in shared) return shared;
    const answer = this.#memory.transact(call, (store) => decideAndStore(store, call, shared));
    const alarms = this.#alarmsAfter(call, call.purse !== undefined);
    if (alarms.length > 0) await Promise.all(alarms);
    return { outcome: 'decided', ...answer };
  }

  /** Why this customer would get what, now. */
  explain(call: DecideCall): ExplainReply {
    const moved = this.#memory.moved();
    if (moved) return moved;
    const shared = sharedFacts(call);
    return 'outcome' in shared ? shared : explainFor(this.#memory.seen, call, shared);
  }

  /** What models and conditions read of this customer, by path. */
  look(call: LookCall): LookReply {
    const moved = this.#memory.moved();
    if (moved) return moved;
    return lookUp(this.#memory.seen, call);
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
    await this.#lookForAlarm(call);
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved();
    if (moved) return moved;
    this.#memory.transact(call, (store) => replaceProfile(store, profile));
    return { outcome: 'stored' };
  }

  /** Keeps what the customer said of purposes; an anonymous one who wants no personalization, or of whom it is only said that consent is over (null), is forgotten. */
  async consent(call: CallFacts, said: Purposes | null, by: 'page' | 'server'): Promise<ConsentReply> {
    await this.#lookForAlarm(call);
    await this.#wakeWhenIdle(call);
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const anonymous = call.anonymous && (this.#memory.state.meta?.anonymous ?? true);
    if (anonymous && (!said || said.personalization === false)) return this.erase(call);
    return { outcome: said ? this.#memory.transact(call, (store) => keepPurposes(store, said, by)) : 'nobody' };
  }

  /** Everything held about the customer; null when there is nothing. */
  dump(): Moved | { readonly outcome: 'dumped'; readonly dump: CustomerDump | null } {
    return this.#memory.moved() ?? { outcome: 'dumped', dump: dumpOf(this.#memory.seen) };
  }

  /** Forgets the customer. Outbox rows stay until they are delivered: they are sums that name nobody. */
  async erase(call: CallFacts): Promise<Moved | { readonly outcome: 'erased' }> {
    const moved = this.#memory.moved();
    if (moved) return moved;
    await this.#wake.by(call.receivedAtMs + (this.#sampling.isHeld ? OUTBOX_BACKSTOP_MS : TOMBSTONE_MS));
    this.#chores.letGo(call.receivedAtMs);
    // The object's time: a decision of a moment ago, by a worker whose clock is ahead, is erased like the others.
    this.#memory.forget(call, objectNow(this.#memory.state, call.receivedAtMs));
    await this.#chores.deliverSoon(call.receivedAtMs);
    return { outcome: 'erased' };
  }

  /** Events that no shard has acknowledged, as far as this instance knows. */
  undelivered(): number {
    return this.#memory.state.outbox.waiting.length;
  }

  /** The receipt of a decision of this customer. */
  receipt(decisionId: string): ReceiptReply {
    return this.#memory.moved() ?? receiptOf(this.#sql, this.#memory.seen, decisionId);
  }

  /** Whether the customer meets a condition now; null when nobody who is counted is here. */
  matches(question: string, receivedAtMs: number): boolean | null {
    return matchesFor(this.#memory.seen, question, receivedAtMs);
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
      const { from, voidUntilMs } = legacy;
      const taken = this.#sql.exec('SELECT 1 FROM legacies WHERE from_name = ?', from).toArray().length > 0;
      if (taken) return;
      store.writer.exec('INSERT INTO legacies VALUES (?, ?, ?)', from, call.receivedAtMs, voidUntilMs);
      takeLegacy(store, legacy);
    });
    await this.#chores.wakeForClaims();
    await this.#chores.deliverSoon(call.receivedAtMs);
    return { outcome: 'taken' };
  }

  /** The known customer has the legacy: what is kept here is the address it moved to. */
  legacyTaken(call: CallFacts): void {
    this.#chores.legacyTaken(call);
  }

  /** Gives back what lapsed; backstop of the outboxes and of a hand-over, and the end of idle anonymous customers. */
  override alarm(): Promise<void> {
    return this.#chores.alarm();
  }

  async #take<Item extends { readonly index: number }>(
    call: CallFacts,
    items: readonly Item[],
    take: (store: CustomerStore, items: readonly Item[]) => ReturnType<typeof takeEvents>,
  ): Promise<EventsReply> {
    await this.#lookForAlarm(call);
    const moved = this.#memory.moved(call.receivedAtMs);
    if (moved) return moved;
    const results = takeTogether(items, (some) => this.#memory.transact(call, (store) => take(store, some)));
    await Promise.all(this.#alarmsAfter(call));
    return { outcome: 'taken', results };
  }

  /** Whatever is written after it gets its alarm in the same breath: a crash between the two would leave an outbox that nobody wakes up for. */
  async #lookForAlarm(call: CallFacts): Promise<void> {
    if (!this.#isAwake(call)) await this.#wake.look();
  }

  /** The same without waiting, where the alarm is known: nearly always, and nothing comes between then either. */
  #isAwake(call: CallFacts): boolean {
    this.#chores.letGo(call.receivedAtMs);
    return this.#wake.isKnown;
  }

  /** Sets what a write needs, the nearest first and all of it before the first await: mostly that is the only one, and of a known customer there is none. */
  #alarmsAfter(call: CallFacts, claims = false): Promise<void>[] {
    const alarms: Promise<void>[] = [];
    if (this.#chores.hasFresh) alarms.push(this.#chores.deliverSoon(call.receivedAtMs));
    if (claims) alarms.push(this.#chores.wakeForClaims());
    if (this.#isAnonymous(call)) alarms.push(this.#wakeWhenIdle(call));
    return alarms;
  }

  async #wakeWhenIdle(call: CallFacts): Promise<void> {
    if (this.#isAnonymous(call)) await this.#wake.by(call.receivedAtMs + ANONYMOUS_IDLE_MS);
  }

  #isAnonymous(call: CallFacts): boolean {
    return this.#memory.seen.meta?.anonymous ?? call.anonymous;
  }
}
