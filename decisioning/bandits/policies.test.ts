import { describe, expect, it } from 'vitest';
import { epsilonGreedy } from './epsilon-greedy.ts';
import { inverseGap } from './inverse-gap.ts';
import { probabilityBest } from './p-best.ts';
import { usesScores } from './policies.ts';
import type { Policy } from './policy.ts';
import { type BetaPosterior, evidenceOf, posteriorMean, posteriorOf, uniformPrior } from './posterior.ts';
import { thompson } from './thompson.ts';
import { ucb } from './ucb.ts';

/** The posterior of `conversions` in `trials`. */
const learned = (trials: number, conversions: number) => posteriorOf({ trials, conversions }, uniformPrior);

function chosen(policy: Policy, posteriors: readonly BetaPosterior[], scores?: readonly number[]): number[] {
  const armIds = posteriors.map((_, i) => `arm-${i}`);
  const evidence = { armIds, posteriors, means: posteriors.map(posteriorMean), pBest: probabilityBest(posteriors) };
  return [...Array.from(policy.probabilities({ leaf: 'rest', ...(scores && { scores }) }, evidence))];
}

describe('ucb', () => {
  it('chooses the largest c/n + √(2·ln N / n), the worked example of three arms', () => {
    // N = 160: 0.1 + √(2·5.0752/100) = 0.4186; 0.2 + √(10.150/40) = 0.7037; 0.05 + √(10.150/20) = 0.7624.
    expect(chosen(ucb(0), [learned(100, 10), learned(40, 8), learned(20, 1)])).toEqual([0, 0, 1]);
    // Ten more trials and the second is ahead: N = 170, 0.7070 against 0.0333 + √(10.272/30) = 0.6185.
    expect(chosen(ucb(0), [learned(100, 10), learned(40, 8), learned(30, 1)])).toEqual([0, 1, 0]);
  });

  it('tries every arm first, even among those that are left, whatever the scores', () => {
    expect(chosen(ucb(0), [learned(5, 5), uniformPrior, uniformPrior])).toEqual([0, 0.5, 0.5]);
    expect(chosen(ucb(0.4), [learned(5, 5), uniformPrior, uniformPrior], [1, 0, 1])).toEqual([0, 0.5, 0.5]);
  });

  it('splits ties evenly', () => {
    expect(chosen(ucb(0), [learned(10, 3), learned(10, 3)])).toEqual([0.5, 0.5]);
  });

  it('clips the index at 1 before the blend, so that the score decides among unsure arms', () => {
    expect(chosen(ucb(0), [learned(4, 2), learned(5, 2)])).toEqual([1, 0]);
    expect(chosen(ucb(0.4), [learned(4, 2), learned(5, 2)], [0.1, 0.2])).toEqual([0, 1]);
  });

  it('stays finite with a fraction of an imported trial', () => {
    expect(
      chosen(ucb(0), [
        { alpha: 1.1, beta: 1 },
        { alpha: 1, beta: 1.2 },
      ]),
    ).toEqual([1, 0]);
    expect(evidenceOf({ alpha: 0.5, beta: 0.5 })).toEqual({ trials: 0, conversions: 0 });
  });
});

describe('epsilonGreedy', () => {
  const posteriors = [learned(100, 30), learned(100, 20), learned(100, 20), learned(100, 1)];

  it('explores evenly with ε and gives the rest to the largest mean', () => {
    const p = chosen(epsilonGreedy(0.2, 1), posteriors);
    expect(p[0]).toBeCloseTo(0.85, 14);
    for (const other of p.slice(1)) expect(other).toBeCloseTo(0.05, 14);
  });

  it('lets scores choose among the top arms, ties with the last of them included, and among no others', () => {
    expect(chosen(epsilonGreedy(0, 2), posteriors, [0.1, 0.2, 0.3, 0.9])).toEqual([0, 0, 1, 0]);
    expect(chosen(epsilonGreedy(0, 2), posteriors, [0.4, 0.2, 0.3, 0.9])).toEqual([1, 0, 0, 0]);
    expect(chosen(epsilonGreedy(0, 9), posteriors, [0.4, 0.2, 0.3, 0.9])).toEqual([0, 0, 0, 1]);
  });

  it('chooses by mean without scores, and evenly among equal ones', () => {
    expect(chosen(epsilonGreedy(0, 3), posteriors)).toEqual([1, 0, 0, 0]);
    expect(chosen(epsilonGreedy(0, 2), posteriors, [0, 0, 0, 0])).toEqual([1 / 3, 1 / 3, 1 / 3, 0]);
  });

  it('refuses ε outside [0, 1] and fewer than one top arm', () => {
    for (const epsilon of [-0.1, 1.1, Number.NaN]) expect(() => epsilonGreedy(epsilon, 1)).toThrow(RangeError);
    for (const topArms of [0, Number.NaN]) expect(() => epsilonGreedy(0.1, topArms)).toThrow(RangeError);
  });
});

describe('inverseGap', () => {
  // Means 0.3, 0.2, 0.1.
  const posteriors = [
    { alpha: 30, beta: 70 },
    { alpha: 20, beta: 80 },
    { alpha: 10, beta: 90 },
  ];

  it('gives 1 / (K + γ·gap) to every arm but the best, and the best the remainder', () => {
    const p = chosen(inverseGap(100, 0), posteriors);
    expect(p[1]).toBeCloseTo(1 / 13, 12);
    expect(p[2]).toBeCloseTo(1 / 23, 12);
    expect(p[0]).toBeCloseTo(1 - 1 / 13 - 1 / 23, 12);
  });

  it('measures gaps between blends when there are scores', () => {
    const p = chosen(inverseGap(100, 0.5), posteriors, [0, 0.3, 0.1]);
    expect(p[0]).toBeCloseTo(1 / (3 + 100 * 0.1), 12);
    expect(p[1]).toBeGreaterThan(0.8);
  });

  it('shares the remainder among ties, and is even at γ = 0', () => {
    expect(chosen(inverseGap(1e6, 0), [uniformPrior, uniformPrior])).toEqual([0.5, 0.5]);
    for (const p of chosen(inverseGap(0, 0), posteriors)) expect(p).toBeCloseTo(1 / 3, 14);
  });

  it('refuses γ that is negative or not finite', () => {
    for (const gamma of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => inverseGap(gamma, 0)).toThrow(RangeError);
  });
});

describe('thompson with scores', () => {
  it('is the bandit alone without scores, at weight 0, and while a posterior has a parameter below 1', () => {
    const posteriors = [learned(20, 4), learned(20, 5)];
    const alone = [...probabilityBest(posteriors)];
    expect(chosen(thompson(0.3), posteriors)).toEqual(alone);
    expect(chosen(thompson(0), posteriors, [1, 0])).toEqual(alone);
    expect(chosen(thompson(0.3), posteriors, [1, 0])).not.toEqual(alone);
    const old = [{ alpha: 0.5, beta: 3 }, learned(20, 5)];
    expect(chosen(thompson(0.3), old, [1, 0])).toEqual([...probabilityBest(old)]);
  });
});

describe('usesScores', () => {
  it('is asked for by a weight above 0 or by more than one top arm', () => {
    expect(usesScores({ policy: 'thompson' }) || usesScores({ policy: 'ucb', modelWeight: 0 })).toBe(false);
    expect(usesScores({ policy: 'epsilon_greedy', topArms: 1 })).toBe(false);
    expect(
      usesScores({ policy: 'ucb', modelWeight: 0.01 }) && usesScores({ policy: 'epsilon_greedy', topArms: 2 }),
    ).toBe(true);
  });
});
