/**
 * Answers of the database, remembered per isolate for a short while. Holds plain data only, never a promise: a promise belongs to the
 * request that made it.
 */

import { type Deadline, isOfAnotherClock, LATE } from '../http/deadline.ts';

/** How long an answer counts as current: the longest a revoked key lives on, and a new one stays unknown. */
export const FRESH_MS = 10_000;
/** How long a good answer keeps serving while the database is silent. */
export const GRACE_MS = 60_000;
/** Of a request's deadline, what it waits for the database where a good answer is remembered: a slow one is as good as silent. */
const PATIENCE_SHARE = 0.4;
/** How long nobody asks again after a look-up that failed or was late: a database that struggles is not helped by every request's. */
export const RETRY_AFTER_MS = 1_000;
/** Answers remembered: some hundred bytes each; junk pushes out the oldest, never more than this. */
export const MAX_REMEMBERED = 5_000;

interface Remembered<T> {
  readonly answer: T | undefined;
  readonly atMs: number;
  /** When looking it up again failed or was late; 0 when it did not. */
  readonly failedAtMs: number;
}

/** A bounded memory of look-ups; "there is none" is an answer too. */
export class RecentAnswers<T> {
  /** Oldest first. */
  readonly #answers = new Map<string, Remembered<T>>();

  /** The remembered answer that nobody need be asked about; undefined when there is none. */
  fresh(name: string, nowMs: number): { readonly answer: T | undefined } | undefined {
    const remembered = this.#answers.get(name);
    if (!remembered || isOfAnotherClock(remembered.atMs, nowMs)) return undefined;
    return nowMs - remembered.atMs < FRESH_MS ? remembered : undefined;
  }

  /**
   * The remembered answer, or a new one; one that comes too late for this request is remembered for the next. Throws what `lookUp` throws
   * when it fails and no good answer is young enough; then, too, a look-up is waited for however long it takes.
   */
  async find(
    name: string,
    lookUp: () => Promise<T | undefined>,
    nowMs: number,
    deadline: Deadline,
  ): Promise<T | undefined> {
    const fresh = this.fresh(name, nowMs);
    if (fresh) return fresh.answer;
    const remembered = this.#answers.get(name);
    const looking = async (): Promise<T | undefined> => {
      const answer = await lookUp();
      this.#remember(name, { answer, atMs: nowMs, failedAtMs: 0 });
      return answer;
    };
    if (remembered?.answer === undefined || nowMs - remembered.atMs >= GRACE_MS) return looking();
    if (nowMs - remembered.failedAtMs < RETRY_AFTER_MS) return remembered.answer;
    const found = await deadline.within(looking(), PATIENCE_SHARE).catch(() => LATE);
    if (found !== LATE) return found as T | undefined;
    // Unless a later request has learned more meanwhile.
    if (this.#answers.get(name) === remembered) this.#answers.set(name, { ...remembered, failedAtMs: nowMs });
    return remembered.answer;
  }

  /** Forgets everything, as a new isolate would have it. */
  clear(): void {
    this.#answers.clear();
  }

  /** How many are remembered. */
  get size(): number {
    return this.#answers.size;
  }

  #remember(name: string, entry: Remembered<T>): void {
    this.#answers.delete(name);
    this.#answers.set(name, entry);
    if (this.#answers.size <= MAX_REMEMBERED) return;
    const oldest = this.#answers.keys().next();
    if (!oldest.done) this.#answers.delete(oldest.value);
  }
}
