/**
 * Answers of the database, remembered per isolate for a short while. Holds plain data only, never a promise: a promise belongs to the
 * request that made it.
 */

/** How long an answer counts as current: the longest a revoked key lives on, and a new one stays unknown. */
export const FRESH_MS = 10_000;
/** How long a good answer keeps serving while the database is silent. */
export const GRACE_MS = 60_000;
/** Answers remembered: some hundred bytes each; junk pushes out the oldest, never more than this. */
export const MAX_REMEMBERED = 5_000;

interface Remembered<T> {
  readonly answer: T | undefined;
  readonly atMs: number;
}

/** A bounded memory of look-ups; "there is none" is an answer too. */
export class RecentAnswers<T> {
  /** Oldest first. */
  readonly #answers = new Map<string, Remembered<T>>();

  /** The remembered answer, or a new one. Throws what `lookUp` throws when it fails and no good answer is young enough. */
  async find(name: string, lookUp: () => Promise<T | undefined>, nowMs: number): Promise<T | undefined> {
    const remembered = this.#answers.get(name);
    if (remembered && nowMs - remembered.atMs < FRESH_MS) return remembered.answer;
    try {
      const answer = await lookUp();
      this.#remember(name, { answer, atMs: nowMs });
      return answer;
    } catch (error) {
      if (remembered?.answer !== undefined && nowMs - remembered.atMs < GRACE_MS) return remembered.answer;
      throw error;
    }
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
