import { describe, expect, test } from 'vitest';
import { claimsOf, freshId, grant, LIFE_MS, lend, told, walletWith, wants } from '../testing/wallets.ts';
import {
  CALL_TIMEOUT_MS,
  DOWN_BASE_MS,
  DOWN_LONGEST_MS,
  ENDS_SOON_MS,
  LATE_WAIT_MS,
  MAX_LEASES,
  Wallet,
} from './wallet.ts';

describe('units', () => {
  test('taken are not there for the next; what was not claimed is put back', () => {
    const wallet = walletWith(10);
    const purse = wallet.take(6, 1);
    expect(wallet.held(1)).toBe(4);
    wallet.settle(purse, claimsOf(purse, 'd1', 2), true);
    expect(wallet.held(1)).toBe(8);
    expect(told(wallet, 1).reports).toMatchObject([
      { returned: 0, claims: [{ decisionId: 'd1', units: 2 }], done: false },
    ]);
  });

  test('of a call with a lost attempt are not put back, claimed or not', () => {
    const wallet = walletWith(10);
    const purse = wallet.take(6, 1);
    wallet.settle(purse, claimsOf(purse, 'd1', 2), false);
    expect(wallet.held(1)).toBe(4);
    wallet.rest();
    expect(told(wallet, 1).reports).toMatchObject([{ returned: 4, claims: [{ units: 2 }], done: true }]);
  });

  test('less than asked for is better than nothing; a purse has no empty entries', () => {
    const wallet = walletWith(4);
    expect(wallet.take(6, 1).map(({ units }) => units)).toEqual([4]);
    expect(wallet.take(6, 1)).toEqual([]);
  });

  test('come from the lease that ends first, and bear the latest price', () => {
    const wallet = walletWith(5, 2);
    lend(wallet, 5, 1_000, 3);
    expect(wallet.take(7, 1_001)).toMatchObject([
      { units: 5, price: 3, useBeforeMs: LIFE_MS },
      { units: 2, price: 3, useBeforeMs: LIFE_MS + 1_000 },
    ]);
  });

  test('a refusal may raise the price of what is held', () => {
    const wallet = walletWith(5, 2);
    wallet.want(wants(1), 1);
    const call = wallet.open(1, freshId(), 'lease');
    wallet.heard(call, { outcome: 'refused', price: 9, retryAfterMs: 100 }, 1);
    expect(wallet.peek(1, 1)).toMatchObject([{ price: 9 }]);
  });

  test('are not taken at the end of their lease, and are at the millisecond before', () => {
    const wallet = walletWith(5);
    expect(wallet.peek(5, LIFE_MS - 1)).toHaveLength(1);
    expect(wallet.peek(5, LIFE_MS)).toEqual([]);
  });

  test('peeking takes nothing', () => {
    const wallet = walletWith(5);
    wallet.peek(5, 1);
    expect(wallet.held(1)).toBe(5);
  });

  test('an answer that is told again counts once', () => {
    const wallet = walletWith(10);
    const first = wallet.take(3, 1);
    const second = wallet.take(3, 1);
    const claims = claimsOf(first, 'd1', 3);
    wallet.settle(second, claims, true);
    wallet.settle(first, claims, true);
    expect(wallet.held(1)).toBe(7);
    expect(told(wallet, 1).reports[0]?.claims).toHaveLength(1);
  });

  test('claims of a lease that did not travel change nothing here', () => {
    const wallet = walletWith(10);
    const purse = wallet.take(3, 1);
    wallet.settle(purse, [{ ledger: 'pool:p', leaseId: 'elsewhere', decisionId: 'd1', units: 3 }], true);
    expect(wallet.held(1)).toBe(10);
  });

  test('no answer claims more than travelled', () => {
    const wallet = walletWith(10);
    const purse = wallet.take(3, 1);
    const [entry] = purse;
    wallet.settle(purse, [{ ledger: 'pool:p', leaseId: entry!.leaseId, decisionId: 'd1', units: 99 }], true);
    expect(wallet.held(1)).toBe(7);
  });

  test('an answer that is told again to a smaller purse does not make the call it came from free', () => {
    const wallet = walletWith(10);
    const first = wallet.take(3, 1);
    const again = wallet.take(1, 1);
    const claims = claimsOf(first, 'd1', 3);
    wallet.settle(again, claims, true);
    wallet.settle(first, claims, true);
    expect(wallet.held(1)).toBe(7);
    expect(told(wallet, 1).reports[0]?.claims).toEqual([{ decisionId: 'd1', units: 3 }]);
  });
});

