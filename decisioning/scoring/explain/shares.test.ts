import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from './forest.ts';
import { opaqueShares } from './opaque.ts';
import type { ColumnPart, Sum, TreesPart } from './parts.ts';
import { sharesOf, sumFor } from './shares.ts';

/** Shapley values by their definition: each player's mean gain over all coalitions and rows to compare with. */
function bruteForce(
  value: (row: Float32Array) => number,
  row: Float32Array,
  others: readonly Float32Array[],
  players: Int32Array,
  count: number,
): number[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const worth = (coalition: number) =>
    others.reduce((sum, other) => {
      const mixed = other.map((old, column) => ((coalition >> players[column]!) & 1 ? row[column]! : old));
      return sum + value(mixed);
    }, 0) / others.length;
  return Array.from({ length: count }, (_, player) => {
    let share = 0;
    for (let coalition = 0; coalition < 2 ** count; coalition++) {
      if ((coalition >> player) & 1) continue;
      const size = [...coalition.toString(2)].filter((bit) => bit === '1').length;
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      share += weight * (worth(coalition | (1 << player)) - worth(coalition));
    }
    return share;
  });
}

const WIDTH = 6;
const columns: readonly ColumnPart[] = Array.from({ length: WIDTH }, (_, column) => ({
  kind: 'column',
  column,
  value: (x) => x,
}));
const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -0, 0.5, Number.POSITIVE_INFINITY) },
);
const rowOf = fc.array(number, { minLength: WIDTH, maxLength: WIDTH }).map((values) => Float32Array.from(values));

/** A forest of up to four trees, up to six deep: columns repeat on the way, all modes, missing values to either side. */
const forestOf = fc
  .array(
    fc.record({
      feature: fc.nat(WIDTH - 1),
      mode: fc.nat(6),
      value: fc.integer({ min: -3, max: 3 }),
      missingIsYes: fc.boolean(),
    }),
    { minLength: 1, maxLength: 28 },
  )
  .chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      weights: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
        minLength: nodes.length * 2 + 4,
        maxLength: nodes.length * 2 + 4,
      }),
      trees: fc.integer({ min: 1, max: 4 }),
    }),
  )
  .map(({ nodes, weights, trees }): TreesPart => {
    // Heaps one after the other: node i of a tree leads to 2i + 1 and 2i + 2, and to a leaf where there is none.
    const size = Math.ceil(nodes.length / trees);
    let leaves = 0;
    const roots: number[] = [];
    const splits = nodes.map(({ value, mode, ...node }, at): Split => {
      const first = Math.floor(at / size) * size;
      if (at === first) roots.push(at);
      const next = (child: number) => (child < size && first + child < nodes.length ? first + child : ~leaves++);
      const place = at - first;
      return {
        ...node,
        mode,
        value,
        ...(mode === 6 && { members: [value, value + 2] }),
        yes: next(2 * place + 1),
        no: next(2 * place + 2),
      };
    });
    return { kind: 'trees', splits, roots, leaves: Float64Array.from(weights), columns };
  });

/** Columns 1 and 2 belong to one player, 4 and 5 to another. */
const PLAYERS = Int32Array.of(0, 1, 1, 2, 3, 3);
const ALONE = Int32Array.of(0, 1, 2, 3, 4, 5);

function expectShapley(sum: Sum, row: Float32Array, others: readonly Float32Array[], players: Int32Array) {
  const count = Math.max(...players) + 1;
  const found = sharesOf(sum, { row, others, players, count });
  const truth = bruteForce((mixed) => sumFor(sum, mixed), row, others, players, count);
  truth.forEach((share, player) => {
    expect(Math.abs(found.shares[player]! - share)).toBeLessThan(1e-9);
  });
  const total = found.shares.reduce((all, share) => all + share, 0);
  expect(Math.abs(total - (found.raw - found.baseline))).toBeLessThan(1e-9);
  expect(found.errors).toBeUndefined();
}

