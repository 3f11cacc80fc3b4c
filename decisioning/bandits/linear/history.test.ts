/** Imported history under linear policies: it moves the average customer's rate, leaves differences between customers alone, and gives way to trials. */
import { describe, expect, test } from 'vitest';
import { plainFeatures, sumsOf, type Trial } from '../../testing/moments.ts';
import { testRandom } from '../../testing/seeds.ts';
import type { AllocationInput, AllocationStrategy } from '../allocation.ts';
import { allocateLinear } from './allocate-linear.ts';
import { linearPolicyFor } from './policies.ts';
import { predict } from './predict.ts';

const D = 2;
const features = plainFeatures(D);
const armIds = ['a', 'b'];
const BOLD = { a: { alpha: 5_000, beta: 5_000 }, b: { alpha: 100, beta: 9_900 } };
/** No z is 0, nor is their mean: history is not that of a customer without features. */
const AVERAGE = [1_000, 1_000];

/** Trials of customers around 1, whose rate grows by `slope` for each unit. */
function trialsOf(count: number, rate: number, slope: number, seed: number): Trial[] {
  const random = testRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const z = [1_000, i % 2 === 0 ? 500 : 1_500];
    return { z, y: random.next() < rate + slope * (z[1]! / 1_000 - 1) ? 1 : 0 };
  });
}

function modelOf(byArm: Readonly<Record<string, readonly Trial[]>>, extra: Partial<AllocationInput> = {}) {
  const sums = new Map([
    ['rest', new Map(Object.entries(byArm).map(([id, trials]) => [id, sumsOf(features, trials)]))],
  ]);
  const strategy: AllocationStrategy = { policy: 'linear_thompson' };
  return allocateLinear({ campaignId: 'c', armIds, leaves: ['rest'], strategy, features, sums, ...extra });
}

const few = { a: trialsOf(40, 0.2, 0.1, 1), b: trialsOf(40, 0.2, 0.1, 2) };

describe('imported history', () => {
  test('of ten thousand trials is what forty more believe of the average customer', () => {
    const { means, deviations } = predict(modelOf(few, { priors: BOLD })!, 2, AVERAGE)!;
    expect(means[0]!).toBeCloseTo(0.5, 2);
    expect(means[1]!).toBeCloseTo(0.01, 2);
    // √(x̄ᵀA⁻¹x̄) of 10,038 trials at their own mean.
    expect(deviations[0]!).toBeCloseTo(1 / Math.sqrt(10_038), 4);
  });

  test('chooses for them: without it the arms are alike, with it nearly all see the better one', () => {
    const policy = linearPolicyFor({ policy: 'linear_thompson' })!;
    const shareOfA = (extra: Partial<AllocationInput>) =>
      policy.probabilities({ leaf: 'rest' }, predict(modelOf(few, extra)!, 2, AVERAGE)!)[0]!;
    expect(shareOfA({})).toBeGreaterThan(0.05);
    expect(shareOfA({})).toBeLessThan(0.95);
    expect(shareOfA({ priors: BOLD })).toBeGreaterThan(0.999);
  });

  test('says nothing of how customers differ', () => {
    const many = { a: trialsOf(4_000, 0.3, 0.2, 3), b: trialsOf(4_000, 0.3, -0.2, 4) };
    const slopesOf = (extra: Partial<AllocationInput>) => {
      const { coefficients } = modelOf(many, extra)!;
      return [coefficients[1]!, coefficients[3]!];
    };
    const [up, down] = slopesOf({});
    const told = slopesOf({ priors: { a: { alpha: 3_001, beta: 7_001 }, b: { alpha: 3_001, beta: 7_001 } } });
    expect(told[0]!).toBeCloseTo(up!, 2);
    expect(told[1]!).toBeCloseTo(down!, 2);
  });

  test('is outweighed by as many trials again and more', () => {
    const wrong = { a: { alpha: 51, beta: 51 }, b: { alpha: 51, beta: 51 } };
    const many = { a: trialsOf(4_000, 0.1, 0, 5), b: trialsOf(4_000, 0.3, 0, 6) };
    const { means } = predict(modelOf(many, { priors: wrong })!, 2, AVERAGE)!;
    expect(means[0]!).toBeLessThan(0.13);
    expect(means[1]!).toBeGreaterThan(0.27);
  });

  test('of arms that are made of values reaches them through these', () => {
    const parameters = {
      parameters: [{ id: 'offer', values: ['none', 'ten'] }],
      arms: { a: [0], b: [1] },
    };
    const { means } = predict(modelOf(few, { priors: BOLD, parameters })!, 2, AVERAGE)!;
    expect(means[0]!).toBeCloseTo(0.5, 2);
    expect(means[1]!).toBeCloseTo(0.01, 2);
  });

  test.each([
    ['no prior', {}],
    ['uniform priors', { a: { alpha: 1, beta: 1 }, b: { alpha: 1, beta: 1 } }],
    ['priors below uniform', { a: { alpha: 0.5, beta: 0.001 }, b: { alpha: 1, beta: 0.5 } }],
    ['priors of arms that are gone', { z: { alpha: 900, beta: 100 } }],
  ])('%s: the same model to the bit', (_what, priors) => {
    expect(modelOf(few, { priors })).toEqual(modelOf(few));
  });

  test('makes no model before the first trial', () => {
    expect(modelOf({}, { priors: BOLD })).toBeUndefined();
  });

  test.each([0.001, 1, 1_000_000])('of a million, under a ridge of %s, is finite', (ridge) => {
    const priors = { a: { alpha: 1_000_000, beta: 1 }, b: { alpha: 1, beta: 1_000_000 } };
    const strategy: AllocationStrategy = { policy: 'linear_thompson', ridge };
    const { means, deviations, noise } = predict(modelOf({ a: few.a.slice(0, 1) }, { priors, strategy })!, 2, AVERAGE)!;
    for (const value of [...means, ...deviations, noise]) expect(value).toSatisfy(Number.isFinite);
  });
});
