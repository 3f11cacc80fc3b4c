import { describe, expect, it } from 'vitest';
import { groupFolds, rowFolds, shuffledFolds, timeSplit } from './folds.ts';

const everyRowOnce = (folds: readonly { readonly test: Int32Array }[]) =>
  folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);

describe('folds', () => {
  it('by row: row i is measured with in fold i mod 5', () => {
    expect([...rowFolds(11, 5)[1]!.test]).toEqual([1, 6]);
    expect([...rowFolds(11, 5)[1]!.train]).toEqual([0, 2, 3, 4, 5, 7, 8, 9, 10]);
  });

  it('each row is measured with once, whichever way they are cut', () => {
    const all = Array.from({ length: 103 }, (_, i) => i);
    expect(everyRowOnce(rowFolds(103, 5))).toEqual(all);
    expect(everyRowOnce(shuffledFolds(103, 5, 1))).toEqual(all);
    expect(
      everyRowOnce(
        groupFolds(
          all.map((i) => `g${i % 20}`),
          5,
        ),
      ),
    ).toEqual(all);
  });

  it('rows of one group never part', () => {
    const groups = Array.from({ length: 300 }, (_, i) => `test-${i % 30}`);
    for (const { train, test } of groupFolds(groups, 4)) {
      const trained = new Set([...train].map((i) => groups[i]));
      expect([...test].some((i) => trained.has(groups[i]!))).toBe(false);
    }
  });

  it('in time: what is measured with comes after everything that is trained on', () => {
    const moments = Array.from({ length: 100 }, (_, i) => Math.floor(((i * 37) % 100) / 3));
    const { train, test } = timeSplit(moments, 0.2);
    expect(train.length + test.length).toBe(100);
    expect(Math.min(...[...test].map((i) => moments[i]!))).toBeGreaterThan(
      Math.max(...[...train].map((i) => moments[i]!)),
    );
    expect(test.length).toBeGreaterThan(15);
  });
});
