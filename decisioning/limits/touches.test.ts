import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../testing/configuration.ts';
import { touchAt } from '../testing/customer.ts';
import { countTouches, fatiguePressure, scopeKey } from './touches.ts';

const NOW_MS = 1_000 * DAY_MS;
const campaign = { kind: 'campaign', id: 'c' } as const;
const channel = { kind: 'channel', id: 'web' } as const;
const everything = { kind: 'global' } as const;

describe('countTouches', () => {
  test.each([
    [0, 1],
    [1, 1],
    [DAY_MS - 1, 1],
    [DAY_MS, 0],
    [DAY_MS + 1, 0],
  ])('a confirmed touch %d ms ago counts %d times in a window of a day', (ageMs, count) => {
    expect(countTouches([touchAt(NOW_MS - ageMs)], campaign, DAY_MS, NOW_MS)).toBe(count);
  });

  test.each([
    [1, 1],
    [0, 0],
    [-1, 0],
  ])('a pending claim that lapses in %d ms counts %d times, however old it is', (restMs, count) => {
    for (const ageMs of [0, HOUR_MS, 30 * DAY_MS]) {
      const claim = touchAt(NOW_MS - ageMs, { pendingUntilMs: NOW_MS + restMs });
      expect(countTouches([claim], campaign, DAY_MS, NOW_MS)).toBe(count);
    }
  });

  test('each scope counts its own touches', () => {
    const touches = [
      touchAt(NOW_MS),
      touchAt(NOW_MS, { campaignId: 'other' }),
      touchAt(NOW_MS, { channel: 'email', countsTowardGlobal: true }),
      touchAt(NOW_MS, { channel: 'sms', campaignId: 'other', countsTowardGlobal: true }),
    ];
    expect([campaign, channel, everything].map((scope) => countTouches(touches, scope, DAY_MS, NOW_MS))).toEqual([
      2, 2, 2,
    ]);
    expect(countTouches(touches, { kind: 'channel', id: 'sms' }, DAY_MS, NOW_MS)).toBe(1);
    expect(countTouches(touches, { kind: 'campaign', id: 'nobody' }, DAY_MS, NOW_MS)).toBe(0);
  });

  test('never holds more than the cap in any window when touches are taken only below it', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: DAY_MS }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 4 }), (steps, max) => {
        const taken: number[] = [];
        let nowMs = NOW_MS;
        for (const step of steps) {
          nowMs += step;
          if (
            countTouches(
              taken.map((atMs) => touchAt(atMs)),
              campaign,
              DAY_MS,
              nowMs,
            ) < max
          )
            taken.push(nowMs);
        }
        // Counted anew from the times alone: max + 1 consecutive touches always span a whole window.
        for (let i = max; i < taken.length; i++) expect(taken[i]! - taken[i - max]!).toBeGreaterThanOrEqual(DAY_MS);
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});

test('scopeKey tells scopes apart, also when ids look alike', () => {
  const scopes = [everything, campaign, { kind: 'channel', id: 'c' }, { kind: 'campaign', id: 'global' }] as const;
  expect(new Set(scopes.map(scopeKey)).size).toBe(4);
});

describe('fatiguePressure', () => {
  test('halves with every half-life, and touches add up', () => {
    const touches = [touchAt(NOW_MS), touchAt(NOW_MS - DAY_MS), touchAt(NOW_MS - 3 * DAY_MS)];
    expect(fatiguePressure(touches, {}, DAY_MS, NOW_MS)).toBe(1 + 0.5 + 0.125);
    expect(fatiguePressure([], {}, DAY_MS, NOW_MS)).toBe(0);
  });

  test('weighs channels, 1 where none is named, also for names that every object inherits', () => {
    const touches = [touchAt(NOW_MS, { channel: 'sms' }), touchAt(NOW_MS), touchAt(NOW_MS, { channel: 'constructor' })];
    expect(fatiguePressure(touches, { sms: 3, web: 0 }, DAY_MS, NOW_MS)).toBe(4);
  });

  test('claims that nobody has seen tire nobody, and a touch of the future weighs like one of now', () => {
    expect(fatiguePressure([touchAt(NOW_MS, { pendingUntilMs: NOW_MS + 1 })], {}, DAY_MS, NOW_MS)).toBe(0);
    expect(fatiguePressure([touchAt(NOW_MS + DAY_MS)], {}, DAY_MS, NOW_MS)).toBe(1);
  });
});
