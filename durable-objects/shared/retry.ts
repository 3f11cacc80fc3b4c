/** Repeats a call to another object when the way there failed. */

/** Two repeats ride out an object that moves or restarts; more would only add load to one that is down. */
export const MAX_RETRIES = 2;
/** Longest wait before the first repeat; doubles with each. */
export const RETRY_BASE_MS = 50;
/** No attempt begins later than this after the first: a page waits for no more, and whoever else asks is told to ask again. */
export const RETRY_BUDGET_MS = 300;

/** What the platform writes on the errors of calls to objects. */
interface CallError {
  /** The object has more work than it can take: repeating makes it worse. */
  readonly overloaded?: boolean;
  /** The call failed on its way, or the object was restarted under it. */
  readonly retryable?: boolean;
  /** The object's own code threw: it would throw again. */
  readonly remote?: boolean;
}

/** Time and chance of the retries; given by tests, the platform's otherwise. */
export interface RetryHost {
  readonly wait: (ms: number) => Promise<unknown>;
  readonly random: () => number;
  readonly now?: () => number;
}

const platform: RetryHost = { wait: (ms) => scheduler.wait(ms), random: Math.random };

/** Whether another attempt may help: never when the object is overloaded, nor when its own code refused. */
export function mayRetry(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { overloaded, retryable, remote } = error as CallError;
  if (overloaded) return false;
  return retryable === true || remote !== true;
}

/**
 * Runs a call up to three times within {@link RETRY_BUDGET_MS}, with full jitter in between.
 *
 * @param attempt makes a **fresh stub** each time (a stub whose call failed stays broken) and is **idempotent** (a call that failed may
 *   have been carried out)
 * @throws the last attempt's error
 */
export async function withRetry<T>(attempt: () => Promise<T>, host: RetryHost = platform): Promise<T> {
  const now = host.now ?? Date.now;
  const startMs = now();
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (retry >= MAX_RETRIES || !mayRetry(error)) throw error;
      const waitMs = host.random() * RETRY_BASE_MS * 2 ** retry;
      if (now() - startMs + waitMs >= RETRY_BUDGET_MS) throw error;
      await host.wait(waitMs);
    }
  }
}
