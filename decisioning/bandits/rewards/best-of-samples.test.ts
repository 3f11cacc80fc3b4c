import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../math/normal.ts';
import { type Random, seededRandom } from '../../random.ts';
import { gammaVariate, normalVariate, studentVariate } from '../../testing/reward-variates.ts';
import { rateVariate } from '../../testing/variates.ts';
import type { RewardBelief } from './belief.ts';
import { bestOfSamples } from './best-of-samples.ts';
import { compositeBelief } from './composite-belief.ts';
import { countBelief } from './count-belief.ts';
import type { RewardFigures } from './figures.ts';
import { revenueBelief } from './revenue-belief.ts';
import { probabilityBestOf } from './reward-evidence.ts';

const DRAWS = 100_000;
const figures = (trials: number, rewarded: number, sum: number, squares: number): RewardFigures => ({
  trials,
  rewarded,
  sum,
  squares,
});

interface Family {
  readonly believe: (own: RewardFigures) => RewardBelief;
  /** One draw of the expected reward from the stated posterior, written down anew. */
  readonly draw: (own: RewardFigures, random: Random) => number;
}

const families: Readonly<Record<string, Family>> = {
  count: {
    believe: (own) => countBelief(own, { mean: 0.5, dispersion: 1.6, deviation: 1 }),
    draw: ({ trials, sum }, random) => gammaVariate(1 + sum / 1.6, random) / (2 + trials / 1.6),
  },
  composite: {
    believe: (own) => compositeBelief(own, { mean: -0.2, deviation: 2, strength: 12 }),
    draw: ({ trials: n, sum, squares }, random) => {
      const mean = n ? sum / n : 0;
      const nu = 12 + n;
      const spread = (12 * 4 + (squares - n * mean * mean) + (n * (mean + 0.2) ** 2) / (n + 1)) / nu;
      return (-0.2 + sum) / (n + 1) + Math.sqrt(spread / (n + 1)) * studentVariate(nu, random);
    },
  },
  'revenue, heavy tails': {
    believe: (own) => revenueBelief(own, { mean: 8, variance: 3, deviation: 1 }, { alpha: 1, beta: 1 }, 1e11),
    draw: ({ trials, rewarded: n, sum, squares }, random) => {
      const mean = n ? sum / n : 8;
      const theta = rateVariate({ alpha: 1 + n, beta: 1 + trials - n }, random);
      const nu = 10 + n;
      const scaled = 10 * 3 + (squares - n * mean * mean) + (5 * n * (mean - 8) ** 2) / (5 + n);
      const variance = scaled / (2 * gammaVariate(nu / 2, random));
      const mu = (40 + sum) / (5 + n) + Math.sqrt(variance / (5 + n)) * normalVariate(random);
      return Math.log(theta) + Math.min(mu + variance / 2, Math.log(1e11));
    },
  },
};

/** Arms of growing evidence, from none at all; rewards of about `level` with a spread, most of them near the best. */
const evidence = (i: number): RewardFigures => {
  const trials = [0, 30, 400, 90, 5_000][i % 5]! * (1 + (i % 3));
  const rewarded = Math.round(trials * (0.08 + 0.01 * (i % 4)));
  const level = 8 + 0.1 * (i % 3);
  return figures(trials, rewarded, rewarded * level, rewarded * (level * level + 2));
};
const small = (own: RewardFigures): RewardFigures => ({ ...own, sum: own.rewarded * 2.1, squares: own.rewarded * 6 });

function winnerFrequency(draws: readonly (() => number)[]): number[] {
  const wins = draws.map(() => 0);
  for (let n = 0; n < DRAWS; n++) {
    let [winner, highest] = [0, Number.NEGATIVE_INFINITY];
    draws.forEach((draw, i) => {
      const value = draw();
      if (value > highest) [winner, highest] = [i, value];
    });
    wins[winner]!++;
  }
  return wins.map((count) => count / DRAWS);
}

