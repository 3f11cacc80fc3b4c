import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { epsilonGreedy } from './epsilon-greedy.ts';
import { fixedSplit } from './fixed-split.ts';
import { withFloor } from './floor.ts';
import { inverseGap } from './inverse-gap.ts';
import { probabilityBest } from './p-best.ts';
import type { Policy, PolicyEvidence } from './policy.ts';
import { type BetaPosterior, posteriorMean, uniformPrior } from './posterior.ts';
import { thompson } from './thompson.ts';
import { ucb } from './ucb.ts';

const FLOORS = [0, 0.01, 0.2, 0.99];
const armIds = (k: number) => Array.from({ length: k }, (_, i) => `arm-${i}`);

/** Every policy stands here: a new one adds a line and must pass everything below. */
const policies: readonly [string, (ids: readonly string[]) => Policy][] = [
  ['thompson', () => thompson(0)],
  ['ucb', () => ucb(0)],
  ['epsilon_greedy', () => epsilonGreedy(0.1, 1)],
  ['epsilon_greedy, always exploring', () => epsilonGreedy(1, 3)],
  ['epsilon_greedy, never exploring', () => epsilonGreedy(0, 3)],
  ['inverse_gap', () => inverseGap(1_000, 0)],
  ['inverse_gap, even', () => inverseGap(0, 0)],
  ['inverse_gap, steep', () => inverseGap(1e9, 0)],
  ['fixed split, even', (ids) => fixedSplit(Object.fromEntries(ids.map((id) => [id, 7])))],
  // By the number in the id, so that the weights move with the arms; arm-0 has none.
  ['fixed split, skewed', (ids) => fixedSplit(Object.fromEntries(ids.map((id) => [id, Number(id.slice(4)) ** 2])))],
  [
    'fixed split, huge and tiny',
    (ids) => fixedSplit(Object.fromEntries(ids.map((id, i) => [id, i % 2 ? 1e308 : 1e-308]))),
  ],
  ['fixed split, none declared', () => fixedSplit({})],
];

function evidenceOf(ids: readonly string[], posteriors: readonly BetaPosterior[]): PolicyEvidence {
  return { armIds: ids, posteriors, means: posteriors.map(posteriorMean), pBest: probabilityBest(posteriors) };
}

function randomPosteriors(k: number): BetaPosterior[] {
  const random = seededRandom('5eed'.repeat(8));
  return Array.from({ length: k }, () => ({
    alpha: 10 ** (random.next() * 9 - 2),
    beta: 10 ** (random.next() * 9 - 2),
  }));
}

describe.each(policies)('%s', (_name, make) => {
  const floored = (ids: readonly string[], posteriors: readonly BetaPosterior[], floor: number) =>
    withFloor(make(ids).probabilities({ leaf: 'rest' }, evidenceOf(ids, posteriors)), floor);

  it.each([1, 2, 3, 17, 512])(
    'gives %i arms probabilities in [0, 1] that sum to 1 within 1e-12 and obey the floor',
    (k) => {
      const ids = armIds(k);
      for (const posteriors of [randomPosteriors(k), ids.map(() => uniformPrior)]) {
        for (const floor of FLOORS) {
          const p = floored(ids, posteriors, floor);
          expect(p).toHaveLength(k);
          for (const value of p) {
            expect(value).toBeGreaterThanOrEqual((floor / k) * (1 - 1e-15));
            expect(value).toBeLessThanOrEqual(1 + 1e-12);
          }
          expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-12);
        }
      }
    },
  );

  it('gives the only arm everything', () => {
    for (const posterior of [uniformPrior, { alpha: 1, beta: 1e6 }])
      expect(floored(['arm-1'], [posterior], 0.05)).toEqual([1]);
  });

  it('follows the arms when they are reordered', () => {
    const ids = armIds(40);
    const posteriors = randomPosteriors(40);
    const order = ids.map((_, i) => (i * 23 + 5) % 40);
    const p = floored(ids, posteriors, 0.01);
    const policy = make(ids);
    const reordered = evidenceOf(
      order.map((i) => ids[i]!),
      order.map((i) => posteriors[i]!),
    );
    const q = withFloor(policy.probabilities({ leaf: 'rest' }, reordered), 0.01);
    order.forEach((i, place) => {
      expect(Math.abs(q[place]! - p[i]!)).toBeLessThan(1e-12);
    });
  });
});

describe('thompson', () => {
  it('splits evenly with zero exposures and among ties', () => {
    const even = thompson(0).probabilities({ leaf: 'rest' }, evidenceOf(armIds(4), new Array(4).fill(uniformPrior)));
    for (const value of [...Array.from(even)]) expect(Math.abs(value - 0.25)).toBeLessThan(1e-14);
    const tied = [
      { alpha: 5, beta: 9 },
      { alpha: 3, beta: 9 },
      { alpha: 5, beta: 9 },
    ];
    const p = thompson(0).probabilities({ leaf: 'rest' }, evidenceOf(armIds(3), tied));
    expect(p[0]).toBe(p[2]);
    expect(p[1]!).toBeLessThan(p[0]!);
  });
});

describe('fixedSplit', () => {
  const split = (ids: string[], weights: Record<string, number>) =>
    fixedSplit(weights).probabilities(
      { leaf: 'rest' },
      evidenceOf(
        ids,
        ids.map(() => uniformPrior),
      ),
    );

  it('normalises the declared weights, gives undeclared arms none and ignores arms that are gone', () => {
    expect(split(['a', 'b', 'c'], { a: 1, b: 3, gone: 100 })).toEqual([0.25, 0.75, 0]);
  });

  it('is even when no arm left has a weight', () => {
    expect(split(['a', 'b'], { gone: 1 })).toEqual([0.5, 0.5]);
    expect(split(['a', 'b'], { a: 0, b: 0 })).toEqual([0.5, 0.5]);
  });

  it('does not find weights that every object inherits', () => {
    expect(split(['constructor', 'a'], { a: 2 })).toEqual([0, 1]);
  });

  it('refuses weights that are negative or not finite', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => fixedSplit({ a: bad })).toThrow(RangeError);
  });
});

describe('withFloor', () => {
  it('mixes with an even choice: f/K + (1 − f)·p', () => {
    expect(withFloor([1, 0], 0.2)).toEqual([0.9, 0.1]);
  });

  it('refuses floors outside [0, 1) and vectors that are not probabilities', () => {
    for (const floor of [-0.01, 1, Number.NaN]) expect(() => withFloor([1], floor)).toThrow(RangeError);
    for (const p of [[], [0, 0], [1, -0.1], [Number.NaN, 1], [Number.POSITIVE_INFINITY]]) {
      expect(() => withFloor(p, 0)).toThrow(RangeError);
    }
  });
});
