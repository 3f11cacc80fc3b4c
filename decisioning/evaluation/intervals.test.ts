import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../math/normal.ts';
import { credibleInterval } from './interval.ts';
import { liftInterval } from './lift.ts';
import { meanLift, sampleMoments } from './mean-lift.ts';
import { wilsonInterval } from './wilson.ts';

describe('credibleInterval', () => {
  it('is exact where the quantiles are known in closed form', () => {
    const uniform = credibleInterval({ alpha: 1, beta: 1 });
    expect(uniform.low).toBeCloseTo(0.025, 14);
    expect(uniform.high).toBeCloseTo(0.975, 14);
    // Beta(1, 10): 1 − (1 − p)^(1/10).
    const few = credibleInterval({ alpha: 1, beta: 10 });
    expect(few.low).toBeCloseTo(1 - 0.975 ** 0.1, 13);
    expect(few.high).toBeCloseTo(1 - 0.025 ** 0.1, 13);
    expect(credibleInterval({ alpha: 1, beta: 10 }, 0.5).high).toBeCloseTo(1 - 0.25 ** 0.1, 13);
  });

  it('narrows to the rate as evidence grows', () => {
    const { low, high } = credibleInterval({ alpha: 1e6, beta: 9e6 });
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
    expect((high - low) / (2 * 1.959_964 * Math.sqrt(0.09 / 1e7))).toBeCloseTo(1, 4);
  });
});

describe('liftInterval', () => {
  // Newcombe 1998, table II, method 10: counts, then the printed 95 % limits.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [10, 10, 0, 10, 0.6075, 1],
  ])('reproduces the published interval of %i/%i − %i/%i', (a, m, b, n, low, high) => {
    const lift = liftInterval({ customers: m, converted: a }, { customers: n, converted: b });
    expect(lift?.absolute.estimate).toBeCloseTo(a / m - b / n, 14);
    expect(Math.abs(lift!.absolute.low - low)).toBeLessThan(5.1e-5);
    expect(Math.abs(lift!.absolute.high - high)).toBeLessThan(5.1e-5);
  });

  it('reproduces the published risk ratio of the aspirin trial, 1.82 [1.43, 2.30]', () => {
    // Agresti, Categorical Data Analysis, 2.2: 189 of 11,034 on placebo, 104 of 11,037 on aspirin.
    const lift = liftInterval({ customers: 11_034, converted: 189 }, { customers: 11_037, converted: 104 });
    expect(lift!.relative!.estimate + 1).toBeCloseTo(1.82, 2);
    expect(lift!.relative!.low + 1).toBeCloseTo(1.43, 2);
    // 2.306, printed as 2.30 from rounded logarithms.
    expect(Math.abs(lift!.relative!.high + 1 - 2.3)).toBeLessThan(0.01);
  });

  it('of rates that are both 1 has the ratio that their own intervals leave open, not none', () => {
    const { relative } = liftInterval({ customers: 54, converted: 54 }, { customers: 6, converted: 6 })!;
    const lowest = (n: number) => wilsonInterval(n, n, normalQuantile(0.975)).low;
    expect(relative!.estimate).toBe(0);
    expect(relative!.low + 1).toBeCloseTo(lowest(54), 12);
    expect(relative!.high + 1).toBeCloseTo(1 / lowest(6), 12);
  });

  it('has about the ratio of the logarithms where a large group converted all but once', () => {
    const [nearly, all] = [1_999, 2_000].map((converted) =>
      liftInterval({ customers: 2_000, converted }, { customers: 1_000, converted: 500 }),
    );
    for (const end of ['low', 'high'] as const)
      expect(Math.abs(all!.relative![end] - nearly!.relative![end])).toBeLessThan(0.01);
  });

  it('has no verdict while a group is empty and no ratio while one has no conversion', () => {
    expect(liftInterval({ customers: 0, converted: 0 }, { customers: 5, converted: 1 })).toBeNull();
    expect(liftInterval({ customers: 5, converted: 1 }, { customers: 0, converted: 0 })).toBeNull();
    expect(liftInterval({ customers: 5, converted: 1 }, { customers: 5, converted: 0 })?.relative).toBeNull();
    expect(liftInterval({ customers: 5, converted: 5 }, { customers: 5, converted: 0 })?.relative).toBeNull();
    expect(liftInterval({ customers: 5, converted: 0 }, { customers: 5, converted: 1 })?.relative).toBeNull();
  });

  it('refuses more conversions than customers', () => {
    expect(() => liftInterval({ customers: 5, converted: 6 }, { customers: 5, converted: 1 })).toThrow(RangeError);
    expect(() => liftInterval({ customers: 5, converted: 1 }, { customers: 5, converted: -1 })).toThrow(RangeError);
  });
});

