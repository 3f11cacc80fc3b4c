/** What a customer's object does by itself: it wakes up, carries what waits, hands over, and ends what is over. */
import { backoffMs } from '../shared/alarm.ts';
import { customerStubByName } from '../shared/calls.ts';
import type { StubSource } from '../shared/stub.ts';
import type { Wake } from '../shared/wake.ts';
import { nextLapseMs, settleLapsed } from './claims.ts';
import type { Deliveries } from './deliveries.ts';
import { emptyTables } from './forget.ts';
import { ANONYMOUS_IDLE_MS, DELIVERY_WAKE_MS, OUTBOX_BACKSTOP_MS, TOMBSTONE_MS } from './limits.ts';
import type { Memory } from './memory.ts';
import { letGo } from './outbox.ts';
import type { CallFacts } from './protocol.ts';
import type { Sampling } from './sampling.ts';
import type { CustomerMeta } from './state.ts';
import { EMPTY_PROFILE, isEmpty } from './state.ts';
import { objectNow } from './view.ts';
import type { Waits } from './waits.ts';

/** Of one object. */
export interface Parts {
  readonly memory: Memory;
  readonly wake: Wake;
  readonly sampling: Sampling;
  readonly deliveries: Deliveries;
  readonly waits: Waits;
}

export class Chores {
  readonly #memory: Memory;
  readonly #wake: Wake;
  readonly #sampling: Sampling;
  readonly #deliveries: Deliveries;
  readonly #waits: Waits;
  readonly #env: StubSource;
  readonly #waitUntil: (promise: Promise<unknown>) => void;
  readonly #sync: () => Promise<void>;
  /** Alarms in a row that left something undelivered. */
  #failures = 0;

  /** @param ctx of the object */
  constructor(parts: Parts, env: StubSource, ctx: Pick<DurableObjectState, 'storage' | 'waitUntil'>) {
    this.#memory = parts.memory;
    this.#wake = parts.wake;
    this.#sampling = parts.sampling;
    this.#deliveries = parts.deliveries;
    this.#waits = parts.waits;
    this.#env = env;
    this.#waitUntil = (promise) => ctx.waitUntil(promise);
    this.#sync = () => ctx.storage.sync();
  }

  /** Gives back what lapsed; backstop of the outboxes and of a hand-over, and the end of idle anonymous customers. */
  async alarm(): Promise<void> {
    this.#wake.rang();
    // An alarm may ring twice, and behind the end of its customer there are no tables to look into.
    const { meta } = this.#memory.seen;
    if (!meta) return;
    // What storage holds and nobody carries is found now, whoever put it there.
    this.#waits.forget();
    this.#deliveries.lookAgain();
    const nowMs = Date.now();
    this.letGo(nowMs);
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
    await this.wakeForClaims();
  }

  /** Carries the legacy to the known customer when whoever linked the two did not come back; false when it must be tried again. */
  async #handOver(nowMs: number): Promise<boolean> {
    const moved = this.#memory.moved();
    if (!moved?.legacy) return true;
    const here = { ...(this.#memory.state.meta as CustomerMeta), siteId: '', receivedAtMs: nowMs };
    const there = { ...here, name: moved.to, anonymous: false };
    try {
      await customerStubByName(this.#env, here.workspaceId, moved.to).takeLegacy(there, moved.legacy);
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
    await this.deliverSoon(nowMs);
    const { erasedAtMs } = this.#memory.state.meta as CustomerMeta;
    if (erasedAtMs !== null) await this.#wake.by(erasedAtMs + TOMBSTONE_MS);
    if (meta.anonymous && !idle) await this.#wake.by(lastAtMs + ANONYMOUS_IDLE_MS);
  }

  /** Lets go of evidence that was delivered long ago: told once more, a shard that has forgotten it would report it as lost. */
  letGo(nowMs: number): void {
    letGo(this.#memory.seen.outbox, nowMs, () => this.#deliveries.reported);
  }

  /** The known customer has the legacy: what is kept here is the address it moved to. */
  legacyTaken(call: CallFacts): void {
    const { meta } = this.#memory.state;
    if (!meta?.forwardTo || meta.legacyTaken) return;
    this.letGo(call.receivedAtMs);
    this.#memory.transact(call, (store) => {
      store.saveMeta({ ...meta, legacyTaken: true, profile: EMPTY_PROFILE });
      emptyTables(store.writer, store.state);
    });
    this.#memory.drop();
  }

  /**
   * Wakes up for the next claim that may lapse. To be called right after the write, with the alarm looked up before it: writes that no await
   * separates are committed together, so there is no open claim without an alarm.
   */
  async wakeForClaims(): Promise<void> {
    const dueMs = nextLapseMs(this.#memory.state);
    if (dueMs !== null) await this.#wake.by(dueMs);
  }

  /** Whether {@link deliverSoon} has anything to do. */
  get hasFresh(): boolean {
    return this.#deliveries.fresh;
  }

  /**
   * The reply waits for the alarm to be set (the output gate sees to it), the delivery does not hold it up. The alarm is for a crash right behind the
   * answer, or a part that is down: all that a page reports within seconds shares it.
   */
  async deliverSoon(receivedAtMs: number): Promise<void> {
    const { meta } = this.#memory.state;
    if (!meta || !this.hasFresh) return;
    this.letGo(receivedAtMs);
    await this.#wake.by(receivedAtMs + DELIVERY_WAKE_MS);
    this.#waitUntil(this.#deliver(meta, receivedAtMs));
  }

  async #deliver(meta: CustomerMeta, receivedAtMs: number): Promise<void> {
    if (!(await this.#deliveries.deliverSoon(meta, this.#sync))) await this.#wake.by(receivedAtMs + OUTBOX_BACKSTOP_MS);
  }
}
