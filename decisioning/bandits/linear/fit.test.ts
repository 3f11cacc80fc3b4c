/** Fitted models against ml-matrix, which solves the same regressions from the trials themselves. */
import { inverse, Matrix, solve as solveMatrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { anyVector, plainFeatures, sumsOf, type Trial } from '../../testing/moments.ts';
import { testRandom } from '../../testing/seeds.ts';
import type { AllocationInput } from '../allocation.ts';
import type { ParameterDesign } from '../effects/design.ts';
import { allocateLinear } from './allocate-linear.ts';
import { armEffects } from './effects.ts';
import { predict } from './predict.ts';

const D = 6;
const features = plainFeatures(D);
const LEAVES = ['gold', 'rest'];

function trialsOf(count: number, seed: number): Trial[] {
  const random = testRandom(seed);
  return Array.from({ length: count }, () => {
    const z = anyVector(D, random);
    return { z, y: Math.round((z[1]! / 4_000 + random.next()) * 1_000) / 1_000 };
  });
}

function inputOf(byArm: Readonly<Record<string, readonly Trial[]>>, extra: Partial<AllocationInput> = {}) {
  // Every other trial in another leaf: the model is of all of them.
  const leafOf = (leaf: number) =>
    new Map(
      Object.entries(byArm).map(([id, trials]) => [
        id,
        sumsOf(
          features,
          trials.filter((_, i) => i % 2 === leaf),
        ),
      ]),
    );
  const sums = new Map(LEAVES.map((leaf, i) => [leaf, leafOf(i)]));
  const strategy = { policy: 'linear_ucb', alpha: 0.3, ridge: 2 } as const;
  return { campaignId: 'c', armIds: Object.keys(byArm), leaves: LEAVES, strategy, features, sums, ...extra };
}

const rowsOf = (trials: readonly Trial[]) => new Matrix(trials.map(({ z }) => z.map((value) => value / 1_000)));
const rewardsOf = (trials: readonly Trial[]) => Matrix.columnVector(trials.map(({ y }) => y));

/** (XᵀX + λI)⁻¹ and (XᵀX + λI)⁻¹(Xᵀy + λ·prior). */
function ridge(x: Matrix, y: Matrix, lambda: number, prior = Matrix.zeros(x.columns, 1)) {
  const a = x.transpose().mmul(x).add(Matrix.eye(x.columns).mul(lambda));
  return { a, theta: solveMatrix(a, x.transpose().mmul(y).add(Matrix.mul(prior, lambda))) };
}

describe('one regression per arm', () => {
  const byArm = { a: trialsOf(300, 1), b: trialsOf(40, 2), c: [] };
  const model = allocateLinear(inputOf(byArm))!;
  const all = Object.values(byArm).flat();
  const pooled = ridge(rowsOf(all), rewardsOf(all), 2);

  test.each([3, 4, 5])(
    'predicts as the ridge regression around the pooled one, means and deviations to 1e-9: seed %i',
    (seed) => {
      const z = anyVector(D, testRandom(seed));
      const x = Matrix.rowVector(z.map((value) => value / 1_000));
      const { means, deviations } = predict(model, 3, z)!;
      for (const [i, trials] of [byArm.a, byArm.b].entries()) {
        const { a, theta } = ridge(rowsOf(trials), rewardsOf(trials), 2, pooled.theta);
        expect(Math.abs(means[i]! - x.mmul(theta).get(0, 0))).toBeLessThan(1e-9);
        const variance = x.mmul(inverse(a)).mmul(x.transpose()).get(0, 0);
        expect(Math.abs(deviations[i]! - Math.sqrt(variance))).toBeLessThan(1e-9);
      }
      // Never shown: what the arms do on average, as unsure as the prior.
      expect(Math.abs(means[2]! - x.mmul(pooled.theta).get(0, 0))).toBeLessThan(1e-9);
      expect(deviations[2]).toBeCloseTo(Math.sqrt(x.mmul(x.transpose()).get(0, 0) / 2), 9);
    },
  );

  test('knows how far rewards lie from the pooled regression', () => {
    const residuals = Matrix.sub(rewardsOf(all), rowsOf(all).mmul(pooled.theta));
    const squares = residuals.transpose().mmul(residuals).get(0, 0);
    expect(model.noise).toBeCloseTo(Math.sqrt((squares + 0.25) / (all.length + 1)), 9);
  });

  test('knows its average customer', () => {
    model.average.forEach((value, i) => {
      expect(value).toBeCloseTo(all.reduce((sum, { z }) => sum + z[i]!, 0) / all.length, 6);
    });
  });
});

describe('one regression for all arms, by the values of their parameters', () => {
  const parameters: ParameterDesign = {
    parameters: [
      { id: 'offer', values: ['none', 'ten'] },
      { id: 'style', values: ['plain', 'loud', 'shy'] },
    ],
    arms: { none_plain: [0, 0], none_loud: [0, 1], ten_loud: [1, 1], ten_shy: [1, 2], ten_plain: [1, 0] },
  };
  const armIds = Object.keys(parameters.arms);
  const byArm = Object.fromEntries(
    armIds.map((id, i) => [id, id === 'ten_plain' ? [] : trialsOf(60 + 20 * i, 20 + i)]),
  );

  test.each([
    ['values alone', undefined],
    ['with an interaction', [['offer', 'style']]],
  ])('predicts as the regression on their effects times the features: %s', (_name, interactions) => {
    const strategy = { policy: 'linear_ucb', alpha: 0.3, ridge: 2, ...(interactions && { interactions }) } as const;
    const model = allocateLinear(inputOf(byArm, { parameters, strategy }))!;
    const width = interactions ? 12 : 6;
    const effects = (armId: string): number[] => {
      const [offer, style] = parameters.arms[armId] as [number, number];
      const phi = new Array<number>(width).fill(0);
      for (const at of [0, 1 + offer, 3 + style, ...(interactions ? [6 + 3 * offer + style] : [])]) phi[at] = 1;
      return phi;
    };
    const crossed = (armId: string, z: readonly number[]) =>
      effects(armId).flatMap((phi) => z.map((value) => (phi * value) / 1_000));
    const x = new Matrix(armIds.flatMap((id) => byArm[id]!.map(({ z }) => crossed(id, z))));
    const { a, theta } = ridge(x, rewardsOf(Object.values(byArm).flat()), 2);
    const z = anyVector(D, testRandom(31));
    const { means, deviations } = predict(model, armIds.length, z)!;
    for (const [i, id] of armIds.entries()) {
      const row = Matrix.rowVector(crossed(id, z));
      expect(Math.abs(means[i]! - row.mmul(theta).get(0, 0))).toBeLessThan(1e-9);
      expect(Math.abs(deviations[i]! - Math.sqrt(row.mmul(inverse(a)).mmul(row.transpose()).get(0, 0)))).toBeLessThan(
        1e-9,
      );
    }
  });

  test('leaves out pairs of parameters that are not there, and gives an arm the design lacks the constant alone', () => {
    const { width, arms } = armEffects(parameters, [...armIds, 'gone'], [['offer', 'gone']]);
    expect(width).toBe(6);
    expect(arms.at(-1)).toEqual([0]);
    expect(arms[2]).toEqual([0, 2, 4]);
  });
});

describe('no model, so that the bandit decides alone,', () => {
  test.each<[string, Partial<AllocationInput>]>([
    ['without features', { features: undefined as never }],
    ['of a policy that is not linear', { strategy: { policy: 'thompson' } }],
    ['without sums', { sums: new Map() }],
    [
      'of sums of another length',
      { sums: new Map([['rest', new Map([['a', { [`linear:${features.key}`]: [1, 2] }]])]]) },
    ],
    ['of sums under another name', { features: { ...features, key: '00000000' } }],
    [
      'of sums that are not finite',
      { sums: new Map([['rest', new Map([['a', { [`linear:${features.key}`]: new Array(28).fill(Number.NaN) }]])]]) },
    ],
  ])('%s', (_name, extra) => {
    expect(allocateLinear(inputOf({ a: trialsOf(20, 1), b: trialsOf(20, 2) }, extra))).toBeUndefined();
  });

  test('for a vector of another length, or another number of arms', () => {
    const model = allocateLinear(inputOf({ a: trialsOf(20, 1), b: [] }))!;
    expect(predict(model, 2, [1_000, 0, 0])).toBeUndefined();
    expect(predict(model, 3, anyVector(D, testRandom(1)))).toBeUndefined();
    expect(predict(model, 2, [1_000, Number.NaN, 0, 0, 0, 0])).toBeUndefined();
  });

  test('but refuses a model that publishing would have refused for its size', () => {
    const many = Object.fromEntries(Array.from({ length: 512 }, (_, i) => [`arm-${i}`, []]));
    const wide = plainFeatures(32);
    expect(() => allocateLinear(inputOf(many, { features: wide }))).toThrow(RangeError);
  });
});

test('singular and huge evidence still gives finite predictions: one customer a million times, features at their limits', () => {
  const z = [1_000, 8_000, -8_000, 8_000, -8_000, 8_000];
  const once = sumsOf(features, [{ z, y: 1 }]);
  const name = `linear:${features.key}`;
  const million = { [name]: once[name]!.map((value) => value * 1e6) };
  const sums = new Map([['rest', new Map([['a', million]])]]);
  const strategy = { policy: 'linear_ucb', alpha: 0.3, ridge: 0.001 } as const;
  const { means, deviations } = predict(allocateLinear(inputOf({ a: [], b: [] }, { sums, strategy }))!, 2, z)!;
  expect(means[0]).toBeCloseTo(1, 6);
  expect(deviations[0]).toBeCloseTo(0.001, 5);
  expect(Number.isFinite(means[1]! + deviations[1]!)).toBe(true);
});
