/** Carries the outbox to the shards, one run at a time, and tells the publisher when it cannot. */
import type { Delivery } from '../campaign/protocol.ts';
import { publisherStub, shardStub } from '../shared/calls.ts';
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { type Carrier, carrierOf, type Parcel } from './carrier.ts';
import {
  acknowledge,
  isFresh,
  isReadOut,
  isRiding,
  type Outbox,
  oldestUndeliveredAtMs,
  pendingDeliveries,
} from './outbox.ts';
import { addRows } from './outbox-load.ts';
import { oldestSettlementAtMs } from './settlements.ts';
import type { CustomerMeta } from './state.ts';
import type { Sql } from './tables.ts';
import { Waits } from './waits.ts';

/** Rounds that follow one commit; what is left then waits for the alarm. */
const MAX_ROUNDS = 20;

export class Courier {
  readonly #sql: Sql;
  readonly #env: StubSource;
  readonly #outbox: () => Outbox;
  readonly #waits: Waits;
  readonly #carrier: Carrier;
  #running: Promise<boolean> | undefined;
  #reporting = false;
  /** What was left with other objects last, and the last position in it. */
  #left: { readonly seq: number; readonly outbox: Outbox; readonly parcels: readonly Parcel[] } | undefined;

  /** @param outbox as it is now: it is read anew after a failure */
  constructor(sql: Sql, env: StubSource, outbox: () => Outbox, waits = new Waits(sql), carrier = carrierOf(env)) {
    this.#sql = sql;
    this.#env = env;
    this.#outbox = outbox;
    this.#waits = waits;
    this.#carrier = carrier;
  }

  /** Whether something waits to be delivered. */
  get waiting(): boolean {
    const { waiting, more } = this.#outbox();
    return waiting.length > 0 || more.size > 0;
  }

  /** Whether something waits that no alarm of before stands for. */
  get hasFresh(): boolean {
    return isFresh(this.#outbox());
  }

  /** Finds rows that memory does not know of. */
  lookAgain(): void {
    if (this.#waits.has('outbox')) addRows(this.#sql, this.#outbox());
  }

  /** Whether the health page shows a backlog of this customer. Stored: whoever is evicted meanwhile must still take it off. */
  get reported(): boolean {
    return this.#waits.reported;
  }

  /**
   * Delivers until the outbox is empty or something is out of reach; a second run at the same time would break the order, and is the first.
   *
   * @returns false when something stayed
   */
  deliver(meta: CustomerMeta): Promise<boolean> {
    this.#running ??= this.#run(meta).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * Delivers what waits right after the commit that put it there: along with what other objects of this isolate have for the same shards, where they do.
   * Never throws: the alarm stands for what does not arrive.
   *
   * @param sync resolves once all that was written is on disk
   * @returns false when something stayed, as far as is known
   */
  async deliverAlong(meta: CustomerMeta, sync: () => Promise<void>): Promise<boolean> {
    const outbox = this.#outbox();
    // What has a row of its own, or stands on the health page, has more to be done for it than letting go of it in memory.
    if (this.#running || this.reported || !isRiding(outbox)) return this.deliver(meta);
    if (this.#isLeft(outbox)) return true;
    const parcels = pendingDeliveries(outbox, meta.workspaceId, `${meta.name}:${meta.incarnation}`).map(
      (delivery): Parcel => ({ delivery, outbox, state: 'waiting' }),
    );
    this.#left = { seq: outbox.lastSeq, outbox, parcels };
    const along = parcels.filter(({ delivery }) => this.#carrier.isUnderWay(delivery));
    // One's own calls wait for one's own writes.
    const begun = parcels.filter((parcel) => !along.includes(parcel)).map((parcel) => this.#carrier.begin(parcel));
    if (along.length > 0) {
      await sync();
      for (const parcel of along) if (!this.#carrier.leave(parcel)) begun.push(this.#carrier.begin(parcel));
    }
    await Promise.all(begun);
    return parcels.every(({ state }) => state !== 'lost');
  }

  /** Whether all that waits is on its way with others, and none of it is known to be lost. */
  #isLeft({ lastSeq }: Outbox): boolean {
    const left = this.#left;
    return (
      left?.outbox === this.#outbox() && left.seq === lastSeq && left.parcels.every(({ state }) => state !== 'lost')
    );
  }

  async #run(meta: CustomerMeta): Promise<boolean> {
    let reached = true;
    for (let round = 0; round < MAX_ROUNDS && reached && this.waiting; round += 1) reached = await this.#round(meta);
    if (this.reported) await this.reportBacklog(meta);
    return !this.waiting;
  }

  /** One delivery to each destination; false when one was out of reach, which must not keep the others waiting. */
  async #round(meta: CustomerMeta): Promise<boolean> {
    let reached = true;
    if (isReadOut(this.#outbox())) addRows(this.#sql, this.#outbox());
    for (const delivery of pendingDeliveries(this.#outbox(), meta.workspaceId, `${meta.name}:${meta.incarnation}`))
      reached = (await this.#carry(delivery)) && reached;
    return reached;
  }

  async #carry(delivery: Delivery): Promise<boolean> {
    const { workspaceId, campaignId, shard } = delivery;
    try {
      const reply = await withRetry(async () =>
        (await shardStub(this.#env, workspaceId, campaignId, shard)).apply(delivery),
      );
      acknowledge(this.#sql, this.#outbox(), delivery, reply);
      return true;
    } catch {
      // The rows stay; the alarm that stands for them tries again.
      return false;
    }
  }

  /** Puts the age of the oldest undelivered row, for a shard or a ledger, on the health page, or takes it off. Two reports at a time could arrive in either order. */
  async reportBacklog(meta: CustomerMeta): Promise<void> {
    if (this.#reporting) return;
    this.#reporting = true;
    try {
      const waiting = [oldestUndeliveredAtMs(this.#outbox()), oldestSettlementAtMs(this.#sql)].filter(
        (at) => at !== null,
      );
      const oldest = waiting.length > 0 ? Math.min(...waiting) : null;
      // Before the call: one that failed on its way back was carried out all the same.
      if (oldest !== null) this.#noteReported();
      await (await publisherStub(this.#env, meta.workspaceId)).reportBacklog(meta.name, oldest);
      if (oldest !== null) return;
      this.#sql.exec('DELETE FROM reported');
      this.#waits.note('reported', false);
    } catch {
      // Only the health page is the poorer for it; the next alarm looks again.
    } finally {
      this.#reporting = false;
    }
  }

  #noteReported(): void {
    this.#sql.exec('INSERT OR IGNORE INTO reported VALUES (1)');
    this.#waits.note('reported', true);
  }
}
