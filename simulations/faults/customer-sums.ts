/** What one customer should have told the shards, by a perfect observer, and what they did tell. */
import { NAMED_AT } from '../../durable-objects/customer/decision-rows.ts';
import { Observer } from '../../durable-objects/customer/testing/oracle.ts';
import type { SimulatedObject } from './object.ts';
import { addAll, addTo, fieldsOf, type Sums } from './sums.ts';

/** Sums by source, which no decision is made of: who reported is not the observer's affair. */
const BY_SOURCE = /^source:/;

type OutboxRow = {
  seq: number;
  campaign_id: string;
  leaf: string;
  arm: string;
  hour: number;
  change: string;
  sums: string | null;
};

export class CustomerSums {
  readonly #object: SimulatedObject;
  /** Everything that was ever written to the outbox, by cell. */
  readonly enqueued: Sums = {};
  /** Sums of lives before the customer was erased. */
  readonly #before: Sums = {};
  /** Of the life that they lead. */
  observer = new Observer();
  #seq = 0;

  constructor(object: SimulatedObject) {
    this.#object = object;
  }

  /** What of its own the object should have told. */
  expected(): Sums {
    const sums: Sums = {};
    addAll(sums, this.#before);
    addAll(sums, this.#observed());
    return sums;
  }

  /** What of its own it has told, without what only judges sources. */
  told(): Sums {
    const sums: Sums = {};
    for (const [cell, change] of Object.entries(this.enqueued))
      addTo(sums, cell, Object.fromEntries(Object.entries(change).filter(([field]) => !BY_SOURCE.test(field))));
    return sums;
  }

  /** The customer was erased: what was counted stays counted. */
  forget(): void {
    addAll(this.#before, this.#observed());
    this.observer = new Observer();
  }

  /** The object's tables are new. */
  restart(): void {
    this.#seq = 0;
  }

  /** Reads what was written to the outbox since. */
  read(): void {
    // An alarm may be set before anything is written.
    const isThere = this.#object.database.exec("SELECT 1 FROM sqlite_master WHERE name = 'decisions'", []);
    if (isThere.toArray().length === 0) return;
    const rows = this.#object.database
      .exec(
        `SELECT seq, campaign_id, leaf, arm, hour, change, sums FROM outbox WHERE seq > ?1
         UNION SELECT e.value ->> '$.seq', e.value ->> '$.campaignId', e.value ->> '$.leaf', e.value ->> '$.arm', e.value ->> '$.hour',
           e.value -> '$.change', e.value -> '$.sums' FROM decisions, json_each(decision, '$[${NAMED_AT}].out.events') AS e WHERE e.value ->> '$.seq' > ?1
         ORDER BY seq`,
        [this.#seq],
      )
      .toArray() as OutboxRow[];
    for (const { seq, campaign_id, leaf, arm, hour, change, sums } of rows) {
      this.#seq = seq;
      const cell = `${campaign_id} ${leaf} ${arm} ${hour}`;
      addTo(this.enqueued, cell, JSON.parse(change) as Record<string, number>);
      if (sums !== null) addTo(this.enqueued, cell, fieldsOf(JSON.parse(sums) as Record<string, number[]>));
    }
  }

  #observed(): Sums {
    const sums: Sums = {};
    addAll(sums, this.observer.sums());
    for (const [cell, named] of Object.entries(this.observer.namedSums())) addTo(sums, cell, fieldsOf(named));
    return sums;
  }
}
