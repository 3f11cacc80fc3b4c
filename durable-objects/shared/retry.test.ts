import { describe, expect, test } from 'vitest';
import { MAX_RETRIES, RETRY_BASE_MS, RETRY_BUDGET_MS, withRetry } from './retry.ts';

/** Fails as told, then answers; keeps what it was asked to wait. */
function scene(failures: readonly object[], attemptMs = 0) {
  const waitsMs: number[] = [];
  let calls = 0;
  let nowMs = 0;
  const host = { now: () => nowMs, wait: async (ms: number) => waitsMs.push(ms), random: () => 1 };
  const attempt = async () => {
    const failure = failures[calls];
    nowMs += attemptMs;
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

  test('begins no attempt later than its budget allows', async () => {
    const lost = { retryable: true };
    const slow = scene([lost, lost, lost], RETRY_BUDGET_MS - RETRY_BASE_MS);
    await expect(slow.run()).rejects.toBe(lost);
    expect(slow.calls()).toBe(1);
    const quicker = scene([lost, lost, lost], RETRY_BUDGET_MS - RETRY_BASE_MS - 1);
    await expect(quicker.run()).rejects.toBe(lost);
    expect(quicker.calls()).toBe(2);
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
