import { describe, expect, test } from 'vitest';
import { estimatesOf } from './estimates.ts';

const prediction = { means: Float64Array.of(0.1, 0.08), deviations: Float64Array.of(0.02, 0.2), noise: 0.5 };

describe('what a linear strategy goes by', () => {
  test('linear_ucb: the estimate and a margin of α deviations, whose largest sum is the arm it shows', () => {
    expect(estimatesOf({ policy: 'linear_ucb', alpha: 0.3 }, prediction)).toEqual([
      { estimate: 0.1, margin: expect.closeTo(0.006, 12) },
      { estimate: 0.08, margin: expect.closeTo(0.06, 12) },
    ]);
  });

  test('linear_thompson: the estimate and its standard deviation, by v or by the spread of rewards', () => {
    expect(estimatesOf({ policy: 'linear_thompson' }, prediction)![1]).toEqual({ estimate: 0.08, deviation: 0.1 });
    expect(estimatesOf({ policy: 'linear_thompson', v: 2 }, prediction)![1]).toEqual({
      estimate: 0.08,
      deviation: 0.4,
    });
  });

  test('inverse_gap: the estimate alone; policies that do not predict: nothing', () => {
    expect(estimatesOf({ policy: 'inverse_gap', gamma: 9 }, prediction)).toEqual([
      { estimate: 0.1 },
      { estimate: 0.08 },
    ]);
    expect(estimatesOf({ policy: 'thompson' }, prediction)).toBeUndefined();
  });
});
