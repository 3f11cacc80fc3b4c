import gammaQuantile from '@stdlib/stats-base-dists-gamma-quantile';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../math/normal.ts';
import { compositeBelief, compositePrior, studentQuantiles } from './composite-belief.ts';
import { countBelief, countPrior, gammaQuantiles } from './count-belief.ts';
import { noFigures, type RewardFigures } from './figures.ts';
import { revenueBelief, revenuePrior } from './revenue-belief.ts';

const SHARES = [0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999];
const uniform = { alpha: 1, beta: 1 };

/** Figures of a list of rewards; for revenue of their logarithms. */
function figuresOf(trials: number, rewards: readonly number[]): RewardFigures {
  const sum = rewards.reduce((total, each) => total + each, 0);
  const squares = rewards.reduce((total, each) => total + each * each, 0);
  return { trials, rewarded: rewards.length, sum, squares };
}

describe('quantiles', () => {
  test('of Gamma agree with @stdlib to 0.004 of the deviation', () => {
    for (const shape of [1, 2.5, 5, 40])
      for (const share of SHARES) {
        const off = gammaQuantiles(shape)(share) - gammaQuantile(share, shape, 1);
        expect(Math.abs(off) / Math.sqrt(shape)).toBeLessThan(0.004);
      }
  });

  test('of Gamma approach the cube of a normal one at large shapes (Wilson and Hilferty, 1931)', () => {
    for (const shape of [1e3, 1e6])
      for (const share of SHARES) {
        const cube = shape * (1 - 1 / (9 * shape) + normalQuantile(share) / (3 * Math.sqrt(shape))) ** 3;
        expect(Math.abs(gammaQuantiles(shape)(share) - cube) / Math.sqrt(shape)).toBeLessThan(1e-3);
      }
  });

  test('of Student agree with @stdlib to 1e-3', () => {
    for (const degrees of [10, 12.5, 60, 1e3, 1e6])
      for (const share of SHARES)
        expect(Math.abs(studentQuantiles(degrees)(share) - studentQuantile(share, degrees))).toBeLessThan(1e-3);
  });
});

describe('count', () => {
  test('one event at the mean of the campaign, then the arm itself', () => {
    const prior = countPrior(figuresOf(1_000, new Array(50).fill(1)));
    expect(prior.mean).toBeCloseTo(51 / 1_001, 12);
    expect(prior.dispersion).toBe(1);
    expect(countBelief(noFigures, prior).mean).toBeCloseTo(prior.mean, 12);
    const far = countBelief(figuresOf(100_000, new Array(20_000).fill(1)), prior);
    expect(far.mean).toBeCloseTo(0.2, 3);
  });

  test('customers who come back ten times are one customer: evidence counts a tenth', () => {
    const repeats = figuresOf(100_000, new Array(50).fill(10));
    expect(countPrior(repeats).dispersion).toBeCloseTo(10, 1);
    const points = countBelief(repeats, countPrior(repeats)).points(1_000);
    const single = figuresOf(100_000, new Array(50).fill(1));
    const unit = countBelief(single, countPrior(single)).points(1_000);
    // Ten times the mean and ten times the spread.
    for (const i of [25, 500, 975]) expect(points[i]! / unit[i]!).toBeCloseTo(10, 0);
  });
});

