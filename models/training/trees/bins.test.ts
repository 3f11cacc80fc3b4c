import { describe, expect, it } from 'vitest';
import { fitBoosting } from '../fit/boosting.ts';
import { binRows } from './bins.ts';

const column = (values: number[]) => ({ values: Float64Array.from(values), width: 1 });

describe('bins', () => {
  it('tell few values apart, missing ones behind them', () => {
    const { bins, edges, missing } = binRows(column([3, 1, Number.NaN, 2, 1]));
    expect([...edges[0]!]).toEqual([1.5, 2.5]);
    expect([...bins[0]!]).toEqual([2, 0, 3, 1, 0]);
    expect(missing[0]).toBe(3);
  });

  it('of many values have about equal shares, however uneven the values are', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => Math.fround(Math.exp(i / 1_000)));
    const { bins, edges } = binRows(column([...values, ...Array<number>(2_500).fill(0)]), 10);
    const counts = Array<number>(edges[0]!.length + 1).fill(0);
    for (const bin of bins[0]!) counts[bin]! += 1;
    expect(counts[0]).toBe(2_500);
    for (const count of counts.slice(1)) expect(Math.abs(count - 1_111)).toBeLessThan(10);
  });

  it('neighbours among numbers of 32 bits are still told apart by an edge of 32 bits', () => {
    // Halfway between the first two rounds down, between the second and the third up.
    const [low, next, high] = [1, 1 + 2 ** -23, 1 + 2 ** -22] as const;
    const edges = binRows(column([low, next, high])).edges[0]!;
    expect([...edges]).toEqual([low, next]);
    const settings = { loss: 'squared', rounds: 1, depth: 1, learningRate: 1, l2: 0 } as const;
    const model = fitBoosting(column([next, next, high, high]), Float64Array.of(0, 0, 8, 8), settings);
    expect([model.predict([next]), model.predict([high])]).toEqual([0, 8]);
  });

  it('a column that never changes, or is never there, has no edge and is never asked for', () => {
    const rows = { values: Float64Array.of(5, Number.NaN, 1, 5, Number.NaN, 2), width: 3 };
    expect(binRows(rows).edges.map((edges) => edges.length)).toEqual([0, 0, 1]);
    const model = fitBoosting(rows, Float64Array.of(0, 1), { rounds: 1, depth: 3, minWeight: 0.01 });
    expect([...model.trees[0]!.column].filter((asked) => asked >= 0)).toEqual([2]);
  });
});
