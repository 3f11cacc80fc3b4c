/** What a wallet tells its ledger, and when. */
import { describe, expect, test } from 'vitest';
import { claimsOf, freshId, grant, LIFE_MS, told, walletWith, wants } from '../testing/wallets.ts';
import { CALL_TIMEOUT_MS, MAX_CLAIMS_TOLD, TELL_AT_CLAIMS, TELL_EVERY_MS, Wallet } from './wallet.ts';
import { OUT_PATIENCE_MS } from './wallet-lease.ts';

describe('a ledger is told', () => {
  test('that a lease is done when it is used up, given back or over, and not while a call is out', () => {
    const wallet = walletWith(5);
    const purse = wallet.take(2, 1);
    wallet.rest();
    expect(wallet.due(TELL_EVERY_MS)).toBe(null);
    expect(told(wallet, TELL_EVERY_MS).reports).toEqual([]);
    wallet.settle(purse, [], true);
    const at = CALL_TIMEOUT_MS + TELL_EVERY_MS;
    expect(wallet.due(at)).toBe('report');
    expect(told(wallet, at).reports).toMatchObject([{ returned: 5, claims: [], done: true }]);
  });

  test('of a call that never came back: its units are in doubt, and are not put back after that', () => {
    const wallet = walletWith(5);
    const purse = wallet.take(2, 1);
    const endMs = LIFE_MS + OUT_PATIENCE_MS;
    expect(told(wallet, endMs - 1).reports).toEqual([]);
    const report = told(wallet, endMs);
    expect(report.reports).toMatchObject([{ returned: 3, done: true }]);
    wallet.settle(purse, [], true);
    expect(told(wallet, endMs + CALL_TIMEOUT_MS).reports).toEqual(report.reports);
    wallet.heard(report, { outcome: 'reported' }, endMs);
    expect(wallet.isEmpty()).toBe(true);
  });

  test('until it says that it heard', () => {
    const wallet = walletWith(5);
    const purse = wallet.take(2, 1);
    wallet.settle(purse, claimsOf(purse, 'd1', 2), true);
    const first = told(wallet, 2);
    wallet.failed(first, 2, 0);
    const second = told(wallet, 3);
    expect(second.reports).toEqual(first.reports);
    wallet.heard(second, { outcome: 'reported' }, 3);
    expect(told(wallet, 4).reports).toEqual([]);
  });

  test('what is left when the ledger has too little, too, if it is less than a claim: together they may be one', () => {
    const refusedWith = (held: number) => {
      const wallet = walletWith(held, 0, 3);
      wallet.want(wants(3), 1);
      const call = wallet.open(1, freshId(), 'lease');
      wallet.heard(call, { outcome: 'refused', price: 0, retryAfterMs: 5_000 }, 1);
      return told(wallet, 2).reports;
    };
    expect(refusedWith(2)).toMatchObject([{ returned: 2, done: true }]);
    expect(refusedWith(3)).toEqual([]);
  });

  test('a lease that was never heard of is asked for again and given back', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(wants(1), 0);
    wallet.failed(wallet.open(0, 'a', 'lease'), 0, 0);
    wallet.rest();
    expect(wallet.due(TELL_EVERY_MS)).toBe('report');
    const again = told(wallet, TELL_EVERY_MS);
    expect(again).toMatchObject({ leaseId: 'a', wanted: 1 });
    wallet.heard(again, grant('a', 7), TELL_EVERY_MS);
    wallet.rest();
    expect(told(wallet, TELL_EVERY_MS).reports).toEqual([{ leaseId: 'a', returned: 7, claims: [], done: true }]);
  });

  test('many claims without waiting, no more in one call than it holds, done with the last', () => {
    const wallet = walletWith(MAX_CLAIMS_TOLD + 1);
    for (let i = 0; i <= MAX_CLAIMS_TOLD; i += 1) {
      const purse = wallet.take(1, 1);
      wallet.settle(purse, claimsOf(purse, `d${i}`, 1), true);
      if (i === TELL_AT_CLAIMS - 2) expect(wallet.due(1)).toBe(null);
      if (i === TELL_AT_CLAIMS - 1) expect(wallet.due(1)).toBe('report');
    }
    const first = told(wallet, 1);
    expect(first.reports).toMatchObject([{ done: false }]);
    expect(first.reports[0]?.claims).toHaveLength(MAX_CLAIMS_TOLD);
    wallet.heard(first, { outcome: 'reported' }, 1);
    expect(told(wallet, 1).reports).toMatchObject([{ claims: [{ decisionId: `d${MAX_CLAIMS_TOLD}` }], done: true }]);
  });
});
