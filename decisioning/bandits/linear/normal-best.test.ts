import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile } from '../../math/normal.ts';
import { testRandom } from '../../testing/seeds.ts';
import { normalBest } from './normal-best.ts';

/** P(the largest) as the mean of ∏ F over the arm's own quantiles: slow, and shares nothing with the quadrature but the cdf. */
function byQuantiles(means: readonly number[], deviations: readonly number[]): number[] {
  const steps = 4_000;
  return means.map((mean, i) => {
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const value = mean + deviations[i]! * normalQuantile((step + 0.5) / steps);
      let all = 1;
      for (const [j, other] of means.entries()) if (j !== i) all *= normalCdf((value - other) / deviations[j]!);
      sum += all;
    }
    return sum / steps;
  });
}

describe('normalBest', () => {
  test.each([
    ['alike', [0.1, 0.1, 0.1], [0.02, 0.02, 0.02]],
    ['close', [0.1, 0.11, 0.12, 0.08], [0.02, 0.03, 0.01, 0.05]],
    ['needles beside wide ones', [0.1, 0.1001, 0, 0.3], [1e-5, 1e-6, 1, 0.2]],
    ['far apart', [-1_000, 0, 0.5], [1, 1, 1]],
    ['huge and tiny', [1e6, 1e6 + 1, 0], [1, 2, 1e6]],
  ])('is exact to 1e-3: %s', (_name, means, deviations) => {
    const computed = normalBest(means, deviations);
    byQuantiles(means, deviations).forEach((expected, i) => {
      expect(Math.abs(computed[i]! - expected)).toBeLessThan(1e-3);
    });
  });

  test('of two is Φ of their distance, to 1e-5', () => {
    const random = testRandom(5);
    for (let round = 0; round < 300; round++) {
      const means = [random.next() - 0.5, random.next() - 0.5];
      const deviations = [10 ** (random.next() * 6 - 5), 10 ** (random.next() * 6 - 5)];
      const expected = normalCdf((means[0]! - means[1]!) / Math.hypot(...deviations));
      expect(Math.abs(normalBest(means, deviations)[0]! - expected)).toBeLessThan(1e-5);
    }
  });

  test('sums to 1, is the same for arms that are alike and follows arms that change places, up to 512 of them', () => {
    const random = testRandom(6);
    for (const k of [1, 2, 17, 512]) {
      const means = Array.from({ length: k }, () => random.next() * 0.2);
      const deviations = means.map(() => 10 ** (random.next() * 4 - 4));
      means.push(means[0]!);
      deviations.push(deviations[0]!);
      const best = normalBest(means, deviations);
      expect(best.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(best[k]).toBe(best[0]);
      expect(best.every((p) => p >= 0)).toBe(true);
      const turned = normalBest(means.toReversed(), deviations.toReversed()).toReversed();
      best.forEach((p, i) => {
        expect(turned[i]).toBeCloseTo(p, 12);
      });
    }
  });

  test('shares evenly among the largest where deviations are smaller than what numbers around the means tell apart', () => {
    expect(normalBest([1e6, 1e6, 3], [1e-12, 1e-15, 1e-12])).toEqual(new Float64Array([0.5, 0.5, 0]));
    expect([...normalBest([5, 5, 5, 5], [1e-300, 1e-300, 1e-300, 1e-300])]).toEqual([0.25, 0.25, 0.25, 0.25]);
    const beside = normalBest([1, 1], [1e-17, 0.1]);
    expect(beside[0]).toBeCloseTo(0.5, 4);
    expect([...normalBest([-1e9, 1e9], [1e-9, 1e-9])]).toEqual([0, 1]);
  });

  test('gives the only arm everything, and refuses what is no distribution', () => {
    expect([...normalBest([3], [1e-9])]).toEqual([1]);
    for (const [mean, deviation] of [
      [Number.NaN, 1],
      [0, 0],
      [0, -1],
      [0, Number.POSITIVE_INFINITY],
      [Infinity, 1],
    ])
      expect(() => normalBest([mean!, 0], [deviation!, 1])).toThrow(RangeError);
  });
});