describe('composite', () => {
  const weights = 5;

  test('mean and interval are those of the rewards once there are many', () => {
    const rewards = Array.from({ length: 20_000 }, (_, i) => (i % 10 === 0 ? 5 : i % 7 === 0 ? -2 : 0));
    const own = { ...figuresOf(20_000, rewards), rewarded: rewards.filter((each) => each !== 0).length };
    const belief = compositeBelief(own, compositePrior(own, weights));
    const mean = own.sum / 20_000;
    const error = Math.sqrt((own.squares / 20_000 - mean * mean) / 20_000);
    expect(belief.mean).toBeCloseTo(mean, 3);
    const points = belief.points(1_000);
    expect(points[975]! - points[24]!).toBeCloseTo(2 * 1.96 * error, 3);
  });

  test('fifty trials without a reward do not make it certain that there is none', () => {
    const campaign = { ...figuresOf(5_000, new Array(50).fill(5)), rewarded: 50 };
    const prior = compositePrior(campaign, weights);
    const points = compositeBelief({ ...noFigures, trials: 50 }, prior).points(1_000);
    // Their standard error at the campaign's variance: 0.5 / √50 = 0.07.
    expect(points[841]! - points[500]!).toBeGreaterThan(0.06);
    expect(points[841]! - points[500]!).toBeLessThan(0.08);
  });

  test('all rewards below 0 are believed as they are', () => {
    const own = { ...figuresOf(1_000, new Array(100).fill(-5)), rewarded: 100 };
    const belief = compositeBelief(own, compositePrior(own, weights));
    expect(belief.mean).toBeCloseTo(-0.5, 2);
    expect(belief.points(100)[99]!).toBeLessThan(0);
  });
});

describe('revenue', () => {
  const logs = (values: readonly number[]) => values.map((value) => Math.log(value));
  const campaign = figuresOf(10_000, logs(Array.from({ length: 200 }, (_, i) => 2_000 * 1.01 ** i)));
  const prior = revenuePrior(campaign, 1e11);

  test('chance times the mean of a log-normal, from the campaign where the arm knows nothing', () => {
    const mean = campaign.sum / 200;
    const variance = (campaign.squares - 200 * mean * mean + 2) / 202;
    expect(prior.mean).toBeCloseTo(mean, 12);
    expect(prior.variance).toBeCloseTo(variance, 10);
    expect(revenueBelief(noFigures, prior, { alpha: 2, beta: 98 }, 1e11).mean).toBeCloseTo(
      0.02 * Math.exp(mean + variance / 2),
      6,
    );
  });

  test('one order a thousand times the others moves the mean by less than it would move a plain one, by far', () => {
    const usual = new Array(30).fill(Math.log(5_000));
    const before = revenueBelief(figuresOf(1_000, usual), prior, uniform, 1e11).mean;
    const after = revenueBelief(figuresOf(1_001, [...usual, Math.log(5_000_000)]), prior, uniform, 1e11).mean;
    const plain = (30 * 5_000 + 5_000_000) / 1_001 / ((30 * 5_000) / 1_000);
    expect(plain).toBeGreaterThan(34);
    expect(after / before).toBeLessThan(5);
  });

  test('nothing counts more than the largest value, however wide the spread', () => {
    const wild = figuresOf(100, [2, 20, 2, 24]);
    const belief = revenueBelief(wild, revenuePrior(wild, 1_000), { alpha: 1, beta: 1 }, 1_000);
    expect(belief.mean).toBeLessThanOrEqual(1_000);
    for (const point of belief.points(512)) expect(point).toBeLessThanOrEqual(1_000);
  });
});

test('no figures, fractions of a trial, and the largest sums there can be give finite numbers in ascending order', () => {
  const all: RewardFigures[] = [
    noFigures,
    { trials: 1e-9, rewarded: 1e-9, sum: 2e-8, squares: 4e-7 },
    { trials: 0.3, rewarded: 0.3, sum: 3, squares: 30 },
    { trials: 1e9, rewarded: 1e9, sum: 2.5e10, squares: 6.25e11 },
    { trials: 1e9, rewarded: 1, sum: 25, squares: 625 },
    // Rounding may leave squares below what the sum asks for.
    { trials: 10, rewarded: 10, sum: 80, squares: 639.999 },
  ];
  for (const own of all) {
    for (const campaign of all) {
      const beliefs = [
        countBelief(own, countPrior(campaign)),
        compositeBelief(own, compositePrior(campaign, 1_000)),
        revenueBelief(own, revenuePrior(campaign, 1e11), { alpha: 0.001, beta: 1e6 }, 1e11),
      ];
      for (const { mean, points } of beliefs) {
        expect(Number.isFinite(mean)).toBe(true);
        const values = points(256);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(values.every((value, i) => i === 0 || value >= values[i - 1]!)).toBe(true);
      }
    }
  }
});
