/**
 * Circuit breakers, one an object: whoever does not answer is left alone for a moment, then asked by one call first. Time and chance are handed in.
 * Only objects in trouble are remembered.
 */

/** Failures in a row that open a breaker: more than one request makes with its retries, so that it takes two to say so. */
export const MAX_FAILURES = 5;
/** Failures further apart are not one trouble: an object that nobody reached for a minute is tried afresh. */
export const BREAK_WINDOW_MS = 60_000;
/** Longest first rest, about what an object takes to restart; doubles each time that the call which tries it fails … */
export const FIRST_BREAK_MS = 200;
/** … up to this one: what is well again is noticed within the promised five seconds. */
export const LONGEST_BREAK_MS = 5_000;
/** A call that tries an object and is not answered for so long has failed: its caller may be gone. */
export const PROBE_MS = 2_000;
/** Objects in trouble that are remembered, some hundred bytes each; beyond it the one that failed longest ago is forgotten. */
export const MAX_BREAKERS = 2_000;

interface Trouble {
  failures: number;
  /** Rests since the last answer. */
  rests: number;
  /** Nobody calls before. 0 while it is closed. */
  openUntilMs: number;
  /** When the call that tries it began. */
  probedAtMs: number | undefined;
  failedAtMs: number;
  /** Calls with a ticket up to this one were under way when it failed last: they fail together, and count once. */
  counted: number;
}

/** What became of a call: `overloaded` opens at once, since the platform says that more calls make it worse. */
export type Failure = 'lost' | 'overloaded';

/** The breakers of one isolate. */
export class Breakers {
  /** Who failed longest ago first. */
  readonly #troubles = new Map<string, Trouble>();
  #tickets = 0;

  /** A ticket for a call that may be made now; undefined when the object is to be left alone. */
  begin(name: string, nowMs: number): number | undefined {
    const trouble = this.#troubles.get(name);
    if (trouble && trouble.openUntilMs > 0) {
      const isTried = trouble.probedAtMs !== undefined && nowMs - trouble.probedAtMs < PROBE_MS;
      if (nowMs < trouble.openUntilMs || isTried) return undefined;
      trouble.probedAtMs = nowMs;
    }
    this.#tickets += 1;
    return this.#tickets;
  }

  /** The object answered, by a result or by an error of its own: it is there. An answer from before it failed says nothing of after. */
  answered(name: string, ticket: number): void {
    const trouble = this.#troubles.get(name);
    if (!trouble || (trouble.openUntilMs > 0 && ticket <= trouble.counted)) return;
    this.#troubles.delete(name);
  }

  /** @param chance from 0 to 1: isolates that began to rest together do not try together */
  failed(name: string, ticket: number, failure: Failure, nowMs: number, chance: number): void {
    const before = this.#troubles.get(name);
    if (before && ticket <= before.counted) return;
    const goesOn = before !== undefined && nowMs - before.failedAtMs < BREAK_WINDOW_MS;
    const failures = (goesOn ? before.failures : 0) + (failure === 'overloaded' ? MAX_FAILURES : 1);
    const opens = failures >= MAX_FAILURES;
    const rests = (goesOn ? before.rests : 0) + (opens ? 1 : 0);
    const restMs = Math.min(LONGEST_BREAK_MS, FIRST_BREAK_MS * 2 ** (rests - 1)) * (0.5 + 0.5 * chance);
    this.#remember(name, {
      ...{ failures, rests, failedAtMs: nowMs, probedAtMs: undefined, counted: this.#tickets },
      openUntilMs: opens ? nowMs + restMs : 0,
    });
  }

  /** Objects in trouble. */
  get size(): number {
    return this.#troubles.size;
  }

  #remember(name: string, trouble: Trouble): void {
    this.#troubles.delete(name);
    this.#troubles.set(name, trouble);
    if (this.#troubles.size <= MAX_BREAKERS) return;
    const oldest = this.#troubles.keys().next();
    if (!oldest.done) this.#troubles.delete(oldest.value);
  }
}
