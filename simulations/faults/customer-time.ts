/** What the time of one customer's object may be, from what it was told and what it has on its disk. */
import { CLAIM_AT, NAMED_AT } from '../../durable-objects/customer/decision-rows.ts';
import { MAX_CLIENT_AGE_MS } from '../../durable-objects/customer/limits.ts';
import type { SimulatedObject } from './object.ts';

/** A moment that a client told, as an object whose time is `nowMs` believes it. */
export function believed(nowMs: number, clientAtMs: number | undefined): number {
  return Math.min(nowMs, Math.max(clientAtMs ?? nowMs, nowMs - MAX_CLIENT_AGE_MS));
}

/** The time of one object, over all its instances. */
export class CustomerTime {
  readonly #object: SimulatedObject;
  #generation = -1;
  /** What a restarted object knows of time. */
  #storedMs = 0;
  /** What the running instance has seen. */
  #liveMs = 0;

  constructor(object: SimulatedObject) {
    this.#object = object;
  }

  /** A commit is looked at: of another instance, perhaps. */
  begin(): void {
    const { generation } = this.#object;
    if (generation !== this.#generation) this.#liveMs = this.#storedMs;
    this.#generation = generation;
  }

  /** A call was received: the object's time from then on, at least. */
  received(atMs: number): number {
    this.saw(atMs);
    return this.#liveMs;
  }

  /** Something happened, or was told to have. */
  saw(atMs: number): void {
    this.#liveMs = Math.max(this.#liveMs, atMs);
  }

  /** A commit was looked at: what is stored takes the object's time along. */
  end(): void {
    this.#storedMs = this.storedMs();
    this.saw(this.#storedMs);
  }

  /**
   * Whether something is dated as it must be.
   *
   * @param nowMs the object's time when it was told of it, at least; of what was written down together, the earlier may have taken it along
   * @param clientAtMs what a client said
   * @param earliestMs no moment before this, whatever the client said
   */
  isRight(atMs: number, nowMs: number, clientAtMs: number | undefined, earliestMs = 0): boolean {
    const [from, to] = [nowMs, this.latest(nowMs)].map((ms) => Math.max(earliestMs, believed(ms, clientAtMs)));
    return atMs >= (from as number) && atMs <= (to as number);
  }

  /** The object's time within the commit that is looked at, at most. */
  latest(nowMs: number): number {
    return Math.max(nowMs, this.storedMs());
  }

  /** The latest moment that the object finds on its disk. */
  storedMs(): number {
    const { database } = this.#object;
    const late = ['behaviour', 'outcomes', 'blanks'].filter((table) => database.has(table));
    const rows = database
      .exec(
        `SELECT max(at_ms) AS at_ms FROM decisions ${late.map((table) => `UNION ALL SELECT max(at_ms) FROM ${table} `).join('')}
         UNION ALL SELECT max(e.value ->> '$.atMs') FROM decisions, json_each(decision, '$[${NAMED_AT}].reached') AS e
         UNION ALL SELECT max(created_at_ms, last_at_ms) FROM meta
         UNION ALL SELECT max(max(coalesce(decision ->> '$[${NAMED_AT}].exposedAtMs', 0), coalesce(decision ->> '$[${NAMED_AT}].dispatchedAtMs', 0),
           CASE decision ->> '$[${NAMED_AT}].settled' WHEN 'void' THEN at_ms + (decision ->> '$[${CLAIM_AT}]') + 1 ELSE 0 END)) FROM decisions`,
        [],
      )
      .toArray() as { at_ms: number | null }[];
    return rows.reduce((latestMs, { at_ms }) => Math.max(latestMs, at_ms ?? 0), 0);
  }
}
