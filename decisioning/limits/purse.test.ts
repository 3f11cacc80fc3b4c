import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../testing/paid.ts';
import { CLOCKS_APART_MS } from './lease.ts';
import { canAfford, claimsOf, expectedUnits, priceOf, standingOfNeeds } from './needs.ts';
import { type Purse, purseTaker, purseTimeMs, purseView } from './purse.ts';

const NOW_MS = 1_000;
const SPRING = 'pool:spring';

describe('what a purse shows', () => {
  test('is the sum of the leases that may be used still, at the price of the latest; one that ends now is none', () => {
    const purse: Purse = [
      entryOf('a', 3, { price: 1, useBeforeMs: NOW_MS + 1 }),
      entryOf('b', 4, { price: 2 }),
      entryOf('c', 50, { price: 9, useBeforeMs: NOW_MS }),
      entryOf('d', 7, { ledger: 'stock:s' }),
    ];
    const view = purseView(purse, NOW_MS);
    expect(view(SPRING)).toEqual({ units: 7, price: 2 });
    expect(view('stock:s')).toEqual({ units: 7, price: 0 });
    expect(view('pool:other')).toEqual({ units: 0, price: 0 });
  });
});

describe('taking from a purse', () => {
  test('goes lease by lease in their order, and on where the claim before left off', () => {
    const take = purseTaker([entryOf('ended', 9, { useBeforeMs: NOW_MS }), entryOf('a', 3), entryOf('b', 4)], NOW_MS);
    expect(take('d1', [{ ledger: SPRING, units: 2 }])).toEqual([
      { decisionId: 'd1', ledger: SPRING, leaseId: 'a', units: 2 },
    ]);
    expect(take('d2', [{ ledger: SPRING, units: 5 }])).toEqual([
      { decisionId: 'd2', ledger: SPRING, leaseId: 'a', units: 1 },
      { decisionId: 'd2', ledger: SPRING, leaseId: 'b', units: 4 },
    ]);
    expect(() => take('d3', [{ ledger: SPRING, units: 1 }])).toThrow('d3 claims 1 units of pool:spring');
  });

  test('tells a lease that stands in the purse twice once', () => {
    const take = purseTaker([entryOf('a', 3), entryOf('a', 4)], NOW_MS);
    expect(take('d', [{ ledger: SPRING, units: 6 }])).toEqual([
      { decisionId: 'd', ledger: SPRING, leaseId: 'a', units: 6 },
    ]);
  });

  test('never takes more from a lease than it holds, and exactly what is claimed', () => {
    const entries = fc.array(fc.record({ lease: fc.nat(4), units: fc.integer({ min: 1, max: 9 }) }), { maxLength: 8 });
    const claims = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 });
    fc.assert(
      fc.property(entries, claims, (held, asked) => {
        const purse = held.map(({ lease, units }) => entryOf(`l${lease}`, units));
        const take = purseTaker(purse, NOW_MS);
        let left = purseView(purse, NOW_MS)(SPRING).units;
        const taken = new Map<string, number>();
        asked.forEach((units, i) => {
          if (units > left) return;
          left -= units;
          const parts = take(`d${i}`, [{ ledger: SPRING, units }]);
          expect(parts.reduce((sum, part) => sum + part.units, 0)).toBe(units);
          for (const { leaseId, units: part } of parts) taken.set(leaseId, (taken.get(leaseId) ?? 0) + part);
        });
        for (const [leaseId, units] of taken) {
          const there = purse.reduce((sum, entry) => sum + (entry.leaseId === leaseId ? entry.units : 0), 0);
          expect(units).toBeLessThanOrEqual(there);
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('needs', () => {
  const needs = [
    { ledger: SPRING, units: 5, byArm: [3, 5, 0] },
    { ledger: 'stock:s', units: 1 },
  ];

  test('are met when every ledger has what the dearest arm takes, less what was taken before', () => {
    const view = purseView([entryOf('a', 8, { price: 0.5 }), entryOf('b', 1, { ledger: 'stock:s' })], NOW_MS);
    const standing = (taken: number) => standingOfNeeds(needs, view, [{ ledger: SPRING, units: taken }]);
    expect(standing(3)).toEqual([
      { ledger: SPRING, needed: 5, there: 5, price: 0.5 },
      { ledger: 'stock:s', needed: 1, there: 1, price: 0 },
    ]);
    expect(canAfford(standing(3))).toBe(true);
    expect(canAfford(standing(4))).toBe(false);
    expect(canAfford(standingOfNeeds([needs[1]!], () => ({ units: 0, price: 0 }), []))).toBe(false);
  });

  test('an arm takes its own cost, and nothing of a ledger where it costs nothing', () => {
    expect(claimsOf(needs, 0)).toEqual([
      { ledger: SPRING, units: 3 },
      { ledger: 'stock:s', units: 1 },
    ]);
    expect(claimsOf(needs, 2)).toEqual([{ ledger: 'stock:s', units: 1 }]);
    expect(claimsOf([needs[0]!], 2)).toBeUndefined();
    expect(claimsOf(undefined, 0)).toBeUndefined();
  });

  test('are priced at what is expected to be taken', () => {
    const view = purseView([entryOf('a', 8, { price: 0.5 })], NOW_MS);
    expect(expectedUnits(needs, [0.5, 0.25, 0.25])).toEqual([2.75, 1]);
    expect(priceOf(needs, view, [2.75, 1])).toBe(1.375);
    expect(priceOf(needs, view, undefined)).toBe(2.5);
    expect(priceOf(undefined, view, undefined)).toBe(0);
  });
});

describe('leases are judged by the clock of the worker that holds them', () => {
  test('also when another worker pushed the customer’s time ahead, by as much as clocks are apart', () => {
    expect(purseTimeMs(50_000, 10_000)).toBe(10_000);
    expect(purseTimeMs(10_000 + CLOCKS_APART_MS, 10_000)).toBe(10_000);
  });

  test('a call that is older than that brings nothing that ended meanwhile', () => {
    expect(purseTimeMs(10_001 + CLOCKS_APART_MS, 10_000)).toBe(10_001);
  });
});
