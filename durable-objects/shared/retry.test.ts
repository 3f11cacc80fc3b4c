import { describe, expect, test } from 'vitest';
import { MAX_RETRIES, RETRY_BASE_MS, withRetry } from './retry.ts';

/** Fails as told, then answers; keeps what it was asked to wait. */
function scene(failures: readonly object[]) {
  const waitsMs: number[] = [];
  let calls = 0;
  const host = { wait: async (ms: number) => waitsMs.push(ms), random: () => 1 };
  const attempt = async () => {
    const failure = failures[calls];
    calls += 1;
    if (failure) throw failure;
    return 'answer';
  };
  return { waitsMs, calls: () => calls, run: () => withRetry(attempt, host) };
}

describe('withRetry', () => {
  test('answers at once when the first attempt does', async () => {
    const { run, calls } = scene([]);
    expect(await run()).toBe('answer');
    expect(calls()).toBe(1);
  });

  test('repeats a call that was lost on its way, waiting longer each time', async () => {
    const { run, calls, waitsMs } = scene([{ retryable: true }, new Error('Network connection lost.')]);
    expect(await run()).toBe('answer');
    expect(calls()).toBe(3);
    expect(waitsMs).toEqual([RETRY_BASE_MS, 2 * RETRY_BASE_MS]);
  });

  test('gives up with the last error after two repeats', async () => {
    const lost = { retryable: true };
    const { run, calls } = scene([lost, lost, lost, lost]);
    await expect(run()).rejects.toBe(lost);
    expect(calls()).toBe(1 + MAX_RETRIES);
  });

  test.each([
    ['an overloaded object', { overloaded: true, retryable: true }],
    ["an object's own refusal", { remote: true }],
  ])('never repeats after %s', async (_title, error) => {
    const { run, calls } = scene([error]);
    await expect(run()).rejects.toBe(error);
    expect(calls()).toBe(1);
  });
});
