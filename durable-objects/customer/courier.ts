/** Carries the outbox to the shards, one run at a time, and tells the publisher when it cannot. */
import { withRetry } from '../shared/retry.ts';
import type { StubSource } from '../shared/stub.ts';
import { publisherStub, shardStub } from '../shared/stub.ts';
import { acknowledge, oldestUndeliveredAtMs, pendingDeliveries } from './outbox.ts';
import type { CustomerMeta } from './state.ts';

/** Rounds that follow one commit; what is left then waits for the alarm. */
const MAX_ROUNDS = 20;

export class Courier {
  readonly #sql: SqlStorage;
  readonly #env: StubSource;
  #running = false;
  #reportedBacklog = false;

  constructor(sql: SqlStorage, env: StubSource) {
    this.#sql = sql;
    this.#env = env;
  }

  /** Whether something waits to be delivered. */
  get waiting(): boolean {
    return oldestUndeliveredAtMs(this.#sql) !== null;
  }

  /** Delivers until the outbox is empty or something is out of reach; a second run at the same time would break the order. */
  async deliver(meta: CustomerMeta): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let round = 0; round < MAX_ROUNDS && this.waiting; round += 1) await this.#round(meta);
      if (this.#reportedBacklog) await this.reportBacklog(meta);
    } catch {
      // The rows stay; the alarm that stands for them tries again.
    } finally {
      this.#running = false;
    }
  }

  async #round(meta: CustomerMeta): Promise<void> {
    for (const delivery of pendingDeliveries(this.#sql, meta.workspaceId, `${meta.name}:${meta.incarnation}`)) {
      const { workspaceId, campaignId, shard } = delivery;
      const reply = await withRetry(async () =>
        (await shardStub(this.#env, workspaceId, campaignId, shard)).apply(delivery),
      );
      acknowledge(this.#sql, delivery, reply);
    }
  }

  /** Puts the age of the oldest undelivered row on the health page, or takes it off. */
  async reportBacklog(meta: CustomerMeta): Promise<void> {
    const oldest = oldestUndeliveredAtMs(this.#sql);
    // Whatever comes of the call, the next run looks again.
    this.#reportedBacklog = true;
    try {
      await (await publisherStub(this.#env, meta.workspaceId)).reportBacklog(meta.name, oldest);
      this.#reportedBacklog = oldest !== null;
    } catch {
      // Only the health page is the poorer for it.
    }
  }
}