describe.each(Object.entries(families))('%s', (name, { believe, draw }) => {
  test.each([2, 5, 20, 64])('P(best) is how often independent draws of the posterior are the largest: %i arms', (k) => {
    const random = seededRandom(k.toString(16).padStart(32, 'c'));
    const own = Array.from({ length: k }, (_, i) =>
      name.startsWith('revenue') ? evidence(i + 1) : small(evidence(i + 1)),
    );
    const computed = probabilityBestOf(own.map(believe));
    const drawn = winnerFrequency(own.map((each) => () => draw(each, random)));
    const worst = Math.max(...computed.map((p, i) => Math.abs(p - drawn[i]!)));
    expect(worst).toBeLessThan(0.005);
  });
});

const random = seededRandom('ab12'.repeat(8));
const ascending = (count: number, make: () => number) => Float64Array.from({ length: count }, make).sort();

describe('bestOfSamples', () => {
  test('is the share of all combinations of points in which an arm is the largest, ties shared', () => {
    const points = [Float64Array.of(1, 4, 6), Float64Array.of(2, 3, 5, 7)];
    // Of 12 pairs the first arm wins (4,2) (4,3) (6,2) (6,3) (6,5).
    expect([...bestOfSamples(points)].map((p) => Math.round(p * 12))).toEqual([5, 7]);
    expect(bestOfSamples([Float64Array.of(1, 2), Float64Array.of(2, 3)])[0]!).toBeCloseTo(1 / 8, 12);
  });

  test.each([2, 5, 40])('256 points an arm are exact to .005: %i normal distributions', (k) => {
    const own = Array.from({ length: k }, (_, i) => ({ mean: (i % 4) / 3, deviation: 1 + (i % 3) }));
    const points = own.map(({ mean, deviation }) =>
      Float64Array.from({ length: 256 }, (_, i) => mean + deviation * normalQuantile((i + 0.5) / 256)),
    );
    const drawn = winnerFrequency(
      own.map(
        ({ mean, deviation }) =>
          () =>
            mean + deviation * normalVariate(random),
      ),
    );
    bestOfSamples(points).forEach((p, i) => {
      expect(Math.abs(p - drawn[i]!)).toBeLessThan(0.005);
    });
  });

  test('equals enumeration for three arms of unequal numbers of points', () => {
    const points = [5, 7, 4].map((count) => ascending(count, () => random.next()));
    const wins = [0, 0, 0];
    for (const a of points[0]!)
      for (const b of points[1]!) for (const c of points[2]!) wins[[a, b, c].indexOf(Math.max(a, b, c))]!++;
    const best = bestOfSamples(points);
    wins.forEach((count, i) => {
      expect(best[i]!).toBeCloseTo(count / 140, 12);
    });
  });

  test('gives arms with the same points the same share, to the bit, for 1 to 512 arms', () => {
    const points = ascending(256, () => random.next());
    for (const k of [1, 2, 3, 512]) {
      const best = bestOfSamples(Array.from({ length: k }, () => points));
      expect(new Set(best).size).toBe(1);
      expect(best[0]!).toBeCloseTo(1 / k, 12);
    }
  });

  test('an arm that lies wholly below another has no chance; nothing is asked of no arms', () => {
    expect([...bestOfSamples([Float64Array.of(1, 2), Float64Array.of(3, 4)])]).toEqual([0, 1]);
    expect(bestOfSamples([])).toHaveLength(0);
  });

  test('follows the arms when they are reordered', () => {
    const points = Array.from({ length: 40 }, () => ascending(64, () => random.next() * 2));
    const order = points.map((_, i) => (i * 23 + 5) % 40);
    const best = bestOfSamples(points);
    const reordered = bestOfSamples(order.map((i) => points[i]!));
    order.forEach((i, place) => {
      expect(reordered[place]!).toBeCloseTo(best[i]!, 12);
    });
  });
});