describe('a lease is asked for', () => {
  test('when a request finds too little, when less than half a slice is left, and before the end', () => {
    const wallet = walletWith(10);
    wallet.want(wants(1), 1);
    expect(wallet.due(1)).toBe(null);
    expect(wallet.due(1, wants(11, 1))).toBe('lease');
    expect(wallet.due(LIFE_MS - ENDS_SOON_MS - 1)).toBe(null);
    expect(wallet.due(LIFE_MS - ENDS_SOON_MS)).toBe('lease');
    wallet.take(5, 1);
    expect(wallet.due(1)).toBe(null);
    wallet.take(1, 1);
    expect(wallet.due(1)).toBe('lease');
  });

  test('not when nobody wants any', () => {
    expect(new Wallet('pool:p').due(0)).toBe(null);
  });

  test('with all that was wanted since, at least the cheapest claim, and room for the dearest', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(2), 0);
    wallet.want(wants(3), 0);
    expect(wallet.open(0, 'a', 'lease')).toMatchObject({ leaseId: 'a', wanted: 5, atLeast: 2, preferred: 3 });
  });

  test('once at a time, and again when the call is taken for lost', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(1), 0);
    wallet.open(0, 'a', 'lease');
    wallet.want(wants(1), CALL_TIMEOUT_MS);
    expect(wallet.due(CALL_TIMEOUT_MS - 1)).toBe(null);
    expect(wallet.due(CALL_TIMEOUT_MS)).toBe('lease');
  });

  test('under the same id until it was heard of; the answer to the first call does not bring it twice', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(1), 0);
    const lost = wallet.open(0, 'a', 'lease');
    wallet.want(wants(1), CALL_TIMEOUT_MS);
    const again = wallet.open(CALL_TIMEOUT_MS, 'b', 'lease');
    expect(again.leaseId).toBe('a');
    wallet.heard(again, grant('a', 5), CALL_TIMEOUT_MS);
    const purse = wallet.take(5, CALL_TIMEOUT_MS);
    wallet.settle(purse, claimsOf(purse, 'd', 5), true);
    const report = told(wallet, CALL_TIMEOUT_MS);
    expect(report.reports).toMatchObject([{ leaseId: 'a', done: true }]);
    wallet.heard(report, { outcome: 'reported' }, CALL_TIMEOUT_MS);
    wallet.heard(lost, grant('a', 5), CALL_TIMEOUT_MS);
    expect(wallet.held(CALL_TIMEOUT_MS)).toBe(0);
  });

  test('not while a refusal stands', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(1), 0);
    wallet.heard(wallet.open(0, 'a', 'lease'), { outcome: 'refused', price: 0, retryAfterMs: 500 }, 0);
    wallet.want(wants(1), 499);
    expect(wallet.due(499)).toBe(null);
    expect(wallet.due(500)).toBe('lease');
  });

  test('later and later of a ledger that is down, and at once when it is back', () => {
    const wallet = new Wallet('pool:p');
    let nowMs = 0;
    for (let failure = 0; failure < 20; failure += 1) {
      wallet.want(wants(1), nowMs);
      wallet.failed(wallet.open(nowMs, 'a', 'lease'), nowMs, 0.999);
      const waitMs = Math.min(DOWN_LONGEST_MS, DOWN_BASE_MS * 2 ** failure);
      expect(wallet.due(nowMs + waitMs / 2)).toBe(null);
      nowMs += waitMs;
      wallet.want(wants(1), nowMs);
      expect(wallet.due(nowMs)).toBe('lease');
    }
    wallet.heard(wallet.open(nowMs, 'a', 'lease'), grant('a', 1, nowMs + LIFE_MS), nowMs);
    wallet.want(wants(2, 1), nowMs);
    expect(wallet.due(nowMs, wants(2, 1))).toBe('lease');
  });

  test('not again at once when it came too late to be used', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(1), 100);
    wallet.heard(wallet.open(100, 'a', 'lease'), grant('a', 5, 100), 100);
    wallet.want(wants(1), 100 + LATE_WAIT_MS);
    expect(wallet.due(100 + LATE_WAIT_MS - 1)).not.toBe('lease');
    expect(wallet.due(100 + LATE_WAIT_MS)).toBe('lease');
  });

  test('no further when there are too many already', () => {
    const wallet = new Wallet('pool:p');
    for (let i = 0; i < MAX_LEASES; i += 1) {
      lend(wallet, 1, 1);
      wallet.take(1, 1);
    }
    wallet.want(wants(1), 1);
    expect(wallet.due(1, wants(1))).toBe(null);
  });
});
