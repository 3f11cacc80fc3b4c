import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { describe, expect, test } from 'vitest';
import { testRandom } from '../testing/seeds.ts';
import { type Confidence, confidenceOf } from './confidence.ts';
import { nextPhase, phaseOf } from './next-phase.ts';
import { DEFAULT_THRESHOLDS, type Phase } from './phases.ts';

const numbers = (changes: Partial<Confidence>): Confidence => ({
  trials: 10_000,
  leastTrials: 1_000,
  leastArm: 'a',
  leader: 'a',
  pBest: 0.9,
  expectedLoss: 0.04,
  width: 0.3,
  ...changes,
});
const next = (phase: Phase, changes: Partial<Confidence>) => nextPhase(phase, numbers(changes), DEFAULT_THRESHOLDS);
const alarm = { armId: 'a', sinceHour: 9, rateBefore: 0.1, rateAfter: 0.2, score: 9, threshold: 8 };

describe('the next phase', () => {
  test('learning begins when the arm with the fewest trials has enough, not before', () => {
    expect(next('initialization', { leastTrials: 29, pBest: 1 })).toBeNull();
    expect(next('initialization', { leastTrials: 30 })).toEqual({ phase: 'learning', cause: 'enough_trials' });
  });

  test('optimization begins with a clear leader, or with a loss that does not matter, once the rate is known well enough', () => {
    expect(next('learning', { pBest: 0.9499, expectedLoss: 0.0201 })).toBeNull();
    expect(next('learning', { pBest: 0.95 })).toEqual({ phase: 'optimization', cause: 'clear_leader' });
    expect(next('learning', { expectedLoss: 0.02 })).toEqual({ phase: 'optimization', cause: 'small_loss' });
    expect(next('learning', { pBest: 1, expectedLoss: 0, width: 0.501 })).toBeNull();
  });

  test('optimization ends only where its bounds are missed three times over', () => {
    expect(next('optimization', { pBest: 0.84, expectedLoss: 0.06 })).toBeNull();
    expect(next('optimization', { pBest: 0.86, expectedLoss: 0.5 })).toBeNull();
    expect(next('optimization', { pBest: 0.84, expectedLoss: 0.061 })).toEqual({
      phase: 'learning',
      cause: 'unclear_again',
    });
    expect(next('optimization', { pBest: 1, expectedLoss: 0, width: 1.5 })).toBeNull();
    expect(next('optimization', { pBest: 1, expectedLoss: 0, width: 1.51 })?.cause).toBe('unclear_again');
  });

  test('optimization ends at half of a P(best) of which three times the miss is more than there is', () => {
    const thresholds = { ...DEFAULT_THRESHOLDS, pBest: 0.6 };
    const at = (pBest: number) => nextPhase('optimization', numbers({ pBest, expectedLoss: 0.5 }), thresholds);
    expect(at(0.31)).toBeNull();
    expect(at(0.29)).toEqual({ phase: 'learning', cause: 'unclear_again' });
  });

  test.each(['initialization', 'learning', 'optimization'] as const)(
    'a change of a rate leads from %s to learning',
    (phase) => {
      expect(nextPhase(phase, numbers({}), DEFAULT_THRESHOLDS, alarm)).toEqual({ phase: 'learning', cause: 'drift' });
    },
  );
});

describe('the phase that numbers lead to', () => {
  const reached = (changes: Partial<Confidence>, from?: Phase) => phaseOf(numbers(changes), DEFAULT_THRESHOLDS, from);

  test('is the furthest whose way there is earned, whatever the hysteresis of staying there', () => {
    expect(reached({ leastTrials: 29, pBest: 1 })).toBe('initialization');
    expect(reached({ leastTrials: 30, pBest: 0.94 })).toBe('learning');
    expect(reached({ leastTrials: 30, pBest: 0.95 })).toBe('optimization');
    expect(reached({ leastTrials: 9, pBest: 0.5 }, 'learning')).toBe('learning');
  });
});

describe('the numbers of arms', () => {
  test('are those of the outside quantiles, and of the arm with the highest mean', () => {
    const pooled = new Map([
      ['a', { trials: 998, conversions: 49 }],
      ['b', { trials: 498, conversions: 29 }],
      ['gone', { trials: 9_999, conversions: 9_999 }],
    ]);
    const own = confidenceOf(['a', 'b'], pooled, {});
    const [low, high] = [betaQuantile(0.025, 30, 470), betaQuantile(0.975, 30, 470)];
    expect(own).toMatchObject({ trials: 1_496, leastTrials: 498, leader: 'b' });
    expect(own.width).toBeCloseTo((high - low) / 0.06, 6);
  });

  test('of arms nobody has seen are those of their priors', () => {
    expect(confidenceOf(['a', 'b'], new Map(), {})).toMatchObject({ trials: 0, leastTrials: 0, pBest: 0.5 });
    const told = confidenceOf(['a', 'constructor'], new Map(), { a: { alpha: 50, beta: 50 } });
    expect(told.expectedLoss).toBeGreaterThan(0.2);
  });
});

describe('a campaign at a bound', () => {
  /** Phase changes of two arms over 200 looks, 100 trials each between looks. */
  function changesOf(rates: readonly [number, number], seed: number): Phase[] {
    const random = testRandom(seed);
    const sums = rates.map(() => ({ trials: 0, conversions: 0 }));
    let phase: Phase = 'initialization';
    const entered: Phase[] = [];
    for (let look = 0; look < 200; look++) {
      for (const [arm, rate] of rates.entries()) {
        for (let i = 0; i < 100; i++) {
          sums[arm]!.trials += 1;
          if (random.next() < rate) sums[arm]!.conversions += 1;
        }
      }
      const known = confidenceOf(
        ['a', 'b'],
        new Map([
          ['a', sums[0]!],
          ['b', sums[1]!],
        ]),
        {},
      );
      const change = nextPhase(phase, known, DEFAULT_THRESHOLDS);
      if (!change) continue;
      phase = change.phase;
      entered.push(phase);
    }
    return entered;
  }

  test.each([
    { name: 'equal arms', rates: [0.1, 0.1] as const },
    { name: 'arms a tenth apart', rates: [0.1, 0.11] as const },
  ])('of $name does not go to and fro: at most one way back in 38 of 40 runs', ({ rates }) => {
    const calm = Array.from({ length: 40 }, (_, seed) => changesOf(rates, seed)).filter(
      (entered) => entered.filter((phase) => phase === 'learning').length <= 2,
    );
    expect(calm.length).toBeGreaterThanOrEqual(38);
  });

  test('whose arms are clearly apart ends in optimization', () => {
    for (let seed = 0; seed < 8; seed++) expect(changesOf([0.1, 0.15], seed).at(-1)).toBe('optimization');
  });
});
