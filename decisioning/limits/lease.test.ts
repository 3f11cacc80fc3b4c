import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closesAtMs, LEASE_LIFE_MS, SETTLE_WITHIN_MS, type SliceFacts, sliceUnits, useBeforeMs } from './lease.ts';

const unpaced = { planned: null, headroom: null };
const slice = (facts: Partial<SliceFacts>): number =>
  sliceUnits({ remaining: 10_000, holders: 1, ...unpaced, wanted: 1_000_000, atLeast: 1, ...facts });

describe('the size of a slice', () => {
  test('is half of what remains, shared by those who hold a lease', () => {
    expect(slice({})).toBe(5_000);
    expect(slice({ holders: 8 })).toBe(625);
  });

  test('is at most what the plan spends in ten seconds, and what may be spent without running ahead', () => {
    expect(slice({ planned: 70.9, headroom: 100 })).toBe(70);
    expect(slice({ planned: 70, headroom: 50.9 })).toBe(50);
  });

  test('goes by what was wanted, with room for eight of the dearest claims', () => {
    expect(slice({ wanted: 100 })).toBe(400);
    expect(slice({ wanted: 5, atLeast: 5 })).toBe(40);
  });

  test('shrinks to one claim near the end, and to nothing behind it', () => {
    expect(slice({ remaining: 9, holders: 8, atLeast: 5 })).toBe(5);
    expect(slice({ remaining: 5, holders: 8, atLeast: 5 })).toBe(5);
    expect(slice({ remaining: 4, holders: 8, atLeast: 5 })).toBe(0);
    expect(slice({ planned: 0.1, headroom: 5, atLeast: 5 })).toBe(5);
    expect(slice({ planned: 0.1, headroom: 4.9, atLeast: 5 })).toBe(0);
  });

  test('is whole, and 0 or from one claim to what is there', () => {
    const part = fc.double({ min: 0, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          remaining: fc.nat({ max: 1_000 }),
          holders: fc.integer({ min: 1, max: 20 }),
          planned: fc.option(part),
          headroom: fc.option(part),
          wanted: fc.nat({ max: 500 }),
          atLeast: fc.integer({ min: 1, max: 50 }),
        }),
        (facts) => {
          const units = sliceUnits(facts);
          expect(Number.isInteger(units)).toBe(true);
          expect(units).toBeLessThanOrEqual(Math.min(facts.remaining, facts.headroom ?? Infinity));
          if (units !== 0) expect(units).toBeGreaterThanOrEqual(facts.atLeast);
          const fits = Math.min(facts.remaining, facts.headroom ?? Infinity) >= facts.atLeast;
          expect(units > 0).toBe(fits);
        },
      ),
    );
  });
});

test('a lease ends after half a minute, or with the window it belongs to', () => {
  expect(useBeforeMs(1_000, null)).toBe(1_000 + LEASE_LIFE_MS);
  expect(useBeforeMs(1_000, 1_001 + LEASE_LIFE_MS)).toBe(1_000 + LEASE_LIFE_MS);
  expect(useBeforeMs(1_000, 5_000)).toBe(5_000);
});

test('a lease is closed when its last claim has lapsed and been settled', () => {
  expect(closesAtMs(31_000, 120_000)).toBe(31_000 + 120_000 + SETTLE_WITHIN_MS);
});