describe('sampleMoments', () => {
  it('keeps the variance of small differences on a large offset', () => {
    expect(sampleMoments([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toEqual({ n: 4, mean: 1e9 + 10, variance: 30 });
  });

  it('has variance 0 below two values', () => {
    expect(sampleMoments([])).toEqual({ n: 0, mean: 0, variance: 0 });
    expect(sampleMoments([3])).toEqual({ n: 1, mean: 3, variance: 0 });
  });
});

describe('meanLift', () => {
  it("reproduces Student's sleep data: Welch's t-test of R's documentation", () => {
    // t.test(extra ~ group, data = sleep): df = 17.776, 95 % interval −3.3654832 to 0.2054832.
    const one = sampleMoments([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]);
    const two = sampleMoments([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    const lift = meanLift(one, two);
    expect(lift?.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(lift?.low).toBeCloseTo(-3.365_483_2, 6);
    expect(lift?.high).toBeCloseTo(0.205_483_2, 6);
  });

  it('has no verdict below two values, and a point for two constant samples', () => {
    expect(meanLift(sampleMoments([1]), sampleMoments([1, 2]))).toBeNull();
    expect(meanLift(sampleMoments([1, 2]), sampleMoments([]))).toBeNull();
    expect(meanLift(sampleMoments([2, 2]), sampleMoments([1, 1, 1]))).toMatchObject({ estimate: 1, low: 1, high: 1 });
  });

  const hillstrom = new URL('../../../shared/data/hillstrom/Hillstrom.csv.gz', import.meta.url);
  describe.skipIf(!existsSync(hillstrom))('on the Hillstrom log', () => {
    const read = () => {
      const arms = new Map<string, { visit: number[]; spend: number[] }>();
      for (const line of gunzipSync(readFileSync(hillstrom)).toString('utf8').trim().split(/\r?\n/).slice(1)) {
        // From the end, since an earlier column holds commas.
        const [arm, visit, , spend] = line.split(',').slice(-4) as [string, string, string, string];
        const columns = arms.get(arm) ?? { visit: [], spend: [] };
        columns.visit.push(Number(visit));
        columns.spend.push(Number(spend));
        arms.set(arm, columns);
      }
      return arms;
    };

    it.each([
      ['Mens E-Mail', 'visit', 0.07659, 0.069953, 0.083226, 6],
      ['Mens E-Mail', 'spend', 0.7698, 0.4851, 1.0545, 4],
      ['Womens E-Mail', 'visit', 0.045233, 0.038894, 0.051573, 6],
    ] as const)('reproduces the lift of %s in %s', (arm, column, estimate, low, high, digits) => {
      const arms = read();
      const lift = meanLift(sampleMoments(arms.get(arm)![column]), sampleMoments(arms.get('No E-Mail')![column]));
      // The figures are printed with this many decimals, and were made with the normal quantile: one unit in the last place apart.
      const unit = 10 ** -digits;
      expect(Math.abs(lift!.estimate - estimate)).toBeLessThan(0.501 * unit);
      expect(Math.abs(lift!.low - low)).toBeLessThan(unit);
      expect(Math.abs(lift!.high - high)).toBeLessThan(unit);
    });
  });
});
