import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CounterHistory } from './counters.ts';
import { counterResolver, lazyHistory, NOT_A_COUNTER } from './counters.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2024, 4, 1);
const history: CounterHistory = {
  touches: [
    { at: NOW_MS - HOUR_MS, channel: 'email', campaignId: 'c1' },
    { at: NOW_MS - 30 * HOUR_MS, channel: 'push', campaignId: 'c1' },
    { at: NOW_MS - 2 * HOUR_MS, channel: 'email', campaignId: 'C_2' },
  ],
  outcomes: [
    { at: NOW_MS - 3 * HOUR_MS, goal: 'purchase', valueMinor: 1_250 },
    { at: NOW_MS - 50 * HOUR_MS, goal: 'purchase', valueMinor: 800 },
    { at: NOW_MS - 60_000, goal: 'signup', valueMinor: 0 },
  ],
  behaviour: [{ at: NOW_MS - 90 * 60_000, name: 'view_item', valueMinor: 99 }],
};

describe('counterResolver', () => {
  const resolve = counterResolver(history, NOW_MS);

  it.each([
    ['touches.email.count.24h', 2],
    ['touches.all.count.24h', 2],
    ['touches.all.count.2d', 3],
    ['touches.push.hoursSinceLast', 30],
    ['touches.all.hoursSinceLast', 1],
    ['exposures.c1.count.7d', 2],
    ['exposures.C_2.count.7d', 1],
    ['outcomes.purchase.count.1d', 1],
    ['outcomes.purchase.value.3d', 2_050],
    ['outcomes.all.value.3d', 2_050],
    ['outcomes.signup.hoursSinceLast', 1 / 60],
    ['behaviour.view_item.count.89m', 0],
    ['behaviour.view_item.count.91m', 1],
    ['behaviour.view_item.value.90d', 99],
    ['behaviour.view_item.hoursSinceLast', 1.5],
  ])('%s is %d', (path, expected) => {
    expect(resolve(path)).toBeCloseTo(expected, 12);
  });

  it('gives 0 for a count or value and undefined for the hours of what never happened', () => {
    expect(resolve('outcomes.refund.count.90d')).toBe(0);
    expect(resolve('outcomes.refund.value.90d')).toBe(0);
    expect(resolve('outcomes.refund.hoursSinceLast')).toBeUndefined();
  });

  it('gives undefined for a misspelt counter and hands attributes back', () => {
    expect(resolve('outcomes.purchase.total.1d')).toBeUndefined();
    expect(resolve('outcome.purchase.count.1d')).toBe(NOT_A_COUNTER);
  });

  it('counts a record at now, and at the far end only when it is inside (now - w, now]', () => {
    const at = (ms: number) => ({
      touches: [{ at: ms, channel: 'email', campaignId: 'c' }],
      outcomes: [],
      behaviour: [],
    });
    const count = (ms: number) => counterResolver(at(ms), NOW_MS)('touches.email.count.1h');
    expect(count(NOW_MS)).toBe(1);
    expect(count(NOW_MS + 1)).toBe(0);
    expect(count(NOW_MS - HOUR_MS + 1)).toBe(1);
    expect(count(NOW_MS - HOUR_MS)).toBe(0);
  });

  it('does not depend on the order of the history, and a wider window never counts less', () => {
    const ages = fc.array(fc.integer({ min: -2, max: 200 }), { maxLength: 30 });
    fc.assert(
      fc.property(ages, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 100 }), (hours, window, more) => {
        const outcomes = hours.map((hour, index) => ({ at: NOW_MS - hour * HOUR_MS, goal: 'g', valueMinor: index }));
        const ask = (list: typeof outcomes, path: string) =>
          counterResolver({ touches: [], outcomes: list, behaviour: [] }, NOW_MS)(path);
        const expected = hours.filter((hour) => hour >= 0 && hour < window).length;
        const count = ask(outcomes, `outcomes.g.count.${window}h`);
        expect(count).toBe(expected);
        expect(ask([...outcomes].reverse(), `outcomes.g.count.${window}h`)).toBe(count);
        expect(Number(ask(outcomes, `outcomes.g.count.${window + more}h`))).toBeGreaterThanOrEqual(Number(count));
        const past = hours.filter((hour) => hour >= 0);
        expect(ask(outcomes, 'outcomes.g.hoursSinceLast')).toBe(past.length === 0 ? undefined : Math.min(...past));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('a lazy history', () => {
  it('makes a list when a counter asks for it, once', () => {
    const made: string[] = [];
    const list = (name: string) => () => {
      made.push(name);
      return [];
    };
    const history = lazyHistory({
      touches: list('touches'),
      outcomes: list('outcomes'),
      behaviour: list('behaviour'),
    });
    const resolve = counterResolver(history, 0);
    expect(resolve('plan')).toBe(NOT_A_COUNTER);
    expect(made).toEqual([]);
    expect(resolve('touches.web.count.7d')).toBe(0);
    expect(resolve('exposures.spring.count.7d')).toBe(0);
    expect(resolve('outcomes.all.count.7d')).toBe(0);
    expect(made).toEqual(['touches', 'outcomes']);
  });
});
