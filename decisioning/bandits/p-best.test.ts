import { describe, expect, it } from 'vitest';
import { normalCdf } from '../math/normal.ts';
import { type Random, seededRandom } from '../random.ts';
import { logitVariate } from '../testing/variates.ts';
import { probabilityBest } from './p-best.ts';
import type { BetaPosterior } from './posterior.ts';

const DRAWS = 100_000;
const seed = (n: number) => n.toString(16).padStart(32, 'b');

/** How often each arm has the largest of independently sampled rates (compared on the logit scale, where none saturates). */
function winnerFrequency(posteriors: readonly BetaPosterior[], random: Random): number[] {
  const wins = new Array<number>(posteriors.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) {
    let winner = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < posteriors.length; i++) {
      const { alpha, beta } = posteriors[i]!;
      const rate = logitVariate({ alpha, beta }, random);
      if (rate > highest) {
        highest = rate;
        winner = i;
      }
    }
    wins[winner]!++;
  }
  return wins.map((count) => count / DRAWS);
}

const beta = (alpha: number, b: number): BetaPosterior => ({ alpha, beta: b });
const arms = (k: number, make: (i: number) => BetaPosterior) => Array.from({ length: k }, (_, i) => make(i));
const evidence: Record<string, (i: number) => BetaPosterior> = {
  even: (i) => beta(100 + i, 900 - i),
  skewed: (i) => beta(1 + 4 ** (i % 5), 20 + 30 * 3 ** (i % 6)),
  tied: () => beta(31, 271),
  'tiny (0 to 3 trials)': (i) => beta(1 + (i % 2), 1 + (i % 3)),
  'far below one': (i) => beta(0.01 + 0.05 * (i % 4), 0.3 + 0.2 * (i % 3)),
  'huge (1e7 trials)': (i) => beta(1e6 + 600 * (i % 4), 9e6),
};

/** From piled up at both ends to a needle. */
const extremes = [0.001, 0.01, 0.1, 0.5, 1, 2, 8, 60, 1e3, 1e5, 1e8];

describe('probabilityBest', () => {
  for (const [name, make] of Object.entries(evidence)) {
    it.each([2, 5, 20])(`equals the winner frequency of independently sampled posteriors: ${name}, %i arms`, (k) => {
      const posteriors = arms(k, make);
      const sampled = winnerFrequency(posteriors, seededRandom(seed(k)));
      const computed = probabilityBest(posteriors);
      for (let i = 0; i < k; i++) expect(Math.abs(computed[i]! - sampled[i]!)).toBeLessThan(0.005);
    });
  }

  it('gives exact values where they are known in closed form', () => {
    // P(Beta(1,1) is below Beta(a,1)) = a / (a + 1).
    for (const a of [1e-3, 0.5, 1, 2, 10, 1e4]) {
      expect(Math.abs(probabilityBest([beta(1, 1), beta(a, 1)])[1]! - a / (a + 1))).toBeLessThan(1e-6);
    }
    // ∫ 12·y·(1 − y)²·(3y² − 2y³) dy over [0, 1].
    expect(probabilityBest([beta(2, 2), beta(2, 3)])[1]).toBeCloseTo(13 / 35, 6);
    // Beta(a₁,1) … Beta(aₖ,1): the largest has aᵢ / Σ a, whatever their scales.
    const a = [0.001, 0.01, 0.5, 3, 40, 1000];
    const total = a.reduce((sum, value) => sum + value, 0);
    const best = probabilityBest(a.map((value) => beta(value, 1)));
    for (let i = 0; i < a.length; i++) expect(Math.abs(best[i]! - a[i]! / total)).toBeLessThan(1e-5);
  });

  it('gives a uniform rate against any other the mean of what the other leaves: P(θ < U) = β / (α + β)', () => {
    for (const a of extremes) {
      for (const b of extremes) {
        expect(Math.abs(probabilityBest([beta(a, b), beta(1, 1)])[1]! - b / (a + b))).toBeLessThan(1e-5);
      }
    }
  });

  it('gives two rates that are each symmetric about a half an even chance, whatever their widths', () => {
    for (const a of extremes) {
      for (const b of extremes)
        expect(Math.abs(probabilityBest([beta(a, a), beta(b, b)])[0]! - 0.5)).toBeLessThan(1e-5);
    }
  });

  it('approaches the normal answer at 1e8 on either side', () => {
    const step = 1e4;
    const difference = (2 * step) / 2e8 / Math.sqrt(2 * (0.25 / 2e8));
    const best = probabilityBest([beta(1e8 - step, 1e8 + step), beta(1e8 + step, 1e8 - step)]);
    expect(Math.abs(best[1]! - normalCdf(difference))).toBeLessThan(1e-5);
  });

  it('splits evenly among equal posteriors, to the bit, for 1 to 512 arms and any evidence', () => {
    for (const posterior of [beta(1, 1), beta(0.001, 0.001), beta(0.001, 1e8), beta(1e8, 1e8), beta(1e8, 0.001)]) {
      for (const k of [1, 2, 3, 512]) {
        const best = probabilityBest(arms(k, () => posterior));
        expect(new Set(best).size).toBe(1);
        expect(Math.abs(best[0]! - 1 / k)).toBeLessThan(1e-14);
      }
    }
  });

  it('is never NaN or negative and sums to 1 over all mixes of extremes', () => {
    const ends = [0.001, 0.01, 1, 2, 5, 40, 1e3, 1e6, 1e8];
    const all = ends.flatMap((a) => ends.map((b) => beta(a, b)));
    const pairs = all.flatMap((one) => all.map((other) => [one, other]));
    for (const posteriors of [...pairs, all, arms(512, (i) => all[(i * 7) % all.length]!)]) {
      const best = probabilityBest(posteriors);
      let sum = 0;
      for (const value of best) {
        if (!(value >= 0 && value <= 1)) expect.fail(`${value} for ${JSON.stringify(posteriors)}`);
        sum += value;
      }
      if (!(Math.abs(sum - 1) < 1e-12)) expect.fail(`sum ${sum} for ${JSON.stringify(posteriors)}`);
    }
  });

  it('mirrors: what two arms gain when their order is swapped is the other share', () => {
    const ends = [0.001, 0.5, 7, 1e3, 1e8];
    for (const a of ends) {
      for (const b of ends) {
        const [one, other] = probabilityBest([beta(a, b), beta(b, a)]);
        const [swapped] = probabilityBest([beta(b, a), beta(a, b)]);
        expect(Math.abs(other! - swapped!)).toBeLessThan(1e-12);
        if (a === b) expect(one).toBe(other);
        if (a > b) expect(one!).toBeGreaterThan(other!);
      }
    }
  });

  it('gives exactly 0 to an arm that lies wholly below another', () => {
    expect([...probabilityBest([beta(1e5, 9e5), beta(5e5, 5e5)])]).toEqual([0, 1]);
  });

  it('answers nothing for no arms and refuses what is not a distribution', () => {
    expect(probabilityBest([])).toHaveLength(0);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => probabilityBest([beta(1, 1), beta(bad, 1)])).toThrow(RangeError);
      expect(() => probabilityBest([beta(1, bad)])).toThrow(RangeError);
    }
  });
});
