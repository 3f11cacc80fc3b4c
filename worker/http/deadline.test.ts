import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline, LATE } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  // In this order: a spy that goes later would bring the clock of this file back into another.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

function started(totalMs: number) {
  const behind: Promise<unknown>[] = [];
  const deadline = new Deadline(() => ({ waitUntil: (work) => behind.push(work) }), totalMs);
  return { deadline, behind };
}

describe('a deadline', () => {
  it('is no matter of work that comes in time: its end is what it is, and no timer is left', async () => {
    const { deadline, behind } = started(100);
    expect(await deadline.within(Promise.resolve('done'))).toBe('done');
    await expect(deadline.within(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect([behind.length, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('has late work go on behind the answer, and its error is nobody’s', async () => {
    const { deadline, behind } = started(100);
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise((_, reject) => {
      fail = reject;
    });
    const waited = deadline.within(work);
    await vi.advanceTimersByTimeAsync(99);
    expect(behind).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await waited).toBe(LATE);
    fail(new Error('late'));
    await expect(behind[0]).resolves.toBeUndefined();
  });

  it('counts from when it was made', async () => {
    const { deadline } = started(100);
    await vi.advanceTimersByTimeAsync(150);
    const waited = deadline.within(never);
    await vi.advanceTimersByTimeAsync(0);
    expect(await waited).toBe(LATE);
  });

  it('is no later where the clock was set back', async () => {
    const { deadline } = started(100);
    vi.setSystemTime(Date.now() - 3_600_000);
    const waited = deadline.within(never);
    await vi.advanceTimersByTimeAsync(100);
    expect(await waited).toBe(LATE);
  }, 1_000);

  it.each([
    ['the first to wait is late first', [0.5, 1]],
    ['the last to wait is late first', [1, 0.5]],
  ])('has one timer for all that is waited for; each is late at its time: %s', async (_, shares) => {
    const { deadline } = started(100);
    const late: number[] = [];
    const start = Date.now();
    for (const share of shares) void deadline.within(never, share).then(() => late.push(Date.now() - start));
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(50);
    expect([late, vi.getTimerCount()]).toEqual([[50], 1]);
    await vi.advanceTimersByTimeAsync(50);
    expect([late, vi.getTimerCount()]).toEqual([[50, 100], 0]);
  });

  it('sets no other timer where one rings before', () => {
    const { deadline } = started(100);
    const set = vi.spyOn(globalThis, 'setTimeout');
    void deadline.within(never);
    void deadline.within(never, 1.05);
    expect(set).toHaveBeenCalledTimes(1);
  });

  it('knows whether anybody waits by it', async () => {
    const { deadline } = started(100);
    const before = deadline.isWaited;
    const waited = deadline.within(never);
    const meanwhile = deadline.isWaited;
    await vi.advanceTimersByTimeAsync(100);
    expect([before, meanwhile, await waited, deadline.isWaited]).toEqual([false, true, LATE, false]);
  });

  it('keeps waiting for the others when some of it has come', async () => {
    const { deadline } = started(100);
    const other = deadline.within(never, 0.9);
    expect(await deadline.within(Promise.resolve(1), 0.5)).toBe(1);
    await vi.advanceTimersByTimeAsync(90);
    expect(await other).toBe(LATE);
  });
});
