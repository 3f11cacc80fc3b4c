import { describe, expect, test } from 'vitest';
import { MAX_DAY_NUMBERS, NETWORK_NAMES, NetworkTrials, remains, type TrialMark } from './network-trials.ts';

const DAY = 20_000;
const named = (name: number, day = DAY): number => day * NETWORK_NAMES + name;
const mark = (trial: number, name = 7, most = 2, day = DAY): TrialMark => [named(name, day), trial, most];

/** Counts over rows that a map holds. */
function counts(rows = new Map<number, Uint32Array>()) {
  const trials = new NetworkTrials((day) => rows.get(day));
  const store = () => {
    for (const [day, packed] of trials.changed()) rows.set(day, packed);
  };
  return { trials, rows, store };
}

describe('trials of a network', () => {
  test('are admitted up to its bound; what comes of one meets the verdict of its trial, however often and late it comes', () => {
    const { trials } = counts();
    expect([1, 2, 3].map((trial) => trials.admits(mark(trial), true))).toEqual([true, true, false]);
    for (const begins of [false, true, false])
      expect([1, 2, 3].map((trial) => trials.admits(mark(trial), begins))).toEqual([true, true, false]);
  });

  test('are counted for each network, and anew with each day', () => {
    const { trials } = counts();
    for (const [name, day] of [
      [7, DAY],
      [8, DAY],
      [7, DAY + 1],
      [NETWORK_NAMES - 1, DAY],
    ] as const)
      expect([1, 2, 3].map((trial) => trials.admits(mark(trial, name, 2, day), true))).toEqual([true, true, false]);
  });

  test('take no place by what came of one that is not known: it counts where there is room', () => {
    const { trials } = counts();
    expect([1, 2, 3].map((trial) => trials.admits(mark(trial), false))).toEqual([true, true, true]);
    expect(trials.taken()).toEqual([]);
    expect([4, 5, 6].map((trial) => trials.admits(mark(trial), true))).toEqual([true, true, false]);
    expect(trials.admits(mark(1), false)).toBe(false);
  });

  test('are the same after the object began anew, from its rows and from what was told since', () => {
    const { trials, rows, store } = counts();
    trials.admits(mark(1), true);
    store();
    trials.taken();
    for (const trial of [2, 3, 0xffff_ffff]) trials.admits(mark(trial), true);
    const told = trials.taken();
    expect(told).toEqual([[named(7), 2], [named(7)]]);
    expect(trials.taken()).toEqual([]);
    const again = counts(rows).trials;
    again.repeat(told);
    expect(again.taken()).toEqual([]);
    expect([1, 2, 3].map((trial) => again.admits(mark(trial), true))).toEqual([true, true, false]);
  });

  test('of a day that is over are kept where the network was refused one, so that outcomes find their verdict', () => {
    const { trials, rows, store } = counts();
    for (const trial of [1, 2, 3]) trials.admits(mark(trial, 7), true);
    for (const trial of [1, 2]) trials.admits(mark(trial, 8), true);
    store();
    const stored = rows.get(DAY)!;
    expect(stored).toHaveLength(6);
    rows.set(DAY, remains(stored));
    expect(rows.get(DAY)).toHaveLength(3);
    const later = counts(rows).trials;
    expect([1, 2, 3].map((trial) => later.admits(mark(trial, 7), false))).toEqual([true, true, false]);
    expect([1, 2, 3].map((trial) => later.admits(mark(trial, 8), false))).toEqual([true, true, true]);
  });

  test('keep a bound of a thousand, in memory and on disk', () => {
    const { trials, rows, store } = counts();
    const admitted = Array.from({ length: 1_002 }, (_, trial) => trials.admits(mark(trial, 7, 1_000), true));
    expect(admitted.indexOf(false)).toBe(1_000);
    store();
    const again = counts(rows).trials;
    expect(again.admits(mark(999, 7, 1_000), false)).toBe(true);
    expect(again.admits(mark(1_000, 7, 1_000), false)).toBe(false);
  });

  test('are remembered of so many networks at most, whoever was heard of longest ago and refused nothing going first', () => {
    const { trials, rows, store } = counts();
    const most = MAX_DAY_NUMBERS / 2;
    for (let name = 0; name < most; name += 1) trials.admits(mark(1, name, 1), true);
    expect(trials.admits(mark(2, 0, 1), true)).toBe(false);
    // Heard of again, it is young.
    expect(trials.admits(mark(1, 1, 1), true)).toBe(true);
    trials.admits(mark(1, most, 1), true);
    const admits = (name: number) => trials.admits(mark(2, name, 1), false);
    expect([admits(0), admits(1), admits(2), admits(most - 1), admits(most)]).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    store();
    expect(rows.get(DAY)!.length).toBeLessThanOrEqual(MAX_DAY_NUMBERS);
    expect(rows.get(DAY)!.length).toBeGreaterThan(MAX_DAY_NUMBERS / 2);
  });

  test('of networks that were refused one are let go of when there are too many of these alone', () => {
    const { trials, rows, store } = counts();
    for (let name = 0; name < MAX_DAY_NUMBERS / 2 + 1; name += 1)
      for (const trial of [1, 2]) trials.admits(mark(trial, name, 1), true);
    store();
    expect(rows.get(DAY)!.length).toBeLessThanOrEqual(MAX_DAY_NUMBERS);
    expect([0, MAX_DAY_NUMBERS / 2].map((name) => trials.admits(mark(2, name, 1), false))).toEqual([true, false]);
  });

  test('of many days are read as they are asked for, and lost of none', () => {
    const { trials, rows, store } = counts();
    for (let day = 0; day < 30; day += 1) trials.admits(mark(1, 7, 1, DAY + day), true);
    store();
    expect(rows.size).toBe(30);
    for (let day = 0; day < 30; day += 1) expect(trials.admits(mark(2, 7, 1, DAY + day), true)).toBe(false);
  });
});
