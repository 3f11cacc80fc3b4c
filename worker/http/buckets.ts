/** Token buckets by name, as many as fit. Time is handed in. */

import { isOfAnotherClock } from './deadline.ts';

/** Names that are remembered, some hundred bytes each: a few megabytes in all. The one asked longest ago goes first; its bucket was full again, or will be. */
export const MAX_BUCKETS = 20_000;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** So many a second of each name, and a burst of what some seconds would have given. */
export class Buckets {
  /** Who asked longest ago first. A bucket that is full is no different from one that is not here. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #burstSeconds: number;

  constructor(burstSeconds: number) {
    this.#burstSeconds = burstSeconds;
  }

  /**
   * Takes one.
   *
   * @param perSecond above 0
   * @returns 0 when there was one, else the milliseconds until there is
   */
  take(name: string, perSecond: number, nowMs: number): number {
    const most = perSecond * this.#burstSeconds;
    const before = this.#buckets.get(name) ?? { tokens: most, atMs: nowMs };
    // A request that came before another fills nothing, and takes nothing; a clock that was set back begins anew there.
    const fromMs = isOfAnotherClock(before.atMs, nowMs) ? nowMs : before.atMs;
    const passedMs = Math.max(0, nowMs - fromMs);
    const tokens = Math.min(most, before.tokens + (passedMs * perSecond) / 1_000);
    const isThere = tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: isThere ? tokens - 1 : tokens, atMs: Math.max(nowMs, fromMs) });
    this.#forget();
    return isThere ? 0 : ((1 - tokens) * 1_000) / perSecond;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #forget(): void {
    if (this.#buckets.size <= MAX_BUCKETS) return;
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}
