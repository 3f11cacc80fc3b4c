/** Every linear policy stands here: a new one adds a line and must pass everything below. */
import { describe, expect, test } from 'vitest';
import { anyVector, plainFeatures, sumsOf } from '../../testing/moments.ts';
import { testRandom } from '../../testing/seeds.ts';
import type { AllocationStrategy } from '../allocation.ts';
import type { ParameterDesign } from '../effects/design.ts';
import { withFloor } from '../floor.ts';
import { allocateLinear } from './allocate-linear.ts';
import { linearThompson } from './linear-thompson.ts';
import { linearUcb } from './linear-ucb.ts';
import { linearPolicyFor } from './policies.ts';
import { type Prediction, predict } from './predict.ts';

const FLOORS = [0, 0.01, 0.2, 0.99];
const D = 5;
const features = plainFeatures(D);

const strategies: readonly [string, AllocationStrategy][] = [
  ['linear_ucb', { policy: 'linear_ucb', alpha: 0.3 }],
  ['linear_ucb without a bound', { policy: 'linear_ucb', alpha: 0, ridge: 0.001 }],
  ['linear_ucb, as wide as it may be', { policy: 'linear_ucb', alpha: 1_000, modelWeight: 0.4 }],
  ['linear_thompson', { policy: 'linear_thompson' }],
  ['linear_thompson, narrow', { policy: 'linear_thompson', v: 0.000_001 }],
  ['linear_thompson, wide', { policy: 'linear_thompson', v: 1_000, modelWeight: 0.3, ridge: 1e6 }],
  ['inverse_gap', { policy: 'inverse_gap', gamma: 1_000 }],
  ['inverse_gap, even', { policy: 'inverse_gap', gamma: 0, modelWeight: 0.5 }],
];

const armIdsOf = (k: number) => Array.from({ length: k }, (_, i) => `arm-${i}`);

/** Arms made of up to eight values of three parameters. */
function designOf(armIds: readonly string[]): ParameterDesign {
  const values = armIdsOf(8);
  const parameters = ['one', 'two', 'three'].map((id) => ({ id, values }));
  return { parameters, arms: Object.fromEntries(armIds.map((id, i) => [id, [i % 8, (i >> 3) % 8, i >> 6]])) };
}

/** What a model of k arms, of which every third was never shown, says of some customers. */
function predictionsOf(strategy: AllocationStrategy, k: number, shared: boolean): Prediction[] {
  const armIds = armIdsOf(k);
  const random = testRandom(40 + k);
  const byArm = armIds.map((id, i) => {
    const trials = Array.from({ length: i % 3 === 2 ? 0 : 12 }, () => ({
      z: anyVector(D, random),
      y: Math.round(random.next()),
    }));
    return [id, sumsOf(features, trials)] as const;
  });
  const sums = new Map([['rest', new Map(byArm)]]);
  const input = { campaignId: 'c', armIds, leaves: ['rest'], strategy, features, sums };
  const model = allocateLinear({ ...input, ...(shared && { parameters: designOf(armIds) }) })!;
  const customers = [anyVector(D, random), [1_000, 0, 0, 0, 0], [1_000, 8_000, -8_000, 8_000, -8_000]];
  return customers.map((z) => predict(model, k, z)!);
}

describe.each(strategies)('%s', (_name, strategy) => {
  const policy = linearPolicyFor(strategy)!;

  test.each([
    [1, false],
    [2, false],
    [17, false],
    [64, false],
    [17, true],
    [512, true],
  ])(
    'gives %i arms probabilities that sum to 1 and obey the floor, shared %s, with scores and without',
    (k, shared) => {
      for (const prediction of predictionsOf(strategy, k, shared)) {
        for (const scores of [undefined, armIdsOf(k).map((_, i) => (i % 7) / 6)]) {
          const p = policy.probabilities({ leaf: 'rest', ...(scores && { scores }) }, prediction);
          expect(p).toHaveLength(k);
          for (const floor of FLOORS) {
            const floored = withFloor(p, floor);
            for (const value of floored) {
              expect(value).toBeGreaterThanOrEqual((floor / k) * (1 - 1e-15));
              expect(value).toBeLessThanOrEqual(1 + 1e-12);
            }
            expect(Math.abs(floored.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-12);
          }
        }
      }
    },
  );

  test('says the same twice, and follows independent arms when they are reordered', () => {
    for (const prediction of predictionsOf(strategy, 17, false)) {
      const p = [...Array.from(policy.probabilities({ leaf: 'rest' }, prediction))];
      expect(Array.from(policy.probabilities({ leaf: 'rest' }, prediction))).toEqual(p);
      const order = p.map((_, i) => (i * 5 + 3) % 17);
      const reordered = {
        ...prediction,
        means: Float64Array.from(order, (i) => prediction.means[i]!),
        deviations: Float64Array.from(order, (i) => prediction.deviations[i]!),
      };
      const q = policy.probabilities({ leaf: 'rest' }, reordered);
      order.forEach((i, place) => {
        expect(Math.abs(q[place]! - p[i]!)).toBeLessThan(1e-9);
      });
    }
  });

  test('splits evenly among arms that nothing tells apart', () => {
    const alike = { means: new Float64Array(4).fill(0.1), deviations: new Float64Array(4).fill(0.02), noise: 0.3 };
    for (const p of Array.from(policy.probabilities({ leaf: 'rest' }, alike))) expect(p).toBeCloseTo(0.25, 12);
  });
});

test('blends clip the bound but not the posterior, as the bandits of the same names do', () => {
  const prediction = { means: Float64Array.from([0.9, 0.2]), deviations: Float64Array.from([1, 0.1]), noise: 0.3 };
  // (1 − .4)·min(.9 + .3, 1) + .4·0 = .6 against .6·.23 + .4·1 = .538.
  expect([...Array.from(linearUcb(0.3, 0.4).probabilities({ leaf: 'rest', scores: [0, 1] }, prediction))]).toEqual([
    1, 0,
  ]);
  expect([...Array.from(linearUcb(0.3, 0.6).probabilities({ leaf: 'rest', scores: [0, 1] }, prediction))]).toEqual([
    0, 1,
  ]);
});

test('parameters that publishing would have refused are refused', () => {
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => linearUcb(bad, 0)).toThrow(RangeError);
    expect(() => linearThompson(bad, 0)).toThrow(RangeError);
  }
  expect(() => linearThompson(0, 0)).toThrow(RangeError);
});
