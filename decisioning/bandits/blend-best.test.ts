import { describe, expect, it } from 'vitest';
import { betaCdf } from '../math/beta.ts';
import { betaQuantile } from '../math/beta-quantile.ts';
import { seededRandom } from '../random.ts';
import { rateVariate } from '../testing/variates.ts';
import { blendedBest } from './blend-best.ts';
import { bestOnGrid } from './blend-grid.ts';
import { probabilityBest } from './p-best.ts';
import { type BetaPosterior, uniformPrior } from './posterior.ts';

const SEED = 'b1e2d'.repeat(8);
const DRAWS = 100_000;
const beta = (alpha: number, b: number): BetaPosterior => ({ alpha, beta: b });

/** P(vᵢ is the largest) as the mean of ∏ F over the arm's own quantiles: slow, and shares nothing with the quadrature but the cdf. */
function byQuantiles(posteriors: readonly BetaPosterior[], scores: readonly number[], w: number): number[] {
  const steps = 1_000;
  return posteriors.map((own, i) => {
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const value = (1 - w) * betaQuantile((step + 0.5) / steps, own.alpha, own.beta) + w * scores[i]!;
      let all = 1;
      posteriors.forEach(({ alpha, beta: b }, j) => {
        if (j !== i) all *= betaCdf((value - w * scores[j]!) / (1 - w), alpha, b);
      });
      sum += all;
    }
    return sum / steps;
  });
}

