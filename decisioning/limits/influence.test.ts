import { describe, expect, test } from 'vitest';
import { Influence, MAX_INFLUENCES } from './influence.ts';

describe('influence of a network', () => {
  test('ends with its share of a campaign and a day, whoever its visitors say they are', () => {
    const influence = new Influence(2);
    const admitted = ['ann', 'bob', 'eve', 'ann'].map((who) => influence.admits(1, 'n', 'c', who));
    expect(admitted).toEqual([true, true, false, true]);
    expect(influence.admits(1, 'n', 'other', 'eve')).toBe(true);
    expect(influence.admits(1, 'm', 'c', 'eve')).toBe(true);
    expect(influence.admits(2, 'n', 'c', 'eve')).toBe(true);
    expect(influence.admits(2, 'n', 'c', 'joe')).toBe(true);
    expect(influence.admits(2, 'n', 'c', 'ann')).toBe(false);
  });

  test('is not given anew by a request that began the day before', () => {
    const influence = new Influence(1);
    const days = [2, 1, 2, 1, 3];
    expect(days.map((day, i) => influence.admits(day, 'n', 'c', `${i}`))).toEqual([true, false, false, false, true]);
  });

  test('is not bounded by 0', () => {
    const influence = new Influence(0);
    expect(Array.from({ length: 100 }, (_, i) => influence.admits(1, 'n', 'c', `${i}`)).every(Boolean)).toBe(true);
    expect(influence.size).toBe(0);
  });

  test('is remembered of so many networks at most, who asked longest ago going first', () => {
    const influence = new Influence(1);
    for (let i = 0; i <= MAX_INFLUENCES; i += 1) influence.admits(1, `n${i}`, 'c', 'ann');
    expect(influence.size).toBe(MAX_INFLUENCES);
    expect(influence.admits(1, `n${MAX_INFLUENCES}`, 'c', 'bob')).toBe(false);
    expect(influence.admits(1, 'n0', 'c', 'bob')).toBe(true);
    // `n2` is now the oldest; asking makes it the youngest, refused or not.
    expect(influence.admits(1, 'n2', 'c', 'bob')).toBe(false);
    influence.admits(1, 'another', 'c', 'ann');
    expect(influence.admits(1, 'n2', 'c', 'eve')).toBe(false);
    expect(influence.admits(1, 'n3', 'c', 'bob')).toBe(true);
  });
});
