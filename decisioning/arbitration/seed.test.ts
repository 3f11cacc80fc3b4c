import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PresetCandidate } from './preset.ts';
import { seed } from './seed.ts';
import { NEUTRAL_TERMS } from './terms.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 2, 4, 12);

interface Given {
  readonly priority?: number;
  readonly affinity?: number;
  readonly hoursLeft?: number;
  readonly budget?: number;
}

function candidateOf({ priority = 0, affinity = 0, hoursLeft, budget = 0 }: Given): PresetCandidate {
  const endsAtMs = hoursLeft === undefined ? null : NOW_MS + hoursLeft * HOUR_MS;
  const arbitration = { ...NEUTRAL_TERMS, affinity: { email: affinity }, budget };
  return {
    campaign: { conversionWeight: 1, revenueWeight: 1, priority, endsAtMs, arbitration },
    expected: { rate: 0.9, revenueMinor: 9_999 },
    channel: 'email',
    nowMs: NOW_MS,
  };
}

describe('the seed formula', () => {
  // Worked by hand: 10·priority + 20·affinity + 10·min(1, 24/max(h, 1)) + min(budget/1000, 10).
  test.each<[Given, number]>([
    [{ priority: 5, affinity: 0.8, hoursLeft: 48, budget: 5_000 }, 50 + 16 + 5 + 5],
    [{ priority: 1, affinity: 1, hoursLeft: 24, budget: 10_000 }, 10 + 20 + 10 + 10],
    [{ priority: 3, affinity: 0.5, hoursLeft: 96, budget: 250 }, 30 + 10 + 2.5 + 0.25],
    [{ priority: 0, affinity: 0, hoursLeft: 240, budget: 0 }, 1],
  ])('%j is worth %d points', (given, points) => {
    expect(seed(candidateOf(given)).total).toBe(points);
  });

  test('urgency is full up to 24 hours before the end, in the last hour too, and falls as 24/h before that', () => {
    const urgency = (hoursLeft?: number) =>
      seed(candidateOf(hoursLeft === undefined ? {} : { hoursLeft })).terms.urgency;
    expect([0, 0.5, 1, 23, 24].map(urgency)).toEqual([10, 10, 10, 10, 10]);
    expect(urgency(25)).toBe(9.6);
    expect(urgency(2_400)).toBe(0.1);
    expect(urgency()).toBe(0);
  });

  test('budget points stop at ten', () => {
    const points = (budget: number) => seed(candidateOf({ budget })).terms.budget;
    expect([9_999, 10_000, 10_001, 1e9].map(points)).toEqual([9.999, 10, 10, 10]);
  });

  test('a channel that the campaign does not name suits it fully, whatever it is called', () => {
    const affinityOn = (channel: string) => seed({ ...candidateOf({ affinity: 0.25 }), channel }).terms.affinity;
    expect(['email', 'web', 'constructor'].map(affinityOn)).toEqual([5, 20, 20]);
    const { arbitration: _, ...plain } = candidateOf({}).campaign;
    expect(seed({ ...candidateOf({}), campaign: plain }).terms).toEqual({
      priority: 0,
      affinity: 20,
      urgency: 0,
      budget: 0,
    });
  });

  test('is the printed formula to the bit, over all it may be given', () => {
    const numbers = fc.record({
      priority: fc.double({ min: 0, max: 1_000, noNaN: true }),
      affinity: fc.double({ min: 0, max: 1, noNaN: true }),
      hoursLeft: fc.integer({ min: 0, max: 20_000 }),
      budget: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, (given) => {
        const { priority, affinity, hoursLeft, budget } = given;
        const printed =
          10 * priority + 20 * affinity + 10 * Math.min(1, 24 / Math.max(hoursLeft, 1)) + Math.min(budget / 1000, 10);
        expect(seed(candidateOf(given)).total).toBe(printed);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
