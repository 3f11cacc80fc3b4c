/** How long a request may take: one deadline that everything it waits for shares. */

/**
 * A decision's request, from its receipt: a page shows its own content after 300 ms, and what is left of them after this is the way back
 * and the signing of what was decided. The first request of an isolate that is far from its publisher may not make it; the next one does.
 */
export const DECIDE_DEADLINE_MS = 250;
/** Feedback and events: whoever sends them keeps them until they are acknowledged, so waiting costs nobody anything but patience. */
export const FEEDBACK_DEADLINE_MS = 5_000;
/** Configuration and reports, which may publish a large catalog; less than clients and proxies commonly wait. */
export const ADMIN_DEADLINE_MS = 25_000;
/** Least and greatest deadline that the variable DECIDE_DEADLINE_MS may ask for: an object's answer takes some of it, a page waits for no more. */
const MIN_DECIDE_DEADLINE_MS = 20;
const MAX_DECIDE_DEADLINE_MS = 30_000;

/** No request is under way for so long, nor is what goes on behind it: whatever is of a later time was noted before the clock was set back. */
const MAX_UNDER_WAY_MS = 60_000;

/** Whether something was noted by a clock that has been set back since: nothing can be told from its age. @param nowMs when a request came */
export const isOfAnotherClock = (atMs: number, nowMs: number): boolean => atMs - nowMs > MAX_UNDER_WAY_MS;

/** Of the deadline of feedback, what one customer's object may take: those of the same request that answered are told as they are. */
export const CUSTOMER_SHARE = 0.9;

/** What {@link Deadline.within} says of work that did not come in time. */
export const LATE: unique symbol = Symbol('late');

/** The deadline of decisions in this deployment: {@link DECIDE_DEADLINE_MS}, unless its variable of that name holds another whole number. */
export function decideDeadlineMs(env: object): number {
  const told = Number((env as { readonly DECIDE_DEADLINE_MS?: unknown }).DECIDE_DEADLINE_MS);
  const fits = Number.isInteger(told) && told >= MIN_DECIDE_DEADLINE_MS && told <= MAX_DECIDE_DEADLINE_MS;
  return fits ? told : DECIDE_DEADLINE_MS;
}

/** Where work that is too late for its request goes on. */
export type Behind = Pick<ExecutionContext, 'waitUntil'>;

/** Somebody who waits for work, and when they stop. */
interface Wait {
  /** Since the request came. */
  readonly untilMs: number;
  readonly late: () => void;
}

/** The deadline of one request. It counts from when it is made. */
export class Deadline {
  readonly #behind: () => Behind;
  readonly #totalMs: number;
  readonly #startMs = Date.now();
  readonly #waits = new Set<Wait>();
  /** One for all that is waited for: each costs as much as a choice. It rings when the first of them is late, or before. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;

  /** @param behind asked for only when something is late */
  constructor(behind: () => Behind, totalMs: number) {
    this.#behind = behind;
    this.#totalMs = totalMs;
  }

  /** The end of the work, or {@link LATE} when the deadline comes first: then it goes on behind the answer, and its errors are nobody's. */
  within<T>(work: Promise<T>, share = 1): Promise<T | typeof LATE> {
    return new Promise((resolve, reject) => {
      const wait = {
        untilMs: share * this.#totalMs,
        late: () => {
          // First of all: whatever happens behind the answer, nobody waits any longer.
          resolve(LATE);
          this.#behind().waitUntil(work.catch(() => undefined));
        },
      };
      this.#waits.add(wait);
      this.#ringBy(wait.untilMs);
      work.then(
        (value) => {
          this.#leave(wait);
          resolve(value);
        },
        (error) => {
          this.#leave(wait);
          reject(error);
        },
      );
    });
  }

  /** Whether somebody waits by it. */
  get isWaited(): boolean {
    return this.#waits.size > 0;
  }

  /** @param untilMs since the request came */
  #ringBy(untilMs: number): void {
    if (this.#ringsAtMs <= untilMs) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#ringsAtMs = untilMs;
    // By a clock that was set back meanwhile nothing has passed, and not less.
    const passedMs = Math.max(0, Date.now() - this.#startMs);
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, untilMs - passedMs));
  }

  #ring(): void {
    const nowMs = this.#ringsAtMs;
    this.#ringsAtMs = Number.POSITIVE_INFINITY;
    for (const wait of this.#waits) {
      if (wait.untilMs > nowMs) this.#ringBy(wait.untilMs);
      else {
        this.#waits.delete(wait);
        wait.late();
      }
    }
  }

  /** A timer that nobody needs any more would keep its request open. */
  #leave(wait: Wait): void {
    this.#waits.delete(wait);
    if (this.#waits.size > 0) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#ringsAtMs = Number.POSITIVE_INFINITY;
  }
}
