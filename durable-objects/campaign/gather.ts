/** Group commit: what comes within a short time is committed together, and all who brought it are answered then. */

/**
 * Shortest time between two commits. A report to the root, which waits a second from the first delivery, begins with a commit and comes no later for it:
 * with the two before it that is three rows a second, 30 per 1,000 events at 100 events a second. What comes after a pause is committed at once.
 */
export const COMMIT_WINDOW_MS = 350;
/** Deliveries that one commit waits for at most: half of the calls that an isolate keeps under way to a shard, and a row of some 40 kB. */
export const MAX_GATHERED_DELIVERIES = 500;

/** Those who wait for the commit that comes next. */
interface Waiting {
  readonly done: Promise<void>;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
  size: number;
}

/** What time it is, and how to wait; given by tests. */
interface GatherHost {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

const platform: GatherHost = { now: () => Date.now(), wait: (ms) => scheduler.wait(ms) };

export class Gatherer {
  readonly #commit: () => void;
  readonly #host: GatherHost;
  #waiting: Waiting | null = null;
  #committedAtMs = Number.NEGATIVE_INFINITY;

  /** @param commit commits all that was brought so far, at once; when it throws, none of it is committed */
  constructor(commit: () => void, host: GatherHost = platform) {
    this.#commit = commit;
    this.#host = host;
  }

  /**
   * Resolves once all that was brought up to now is committed.
   *
   * @param deliveries that whoever joins has brought
   * @throws what the commit throws, for everybody who waits for it
   */
  async join(deliveries = 1): Promise<void> {
    const leftMs = this.#waiting ? 0 : this.#leftMs();
    if (!this.#waiting && leftMs <= 0) {
      this.#commitNow();
      return;
    }
    this.#waiting ??= this.#begin(leftMs);
    const { done } = this.#waiting;
    this.#waiting.size += deliveries;
    if (this.#waiting.size >= MAX_GATHERED_DELIVERIES) this.flush();
    await done;
  }

  /** Commits what waits, without waiting any longer; those who brought it hear how it went. */
  flush(): void {
    if (!this.#waiting) return;
    try {
      this.commit();
    } catch {
      // Whoever it concerns has been told.
    }
  }

  /**
   * Commits all that was brought up to now, also what nobody has joined for yet.
   *
   * @throws what the commit throws; those who wait hear it, too
   */
  commit(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    try {
      this.#commitNow();
      waiting?.committed();
    } catch (error) {
      waiting?.failed(error);
      throw error;
    }
  }

  #commitNow(): void {
    this.#committedAtMs = this.#host.now();
    this.#commit();
  }

  /** A clock that was put back does not make anybody wait longer. */
  #leftMs(): number {
    return Math.min(COMMIT_WINDOW_MS, this.#committedAtMs + COMMIT_WINDOW_MS - this.#host.now());
  }

  #begin(leftMs: number): Waiting {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { done: promise, committed: resolve, failed: reject, size: 0 };
    // What was flushed meanwhile is not waited for any more.
    void this.#host.wait(leftMs).then(() => this.#waiting === waiting && this.flush());
    return waiting;
  }
}
