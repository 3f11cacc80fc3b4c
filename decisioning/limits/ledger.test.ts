import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Account, type Accounts, checked, committedOf, fitTotal, openAccounts, transfer } from './ledger.ts';

const accounts = ['posted', 'pending', 'leased', 'remaining'] as const satisfies readonly Account[];
const anAccount = fc.constantFrom(...accounts);
const units = fc.nat({ max: 60 });

/** What may be asked of accounts: refused moves change nothing. */
const operation = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), from: anAccount, to: anAccount, units }),
  fc.record({ kind: fc.constant('total' as const), wanted: fc.nat({ max: 200 }) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function run(
  start: Accounts,
  operations: readonly Operation[],
  after: (now: Accounts, done: Operation) => void,
): Accounts {
  let now = start;
  for (const one of operations) {
    if (one.kind === 'total') now = fitTotal(now, one.wanted);
    else if (now[one.from] >= one.units) now = transfer(now, one.from, one.to, one.units);
    else expect(() => transfer(now, one.from, one.to, one.units)).toThrow(RangeError);
    after(now, one);
  }
  return now;
}

describe('accounts', () => {
  test('add up to the total, none below 0, after any sequence of moves and changes of the total', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.array(operation, { maxLength: 60 }), (total, operations) => {
        run(openAccounts(total), operations, (now) => {
          expect(now.posted + now.pending + now.leased + now.remaining).toBe(now.total);
          for (const account of accounts) expect(now[account]).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test('a move changes two accounts by the same units, and a changed total only what is free', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        let before = openAccounts(100);
        run(before, operations, (now, done) => {
          if (done.kind === 'total') expect(committedOf(now)).toBe(committedOf(before));
          else expect(now.total).toBe(before.total);
          before = now;
        });
      }),
    );
  });

  test.each([1.5, -1, Number.NaN, 2 ** 53])('%s units cannot be moved', (count) => {
    expect(() => transfer(openAccounts(10), 'remaining', 'leased', count)).toThrow('cannot be moved');
  });

  test('one unit more than there is is refused, all there is is not', () => {
    const start = openAccounts(10);
    expect(() => transfer(start, 'remaining', 'leased', 11)).toThrow('11 of 10 units asked of remaining');
    expect(transfer(start, 'remaining', 'leased', 10)).toMatchObject({ leased: 10, remaining: 0 });
  });

  test('that do not add up, or are no counts, are found', () => {
    expect(() => checked({ ...openAccounts(10), posted: 1 })).toThrow('do not add up');
    expect(() => checked({ total: 0, posted: -1, pending: 1, leased: 0, remaining: 0 })).toThrow('not a count');
    expect(() => openAccounts(0.5)).toThrow('not a count');
  });
});

describe('a total that is changed', () => {
  const used: Accounts = { total: 100, posted: 30, pending: 10, leased: 20, remaining: 40 };

  test('is free to the last unit that is not committed', () => {
    expect(fitTotal(used, 60)).toEqual({ ...used, total: 60, remaining: 0 });
    expect(fitTotal(used, 150)).toEqual({ ...used, total: 150, remaining: 90 });
    expect(fitTotal(used, 100)).toBe(used);
  });

  test('below what is committed stays there, and comes down as units return', () => {
    const low = fitTotal(used, 35);
    expect(low).toMatchObject({ total: 60, remaining: 0 });
    const returned = fitTotal(transfer(low, 'leased', 'remaining', 15), 35);
    expect(returned).toMatchObject({ total: 45, leased: 5, remaining: 0 });
    const lapsed = fitTotal(transfer(returned, 'pending', 'remaining', 10), 35);
    expect(lapsed).toEqual({ total: 35, posted: 30, pending: 0, leased: 5, remaining: 0 });
    expect(fitTotal(transfer(lapsed, 'leased', 'remaining', 5), 35)).toMatchObject({ total: 35, remaining: 5 });
  });
});
