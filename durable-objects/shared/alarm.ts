/** The one alarm an object has, shared by whatever in it wants to be woken. */

/** First wait after a failure, as the platform's own retries have it. */
export const BACKOFF_FIRST_MS = 2_000;
/** Longest wait between two attempts: a part that was down is noticed within a minute of its return. */
export const BACKOFF_MAX_MS = 60_000;

/**
 * Sets the alarm at `atMs` unless one stands already: an alarm that waits out a back-off is not hurried by new work.
 *
 * Call it *before* the write whose work it stands for. A crash in between leaves an alarm with nothing to do, never work without an
 * alarm; nothing else can run in between, since only storage is awaited.
 */
export async function ensureAlarm(storage: DurableObjectStorage, atMs: number): Promise<void> {
  if ((await storage.getAlarm()) === null) await storage.setAlarm(atMs);
}

/**
 * How long to wait after the n-th failure in a row (from 1): doubling from 2 s to 60 s, of which the upper half is random, so that
 * everything that failed together does not come back together.
 *
 * @param random uniform in [0, 1)
 */
export function backoffMs(failures: number, random: number): number {
  // The exponent is bounded first: 2 ** 1024 is no number.
  const fullMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(fullMs * (0.5 + random / 2));
}
