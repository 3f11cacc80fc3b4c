import { describe, expect, test } from 'vitest';
import { BERNOULLI_RATES, type Contender, CURVE_POINTS, regretCurve, regretOf } from './bandit.ts';

const CHOICES = 20_000;

function play(strategy: Contender['strategy'], runs: number) {
  const contender = { name: strategy.policy, strategy, floor: 0 };
  const curves = Array.from({ length: runs }, (_, run) => regretCurve(contender, BERNOULLI_RATES, CHOICES, run + 1));
  return regretOf(contender.name, curves);
}

/** Reference figures of other implementations over 200 runs: Thompson 93.1 ± 2.3, UCB1 844 ± 4, ε = .1 161 ± 13, uniform 1,320. */
describe('regret on ten Bernoulli arms, 20,000 choices', { timeout: 60_000 }, () => {
  test('Thompson loses at most 97, mean of 3 runs', () => {
    expect(play({ policy: 'thompson' }, 3).mean).toBeLessThanOrEqual(97);
  });

  test('UCB1 is within 5 % of 844, mean of 10 runs', () => {
    expect(Math.abs(play({ policy: 'ucb' }, 10).mean - 844)).toBeLessThan(0.05 * 844);
  });

  test('ε = .1 is within 5 % of 161 and three standard errors of 40 runs', () => {
    const { mean, standardError } = play({ policy: 'epsilon_greedy', epsilon: 0.1 }, 40);
    expect(standardError).toBeLessThan(15);
    expect(Math.abs(mean - 161)).toBeLessThan(0.05 * 161 + 3 * standardError);
  });

  test('inverse gap weighting loses less than half of what UCB1 does', () => {
    expect(play({ policy: 'inverse_gap', gamma: 1_000 }, 5).mean).toBeLessThan(400);
  });

  test('an even choice loses 1,320, and the same seed the same', () => {
    const uniform = { policy: 'epsilon_greedy', epsilon: 1 } as const;
    expect(Math.abs(play(uniform, 5).mean - 1_320)).toBeLessThan(15);
    expect(play(uniform, 2)).toEqual(play(uniform, 2));
  });
});

describe('curves', () => {
  test('have a point at each fiftieth, none below the one before', () => {
    const curve = regretCurve({ name: 'x', strategy: { policy: 'ucb' }, floor: 0.5 }, [0.5, 0.4], 130, 1);
    expect(curve).toHaveLength(CURVE_POINTS);
    expect(curve.toSorted((one, other) => one - other)).toEqual(curve);
  });

  test('average their runs, with the standard error of the last point', () => {
    expect(
      regretOf('x', [
        [1, 4],
        [3, 8],
      ]),
    ).toEqual({ name: 'x', curve: [2, 6], mean: 6, standardError: 2 });
    expect(regretOf('x', [[1]]).standardError).toBe(0);
  });
});
