import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { expect, test } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { betaVariate } from './beta-variate.ts';

test.each([
  [0.4, 19.6],
  [1, 1],
  [3.5, 2],
  [120, 1_080],
  [0.5, 0.5],
])('variates of Beta(%d, %d) have its distribution (Kolmogorov–Smirnov, 20,000 draws)', (alpha, beta) => {
  const random = testRandom(11);
  const count = 20_000;
  const draws = Array.from({ length: count }, () => betaVariate(alpha, beta, random)).sort((a, b) => a - b);
  const distance = draws.reduce((most, x, i) => {
    const cdf = betaCdf(x, alpha, beta);
    return Math.max(most, Math.abs(cdf - i / count), Math.abs(cdf - (i + 1) / count));
  }, 0);
  // The 99.9 % point of the statistic is 1.95 / √n.
  expect(distance * Math.sqrt(count)).toBeLessThan(1.95);
});
