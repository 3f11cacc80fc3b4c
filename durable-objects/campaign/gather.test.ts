/** Who is answered when, and how often anything is committed. */
import { describe, expect, test } from 'vitest';
import { COMMIT_WINDOW_MS, Gatherer, MAX_GATHERED_DELIVERIES } from './gather.ts';

/** A gatherer whose time is a number and whose waits end by hand. */
function scene() {
  const state = { nowMs: 1_000_000, commits: 0, broken: false, answered: 0, failed: 0 };
  const waits: { ms: number; end: () => void }[] = [];
  const gatherer = new Gatherer(
    () => {
      state.commits += 1;
      if (state.broken) throw new Error('disk is full');
    },
    { now: () => state.nowMs, wait: (ms) => new Promise<void>((end) => waits.push({ ms, end })) },
  );
  const join = () =>
    gatherer.join().then(
      () => {
        state.answered += 1;
      },
      () => {
        state.failed += 1;
      },
    );
  /** Ends the oldest wait. */
  const elapse = async () => {
    const wait = waits.shift()!;
    state.nowMs += wait.ms;
    wait.end();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { state, waits, gatherer, join, elapse };
}

describe('a delivery', () => {
  test('that comes after a pause is committed at once', async () => {
    const { state, waits, join } = scene();
    await join();
    state.nowMs += COMMIT_WINDOW_MS;
    await join();
    expect([state.commits, state.answered, waits.length]).toEqual([2, 2, 0]);
  });

  test('that comes within the window waits for its end, with all others that do, and is one commit with them', async () => {
    const { state, waits, join, elapse } = scene();
    await join();
    state.nowMs += 100;
    const all = [join(), join(), join()];
    expect(waits.map(({ ms }) => ms)).toEqual([COMMIT_WINDOW_MS - 100]);
    await Promise.resolve();
    expect([state.commits, state.answered]).toEqual([1, 1]);
    await elapse();
    await Promise.all(all);
    expect([state.commits, state.answered]).toEqual([2, 4]);
  });

  test(`that is the ${MAX_GATHERED_DELIVERIES}th waits no longer, and the wait that stood commits nothing more`, async () => {
    const { state, join, elapse } = scene();
    await join();
    const all = Array.from({ length: MAX_GATHERED_DELIVERIES }, join);
    await Promise.all(all);
    expect([state.commits, state.answered]).toEqual([2, MAX_GATHERED_DELIVERIES + 1]);
    await elapse();
    expect(state.commits).toBe(2);
  });

  test('waits no longer than the window when the clock is put back', async () => {
    const { state, waits, join } = scene();
    await join();
    state.nowMs -= 60_000;
    void join();
    expect(waits.map(({ ms }) => ms)).toEqual([COMMIT_WINDOW_MS]);
  });
});

describe('a commit that fails', () => {
  test('fails everybody who waits for it, and nobody who comes after', async () => {
    const { state, join, elapse } = scene();
    await join();
    const all = [join(), join()];
    state.broken = true;
    await elapse();
    await Promise.all(all);
    expect([state.answered, state.failed]).toEqual([1, 2]);
    state.broken = false;
    const next = join();
    await elapse();
    await next;
    expect([state.answered, state.failed]).toEqual([2, 2]);
  });

  test('at once fails the one who brought it', async () => {
    const { state, join } = scene();
    state.broken = true;
    await join();
    expect([state.answered, state.failed]).toEqual([0, 1]);
  });

  test('that is asked for takes along what nobody has joined for, and tells whoever asks and whoever waits', async () => {
    const { state, gatherer, join, elapse } = scene();
    gatherer.commit();
    const waiting = join();
    state.broken = true;
    expect(() => gatherer.commit()).toThrow('disk is full');
    await waiting;
    // Nobody is left to be told.
    gatherer.flush();
    await elapse();
    expect([state.commits, state.answered, state.failed]).toEqual([2, 0, 1]);
  });

  test('waits no longer for one delivery than for a bundle of as many', async () => {
    const { state, gatherer, join } = scene();
    await join();
    await gatherer.join(MAX_GATHERED_DELIVERIES);
    expect(state.commits).toBe(2);
  });
});