describe('blendedBest', () => {
  it.each([
    ['no evidence', [1, 1, 1, 1], [1, 1, 1, 1]],
    ['a few trials', [1, 2, 3, 1.5], [1, 4, 2.2, 3]],
    ['rates near 0', [1, 11, 31, 8], [40, 400, 900, 201]],
    ['rates near 1', [40, 400, 900, 1], [1, 11, 31, 1]],
    ['needles beside wide ones', [1e5, 2, 5_000, 1e7], [1e6, 9, 45_000, 9e7]],
  ])('is exact to 1e-3: %s', (_name, alphas, betas) => {
    const posteriors = alphas.map((alpha, i) => beta(alpha, betas[i]!));
    for (const scores of [
      [0.1, 0.1, 0.1, 0.1],
      [0.02, 0.05, 0.11, 0.08],
      [0.9, 0.2, 0, 1],
    ]) {
      for (const w of [0.1, 0.3, 0.9]) {
        const computed = blendedBest(posteriors, scores, w);
        byQuantiles(posteriors, scores, w).forEach((expected, i) => {
          expect(Math.abs(computed[i]! - expected)).toBeLessThan(1e-3);
        });
      }
    }
  });

  it.each([
    [2, 0.3],
    [5, 0.1],
    [17, 0.3],
    [5, 0.9],
  ])('is exact to 1e-3 on the even grid, too: %d arms, scores at a weight of %d', (k, w) => {
    const random = seededRandom(SEED);
    const posteriors = Array.from({ length: k }, () => beta(4 + 60 * random.next(), 200 + 800 * random.next()));
    const scores = posteriors.map(() => 0.02 + 0.04 * random.next());
    expect(bestOnGrid(posteriors, scores, w)).toBeDefined();
    const computed = blendedBest(posteriors, scores, w);
    byQuantiles(posteriors, scores, w).forEach((expected, i) => {
      expect(Math.abs(computed[i]! - expected)).toBeLessThan(1e-3);
    });
  });

  it('sums to 1 on the even grid, wherever it begins', () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < 500; round++) {
      const posteriors = Array.from({ length: 2 }, () => beta(4 + 60 * random.next(), 200 + 800 * random.next()));
      const [one, other] = bestOnGrid(posteriors, [0.1 * random.next(), 0.1 * random.next()], 0.3) ?? [1, 0];
      expect(one! + other!).toBeCloseTo(1, 12);
    }
  });

  it('shares evenly among the best scores at a weight of 1, where posteriors no longer count', () => {
    const posteriors = [beta(40, 60), beta(1, 1), beta(9, 3)];
    expect([...blendedBest(posteriors, [0.4, 0.7, 0.7], 1)]).toEqual([0, 0.5, 0.5]);
    expect([...blendedBest(posteriors, [0.4, 0.7, 0.6], 1)]).toEqual([0, 1, 0]);
  });

  it('leaves needles beside wide arms, and arms that end abruptly, to panels', () => {
    const scores = [0.1, 0.1];
    expect(bestOnGrid([beta(20, 100), beta(20, 100)], scores, 0.3)).toBeDefined();
    expect(bestOnGrid([beta(20, 100), beta(2e6, 1e7)], scores, 0.3)).toBeUndefined();
    expect(bestOnGrid([beta(20, 100), beta(1, 1)], scores, 0.3)).toBeUndefined();
  });

  it('equals the winner frequency of independently sampled posteriors plus scores, 2 and 12 arms', () => {
    const random = seededRandom(SEED);
    for (const k of [2, 12]) {
      const posteriors = Array.from({ length: k }, (_, i) => beta(2 + 3 * (i % 4), 30 + 20 * (i % 5)));
      const scores = posteriors.map((_, i) => ((i * 7) % 12) / 60);
      const wins = new Array<number>(k).fill(0);
      for (let draw = 0; draw < DRAWS; draw++) {
        const values = posteriors.map((posterior, i) => 0.7 * rateVariate(posterior, random) + 0.3 * scores[i]!);
        wins[values.indexOf(Math.max(...values))]!++;
      }
      const computed = blendedBest(posteriors, scores, 0.3);
      wins.forEach((count, i) => {
        expect(Math.abs(computed[i]! - count / DRAWS)).toBeLessThan(0.005);
      });
    }
  });

  it('is P(best) when all scores are equal, and when they weigh nothing', () => {
    const posteriors = [beta(11, 91), beta(10, 42), beta(1, 1), beta(60, 400)];
    const bandit = probabilityBest(posteriors);
    for (const computed of [
      blendedBest(posteriors, [0.4, 0.4, 0.4, 0.4], 0.3),
      blendedBest(posteriors, [0, 1, 1, 0], 0),
    ])
      bandit.forEach((p, i) => {
        expect(Math.abs(computed[i]! - p)).toBeLessThan(1e-3);
      });
  });

  it('favours the better score among equal posteriors, and treats equal arms equally', () => {
    const posteriors = [beta(5, 60), beta(5, 60), beta(5, 60)];
    const [worse, better, same] = blendedBest(posteriors, [0.05, 0.1, 0.05], 0.3);
    expect(better!).toBeGreaterThan(worse! + 0.1);
    expect(worse).toBe(same);
    expect(blendedBest([uniformPrior], [0.3], 0.3)).toEqual(new Float64Array([1]));
  });

  it('gives everything to an arm that no other can reach', () => {
    expect([...blendedBest([beta(500, 500), beta(500, 500)], [1, 0], 0.5)]).toEqual([1, 0]);
  });

  it('gives 64 arms probabilities that sum to 1, from no evidence to 1e8 trials on either side', () => {
    const random = seededRandom(SEED);
    const parameter = [() => 1, () => 1 + random.next(), () => 1 + 10 ** (random.next() * 9 - 1), () => 1e8];
    for (let round = 0; round < 300; round++) {
      const pick = () => parameter[Math.floor(random.next() * (round % 2 ? 4 : 3))]!();
      const posteriors = Array.from({ length: 64 }, () => beta(pick(), pick()));
      const scores = posteriors.map(() => Math.floor(random.next() * 5) / 4);
      const computed = blendedBest(posteriors, scores, [0.001, 0.3, 0.9][round % 3]!);
      expect(Math.abs(computed.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-12);
      expect(Math.min(...computed)).toBeGreaterThanOrEqual(0);
    }
  });

  it('refuses parameters below 1 and such as are no numbers', () => {
    for (const bad of [beta(0.99, 1), beta(1, 0), beta(Number.NaN, 1), beta(1, Number.POSITIVE_INFINITY)])
      expect(() => blendedBest([uniformPrior, bad], [0, 0], 0.3)).toThrow(RangeError);
  });
});
