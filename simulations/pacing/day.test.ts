import { describe, expect, test } from 'vitest';
import { bestCase, DAYS, type DayName, errorsOf, PLANS, type PlanName, playCase } from './cases.ts';

/** Large enough for twelve hundred claims a day, small enough for a test. */
const FORECAST = 12_000;
const names = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as K[];

describe('spending stays within two percent of the plan at every hour', () => {
  // Days on which clocks are changed with half the traffic alone: `npm run pacing` plays them all.
  const cases = names<PlanName>(PLANS).flatMap((plan) =>
    [2, 0.5].flatMap((traffic) =>
      names<DayName>(DAYS)
        .filter((day) => traffic < 1 || day === 'of 24 hours')
        .map((day) => [plan, traffic, day] as const),
    ),
  );
  test.each(cases)('planned %s, with %d times the traffic that was forecast, on a day %s', (plan, traffic, day) => {
    const seed = 101;
    const played = playCase({ plan, day, traffic, mode: 'priced', forecast: FORECAST, seed });
    const { ofTotal, ofPlanSoFar } = errorsOf(played, 3);
    expect(played.hours).toHaveLength(Number(/\d+/.exec(day)![0]));
    expect(ofTotal).toBeLessThan(0.02);
    // Of what was planned by then, once that is two hundred claims.
    expect(ofPlanSoFar).toBeLessThan(0.02);
    expect(played.posted).toBeGreaterThan(0.98 * played.total);
    expect(played.posted).toBeLessThanOrEqual(played.total);
  });

  test.each([
    ['even', 2],
    ['by traffic', 0.5],
  ] as const)(
    'a larger pool planned %s, with %d times the traffic, also of the plan so far from hour 2 on',
    (plan, traffic) => {
      const played = playCase({ plan, day: 'of 24 hours', traffic, mode: 'priced', forecast: 40_000, seed: 1 });
      const { ofTotal, ofPlanSoFar } = errorsOf(played);
      expect(ofTotal).toBeLessThan(0.01);
      expect(ofPlanSoFar).toBeLessThan(0.02);
    },
  );
});

describe('the price', () => {
  const usual = { plan: 'by traffic', day: 'of 24 hours', traffic: 1, forecast: FORECAST, seed: 7 } as const;

  test('buys far more for the same money than taking whoever comes, and nearly what the best prices in hindsight would', () => {
    const perUnit = (mode: 'priced' | 'throttled') => {
      const { bought, posted } = playCase({ ...usual, mode });
      return bought / posted;
    };
    const priced = perUnit('priced');
    expect(priced / perUnit('throttled')).toBeGreaterThan(1.4);
    expect(priced / bestCase(usual)).toBeGreaterThan(0.85);
    // Nobody does better than the optimum, but for visitors who happened to be worth more.
    expect(priced / bestCase(usual)).toBeLessThan(1.02);
  });

  test('is 0 on a day that is too quiet for its budget, which then serves everybody and is never ahead of its plan', () => {
    const played = playCase({ ...usual, mode: 'priced', traffic: 0.5, budget: 5 });
    expect(played.hours.at(-1)!.price).toBe(0);
    expect(played.posted).toBeLessThan(0.9 * played.total);
    for (const { posted, planned } of played.hours) expect(posted).toBeLessThan(planned + 0.01 * played.total);
    expect(played.reasons.paced ?? 0).toBeLessThan(0.01 * played.visitors);
  });

  test('is what holds the curve: without plan and price half a day’s money is gone early', () => {
    expect(errorsOf(playCase({ ...usual, mode: 'unpaced' })).ofTotal).toBeGreaterThan(0.5);
  });

  test('a day is played again to the unit from its seed', () => {
    const once = () => playCase({ ...usual, forecast: 2_000, mode: 'priced' });
    expect(once()).toEqual(once());
  });
});
