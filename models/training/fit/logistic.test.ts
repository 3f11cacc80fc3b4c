import { describe, expect, it } from 'vitest';
import { madeUp } from '../testing/made.ts';
import { fitLogistic } from './logistic.ts';

describe('logistic regression', () => {
  it('without a ridge, of one column of 0 and 1: the log-odds of the two groups', () => {
    // 30 of 100 and 45 of 60.
    const x = [...Array<number>(100).fill(0), ...Array<number>(60).fill(1)];
    const y = x.map((group, i) => (group === 0 ? (i < 30 ? 1 : 0) : i < 145 ? 1 : 0));
    const rows = { values: Float64Array.from(x), width: 1 };
    const { intercept, coefficients } = fitLogistic(rows, Float64Array.from(y), { ridge: 0 });
    expect(intercept).toBeCloseTo(Math.log(30 / 70), 6);
    expect(coefficients[0]).toBeCloseTo(Math.log(45 / 15) - Math.log(30 / 70), 6);
  });

  it('counts a row of weight 3 three times, and a share as that many of each', () => {
    const rows = { values: Float64Array.of(0, 1, 2, 3), width: 1 };
    const weighted = fitLogistic(rows, Float64Array.of(0, 1, 0, 1), { weights: Float64Array.of(1, 3, 1, 1) });
    const repeated = fitLogistic(
      { values: Float64Array.of(0, 1, 1, 1, 2, 3), width: 1 },
      Float64Array.of(0, 1, 1, 1, 0, 1),
      // The ridge is on standardized columns, whose scale differs between the two: none here.
      { ridge: 0 },
    );
    const bare = fitLogistic(rows, Float64Array.of(0, 1, 0, 1), { weights: Float64Array.of(1, 3, 1, 1), ridge: 0 });
    expect(bare.coefficients[0]).toBeCloseTo(repeated.coefficients[0]!, 6);
    expect(Math.abs(weighted.coefficients[0]!)).toBeLessThan(Math.abs(bare.coefficients[0]!));
    const shares = fitLogistic({ values: Float64Array.of(0, 1), width: 1 }, Float64Array.of(0.25, 0.5), { ridge: 0 });
    expect(shares.intercept).toBeCloseTo(Math.log(1 / 3), 6);
  });

  it('stays finite where one column tells everything, and where columns repeat one another', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => (i >> 1) % 20);
    const y = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1));
    const twice = { values: Float64Array.from(x, (_, i) => i >> 1), width: 2 };
    const { coefficients } = fitLogistic(twice, y);
    expect(coefficients[0]).toBeGreaterThan(0);
    expect(coefficients[0]).toBeCloseTo(coefficients[1]!, 5);
  });

  it('a column that never changes gets no weight', () => {
    const { rows, answers } = madeUp(200, 4);
    for (let i = 0; i < 200; i++) rows.values[i * 4 + 3] = Math.fround(0.1);
    expect(Math.abs(fitLogistic(rows, answers).coefficients[3]!)).toBeLessThan(1e-6);
  });

  it('refuses answers that do not fit the rows', () => {
    const rows = { values: Float64Array.of(1, 2), width: 1 };
    expect(() => fitLogistic(rows, Float64Array.of(1))).toThrow('2 rows, but 1 answers');
    expect(() => fitLogistic({ values: new Float64Array(0), width: 3 }, new Float64Array(0))).toThrow('no rows');
  });
});
