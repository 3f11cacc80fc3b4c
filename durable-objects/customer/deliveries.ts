/** All that leaves a customer's object by itself: statistics, settlements, lines of the decision log. Each keeps its own rows, and none holds up another. */
import type { StubSource } from '../shared/stub.ts';
import { Courier } from './courier.ts';
import { SETTLE_TIMEOUT_MS } from './limits.ts';
import { LogSender } from './log-sender.ts';
import type { Outbox } from './outbox.ts';
import type { CustomerMeta } from './state.ts';
import type { Sql } from './tables.ts';
import { Teller } from './teller.ts';
import type { Waits } from './waits.ts';

export class Deliveries {
  readonly #courier: Courier;
  readonly #teller: Teller;
  readonly #log: LogSender;

  constructor(sql: Sql, env: StubSource, outbox: () => Outbox, waits: Waits) {
    this.#courier = new Courier(sql, env, outbox, waits);
    this.#teller = new Teller(sql, env, SETTLE_TIMEOUT_MS, waits);
    this.#log = new LogSender(sql, env, waits);
  }

  /** Whether something waits to be delivered. */
  get waiting(): boolean {
    return this.#courier.waiting || this.#teller.waiting || this.#log.waiting;
  }

  /** Whether something waits that no alarm of before stands for. */
  get fresh(): boolean {
    return this.#courier.hasFresh || this.#teller.waiting || this.#log.waiting;
  }

  /** Finds what memory does not know of. */
  lookAgain(): void {
    this.#courier.lookAgain();
  }

  /** Whether the health page shows a backlog of this customer. */
  get reported(): boolean {
    return this.#courier.reported;
  }

  /**
   * Delivers what can be delivered; the rest stays. Never throws.
   *
   * @returns false when statistics stayed
   */
  async deliver(meta: CustomerMeta): Promise<boolean> {
    const [told] = await Promise.all([
      this.#courier.deliver(meta),
      this.#teller.deliver(meta),
      this.#log.deliver(meta),
    ]);
    return told;
  }

  /** The same right after a commit: statistics along with those of other objects. @param sync resolves once all that was written is on disk */
  async deliverSoon(meta: CustomerMeta, sync: () => Promise<void>): Promise<boolean> {
    const [told] = await Promise.all([
      this.#courier.deliverAlong(meta, sync),
      this.#teller.deliver(meta),
      this.#log.deliver(meta),
    ]);
    return told;
  }

  /** Puts the age of what waits on the health page, or takes it off. */
  reportBacklog(meta: CustomerMeta): Promise<void> {
    return this.#courier.reportBacklog(meta);
  }
}