describe('shares of trees', () => {
  it('are the Shapley values by definition: repeated columns, all modes, NaN, several trees, columns that belong together', () => {
    fc.assert(
      fc.property(forestOf, rowOf, fc.array(rowOf, { minLength: 1, maxLength: 3 }), (trees, row, others) => {
        const sum = { constant: 0.25, terms: [{ weight: -1.5, part: trees }] };
        expectShapley(sum, row, others, ALONE);
        expectShapley(sum, row, others, PLAYERS);
      }),
      { seed: 68, numRuns: 250 },
    );
  });

  it('of a tree that is a leaf are none', () => {
    const part: TreesPart = { kind: 'trees', splits: [], roots: [~0], leaves: Float64Array.of(3), columns };
    const found = sharesOf(
      { constant: 1, terms: [{ weight: 2, part }] },
      { row: new Float32Array(WIDTH), others: [new Float32Array(WIDTH).fill(1)], players: ALONE, count: WIDTH },
    );
    expect(found).toEqual({ raw: 7, baseline: 7, shares: new Float64Array(WIDTH) });
  });
});

describe('shares of a sum', () => {
  it('of columns are weight times distance from the mean', () => {
    const sum: Sum = {
      constant: 10,
      terms: [
        { weight: 2, part: columns[0]! },
        { weight: -3, part: { ...columns[1]!, value: (x: number) => x ** 2 } },
      ],
    };
    const rows = [Float32Array.of(1, 1), Float32Array.of(3, 2)];
    const found = sharesOf(sum, { row: Float32Array.of(5, 3), others: rows, players: Int32Array.of(0, 1), count: 2 });
    expect(found).toEqual({ raw: -7, baseline: 6.5, shares: Float64Array.of(6, -19.5) });
  });

  it('of columns, trees and what is opaque are the sums of the shares of each', () => {
    fc.assert(
      fc.property(forestOf, rowOf, fc.array(rowOf, { minLength: 1, maxLength: 2 }), (trees, row, others) => {
        const known = (x: number) => (Number.isFinite(x) ? x : -1);
        const sum: Sum = {
          constant: 1,
          terms: [
            { weight: 0.5, part: trees },
            { weight: 2, part: { kind: 'column', column: 3, value: known } },
            {
              weight: 1,
              part: { kind: 'opaque', value: (mixed) => Math.tanh(known(mixed[0]!) * known(mixed[4]!)) },
            },
          ],
        };
        expectShapley(sum, row, others, PLAYERS);
      }),
      { seed: 69, numRuns: 60 },
    );
  });
});

describe('shares of what can only be asked', () => {
  const COUNT = 10;
  const players = Int32Array.from({ length: COUNT }, (_, i) => i);
  const value = (row: Float32Array) =>
    Math.tanh(row[0]! * row[1]! + row[2]!) * row[3]! + row.reduce((sum, x, i) => sum + x * Math.sin(i), 0) ** 2 / 9;
  const row = Float32Array.from(players, (i) => 1 + (i % 3));
  const others = [0, 1, 2].map((shift) => Float32Array.from(players, (i) => ((i + shift) % 4) / 7));
  const truth = bruteForce(value, row, others, players, COUNT);
  const estimated = opaqueShares({ value, row, others, columnsOf: [...players].map((i) => [i]) });

  it('are estimated from nine players on, within what is said of their error', () => {
    expect(estimated.isExact).toBe(false);
    truth.forEach((share, i) => {
      const error = Math.sqrt(estimated.variances[i]!);
      expect(error).toBeLessThan(0.25);
      expect(Math.abs(estimated.shares[i]! - share), `player ${i}`).toBeLessThan(4 * error + 1e-9);
    });
    // An order and its reverse together are exact for players who meet in pairs only; the first four meet in threes.
    for (const player of [0, 1, 2, 3]) expect(estimated.variances[player]).toBeGreaterThan(0);
  });

  it('add up all the same', () => {
    const mean = others.reduce((sum, other) => sum + value(other), 0) / others.length;
    const total = estimated.shares.reduce((sum, share) => sum + share, 0);
    expect(Math.abs(total - (value(row) - mean))).toBeLessThan(1e-9);
  });

  it('are the same every time', () => {
    expect(opaqueShares({ value, row, others, columnsOf: [...players].map((i) => [i]) })).toEqual(estimated);
  });

  it('are exact where eight players differ or fewer, and none for who is the same', () => {
    const near = others.map((other) => Float32Array.from(other, (x, i) => (i < 2 ? row[i]! : x)));
    const found = opaqueShares({ value, row, others: near, columnsOf: [...players].map((i) => [i]) });
    expect(found.isExact).toBe(true);
    expect([...found.shares.slice(0, 2)]).toEqual([0, 0]);
    bruteForce(value, row, near, players, COUNT).forEach((share, i) => {
      expect(Math.abs(found.shares[i]! - share)).toBeLessThan(1e-9);
    });
  });
});
