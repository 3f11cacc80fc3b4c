import { describe, expect, test } from 'vitest';
import type { BetaPosterior } from '../bandits/posterior.ts';
import { testRandom } from '../testing/seeds.ts';
import { rateVariate } from '../testing/variates.ts';
import { expectedLoss } from './expected-loss.ts';

const beta = (alpha: number, b: number): BetaPosterior => ({ alpha, beta: b });

describe('expected loss', () => {
  test('of one arm is nothing', () => {
    expect(expectedLoss([beta(3, 9)], 0)).toBeCloseTo(0, 9);
  });

  test('of two uniform arms is a sixth: E[max] = 2/3', () => {
    expect(expectedLoss([beta(1, 1), beta(1, 1)], 0)).toBeCloseTo(1 / 6, 9);
    expect(expectedLoss([beta(1, 1), beta(1, 1), beta(1, 1)], 2)).toBeCloseTo(3 / 4 - 1 / 2, 9);
  });

  test('of an arm that is far ahead is nothing, of the one behind the gap', () => {
    const arms = [beta(9_000, 1_000), beta(1_000, 9_000)];
    expect(expectedLoss(arms, 0)).toBeLessThan(1e-9);
    expect(expectedLoss(arms, 1)).toBeCloseTo(0.8, 6);
  });

  test.each([
    { name: 'a close race', arms: [beta(101, 901), beta(95, 907), beta(88, 914)] },
    {
      name: 'small rates of unequal knowledge',
      arms: [beta(21, 1_981), beta(3, 140), beta(1, 1), beta(2_100, 198_000)],
    },
    { name: 'skewed and wide', arms: [beta(0.5, 20), beta(1, 50), beta(2, 30)] },
    { name: 'forty arms', arms: Array.from({ length: 40 }, (_, i) => beta(5 + (i % 7), 100 + 3 * i)) },
  ])('of $name is that of 200,000 independent draws', ({ arms }) => {
    const random = testRandom(7);
    const draws = 200_000 / Math.max(1, arms.length / 4);
    const means = arms.map((arm) => arm.alpha / (arm.alpha + arm.beta));
    const chosen = means.indexOf(Math.max(...means));
    let [sum, squares] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const rates = arms.map((arm) => rateVariate(arm, random));
      const loss = Math.max(...rates) - rates[chosen]!;
      sum += loss;
      squares += loss * loss;
    }
    const mean = sum / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    expect(Math.abs(expectedLoss(arms, chosen) - mean)).toBeLessThan(4 * error);
  });
});
