/** Calls under way to objects, counted by object and in all. Bounded: what is refused here waits in no queue. Time is handed in. */

/**
 * A call that was not answered for so long no longer counts: a request whose client hung up ends without its calls ever being told of, and would be
 * counted for ever. More than feedback's deadline, after which nobody waits.
 */
export const MAX_CALL_MS = 6_000;

/** One call. */
export interface CallUnderWay {
  readonly name: string;
  readonly ticket: number;
  readonly sinceMs: number;
}

/** The calls of one isolate. */
export class UnderWay {
  /** Oldest first. */
  readonly #calls = new Set<CallUnderWay>();
  readonly #byName = new Map<string, number>();

  /** Calls to one object. */
  to(name: string): number {
    return this.#byName.get(name) ?? 0;
  }

  /** All of them. */
  get size(): number {
    return this.#calls.size;
  }

  /** Counts a call until it {@link ends} or is too old. */
  begins(name: string, ticket: number, nowMs: number): CallUnderWay {
    const call = { name, ticket, sinceMs: nowMs };
    this.#calls.add(call);
    this.#byName.set(name, this.to(name) + 1);
    return call;
  }

  /** Counts it no more; nothing when it was too old already. */
  ends(call: CallUnderWay): void {
    if (!this.#calls.delete(call)) return;
    const left = this.to(call.name) - 1;
    if (left > 0) this.#byName.set(call.name, left);
    else this.#byName.delete(call.name);
  }

  /** Lets go of what nobody will hear of any more: each call is looked at once. */
  expired(nowMs: number): CallUnderWay[] {
    const old: CallUnderWay[] = [];
    for (const call of this.#calls) {
      if (nowMs - call.sinceMs < MAX_CALL_MS) break;
      old.push(call);
    }
    for (const call of old) this.ends(call);
    return old;
  }
}
