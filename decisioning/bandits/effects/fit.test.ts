import { describe, expect, it } from 'vitest';
import { fullDesign, normalVariate } from '../../testing/factored.ts';
import { reweighted } from '../../testing/reweighted.ts';
import { testRandom } from '../../testing/seeds.ts';
import { coefficientsOf } from './coefficients.ts';
import { type ArmCounts, covarianceOf, type EffectsFit, fitEffects } from './fit.ts';
import { initialPrior } from './prior.ts';

const design = fullDesign(3, 4);
const armIds = Object.keys(design.arms);
const coefficients = coefficientsOf(design, armIds);
const prior = initialPrior(coefficients);
const fitted = (counts: readonly ArmCounts[]) => fitEffects(coefficients, counts, prior)!;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** Counts of a world with effects and deviations, drawn arm by arm. */
function world(seed: number, trialsOf: (arm: number) => number): ArmCounts[] {
  const random = testRandom(seed);
  const effects = Array.from({ length: coefficients.count }, () => 0.6 * normalVariate(random));
  return coefficients.rows.map((row, arm) => {
    const eta = -3 + sum(row.slice(1).map((place) => effects[place]!)) + 0.2 * normalVariate(random);
    const [trials, rate] = [trialsOf(arm), 1 / (1 + Math.exp(-eta))];
    let conversions = 0;
    for (let i = 0; i < trials; i++) if (random.next() < rate) conversions++;
    return { trials, conversions };
  });
}

function difference(found: EffectsFit, counts: readonly ArmCounts[]): number {
  const { mode, covariance } = reweighted(coefficients, counts);
  const own = [...found.coefficients, ...found.deviations];
  const packed = covarianceOf(found);
  let most = Math.max(...own.map((value, i) => Math.abs(value - mode[i]!)));
  let at = 0;
  for (let i = 0; i < coefficients.count; i++)
    for (let j = 0; j <= i; j++) most = Math.max(most, Math.abs(packed[at++]! - covariance.get(i, j)));
  return most;
}

describe('fitEffects', () => {
  it.each([
    ['a hundred trials an arm', () => 100],
    ['unequal trials, some arms without any', (arm: number) => (arm % 3) * 40 * arm],
    ['one value of the first parameter alone', (arm: number) => (arm < 16 ? 200 : 0)],
    ['a thousand times as many trials for one arm', (arm: number) => (arm === 21 ? 200_000 : 200)],
  ])('agrees with iteratively reweighted least squares to 1e-6: %s', (_what, trialsOf) => {
    for (const seed of [1, 2, 3]) {
      const counts = world(seed, trialsOf);
      expect(difference(fitted(counts), counts)).toBeLessThan(1e-6);
    }
  });

  it.each([
    ['no conversion at all', () => ({ trials: 400, conversions: 0 })],
    ['nothing but conversions', () => ({ trials: 400, conversions: 400 })],
    [
      'a value that always converts and others that never do',
      (arm: number) => ({
        trials: 500,
        conversions: arm < 16 ? 500 : 0,
      }),
    ],
    ['fractions of trials', (arm: number) => ({ trials: 0.3 * arm, conversions: 0.01 * arm })],
    ['a hundred million trials', (arm: number) => ({ trials: 1e8, conversions: 1e6 * (1 + (arm % 4)) })],
    ['nothing', () => ({ trials: 0, conversions: 0 })],
  ])('stays finite, and agrees, with %s', (_what, countsOf) => {
    const counts = armIds.map((_, arm) => countsOf(arm));
    const found = fitted(counts);
    for (const vector of Object.values(found)) expect([...vector].every(Number.isFinite)).toBe(true);
    expect(difference(found, counts)).toBeLessThan(1e-6);
  });

  it('treats values alike: the constant has what they share, and another order of them moves nothing', () => {
    const counts = world(4, () => 300);
    const found = fitted(counts);
    const shared = coefficients.starts.map((start) => sum(found.coefficients.subarray(start, start + 4)));
    for (const each of shared)
      expect([Math.abs(each) < 0.02, Math.abs(each - shared[0]!) < 1e-9]).toEqual([true, true]);
    const turned = Object.fromEntries(
      Object.entries(design.arms).map(([id, [p = 0, ...rest]]) => [id, [3 - p, ...rest]]),
    );
    const mirrored = fitEffects(coefficientsOf({ ...design, arms: turned }, armIds), counts, prior)!;
    const [start = 0] = coefficients.starts;
    for (let value = 0; value < 4; value++)
      expect(mirrored.coefficients[start + 3 - value]).toBeCloseTo(found.coefficients[start + value]!, 9);
  });

  it('finds a combination that does better than its parts, with evidence and not before', () => {
    const countsOf = (trials: number) =>
      armIds.map((_, arm) => ({ trials, conversions: trials * (arm === 7 ? 0.06 : 0.03) }));
    const few = fitted(countsOf(100)).deviations;
    const many = fitted(countsOf(20_000)).deviations;
    expect(few[7]).toBeGreaterThan(0);
    expect(few[7]).toBeLessThan(0.1);
    expect(many[7]).toBeGreaterThan(0.5);
    expect(many.filter((value) => value > 0.05)).toHaveLength(1);
  });
});
