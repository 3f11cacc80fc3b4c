import { describe, expect, it } from 'vitest';
import { normal, randomFor } from '../random.ts';
import { binRows } from './bins.ts';
import { growTree } from './grow.ts';
import { leafOf } from './tree.ts';

const RULES = { depth: 4, l2: 0.5, minWeight: 3, minGain: 1e-9 };

/** The same tree without bins, histograms or subtraction: every threshold of every column, both ways for what is missing. */
function slowTree(rows: readonly (readonly number[])[], g: readonly number[], h: readonly number[]) {
  const values = new Map<number, number>();
  const sum = (of: readonly number[], members: readonly number[]) => members.reduce((total, i) => total + of[i]!, 0);
  const worth = (members: readonly number[]) => sum(g, members) ** 2 / (sum(h, members) + RULES.l2);
  const grow = (members: readonly number[], depth: number): void => {
    let best = { gain: RULES.minGain, left: [] as number[], right: [] as number[] };
    for (let column = 0; depth < RULES.depth && column < rows[0]!.length; column++) {
      const seen = [...new Set(members.map((i) => rows[i]![column]!).filter((value) => !Number.isNaN(value)))].sort(
        (a, b) => a - b,
      );
      for (const threshold of seen.slice(0, -1)) {
        for (const missingLeft of [false, true]) {
          const goesLeft = (i: number) =>
            Number.isNaN(rows[i]![column]) ? missingLeft : rows[i]![column]! <= threshold;
          const [left, right] = [members.filter(goesLeft), members.filter((i) => !goesLeft(i))];
          if (sum(h, left) < RULES.minWeight || sum(h, right) < RULES.minWeight) continue;
          const gain = worth(left) + worth(right) - worth(members);
          if (gain > best.gain + 1e-9) best = { gain, left, right };
        }
      }
    }
    if (best.left.length === 0) {
      for (const i of members) values.set(i, -sum(g, members) / (sum(h, members) + RULES.l2));
      return;
    }
    grow(best.left, depth + 1);
    grow(best.right, depth + 1);
  };
  grow(
    rows.map((_, i) => i),
    0,
  );
  return values;
}

describe('a tree', () => {
  it.each([1, 2, 3, 4, 5, 6])('is the one that trying every split finds (seed %i)', (seed) => {
    const random = randomFor(seed, 'grow');
    const rows = Array.from({ length: 120 }, () =>
      Array.from({ length: 4 }, () => (random.next() < 0.15 ? Number.NaN : Math.fround(normal(random)))),
    );
    const g = rows.map(([a = 0, b = 0]) => normal(random) + (a > 0.3 ? 1 : 0) - (Number.isNaN(b) ? 2 : b));
    const h = rows.map(() => 0.5 + random.next());
    const input = { values: Float64Array.from(rows.flat()), width: 4 };
    const tree = growTree({
      binned: binRows(input),
      slopes: { gradient: Float64Array.from(g), hessian: Float64Array.from(h) },
      rows: Int32Array.from(rows, (_, i) => i),
      rules: RULES,
      random,
      leafValue: (_, gradient, hessian) => -gradient / (hessian + RULES.l2),
      gains: new Float64Array(4),
    });
    const slow = slowTree(rows, g, h);
    expect(tree.column.length).toBeGreaterThan(10);
    for (const [i, row] of rows.entries()) expect(tree.value[leafOf(tree, row)]).toBeCloseTo(slow.get(i)!, 5);
  });

  it('counts the rows that come through each node, and adds up the gain of each column', () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i >> 1 : 7));
    const gains = new Float64Array(2);
    const tree = growTree({
      binned: binRows({ values, width: 2 }),
      slopes: {
        gradient: Float64Array.from({ length: 20 }, (_, i) => (i < 5 ? 1 : -1)),
        hessian: new Float64Array(20).fill(1),
      },
      rows: Int32Array.from({ length: 20 }, (_, i) => i),
      rules: { ...RULES, depth: 1 },
      random: randomFor(1, 'grow'),
      leafValue: (rows) => rows.length,
      gains,
    });
    expect([...tree.cover]).toEqual([20, 5, 15]);
    expect([...tree.value]).toEqual([0, 5, 15]);
    expect(gains[0]).toBeGreaterThan(0);
    expect(gains[1]).toBe(0);
  });
});
