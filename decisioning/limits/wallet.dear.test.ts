/** Claims of different sizes out of one wallet; clocks that differ; demand that is old. */
import { describe, expect, test } from 'vitest';
import { wants } from '../testing/wallets.ts';
import { LEASE_LIFE_MS, sliceUnits } from './lease.ts';
import type { Needed } from './purse-needs.ts';
import { neededWithin } from './purse-needs.ts';
import { SCARCE_MS, Wallet, type WalletCall, type WalletReply } from './wallet.ts';

const RETRY_MS = 5_000;

/** What a ledger that has so much left answers at its own time. */
function answerOf({ leaseId, wanted, atLeast, preferred }: WalletCall, remaining: number, atMs: number): WalletReply {
  const sizes = { wanted, atLeast, ...(preferred !== undefined && { preferred }) };
  const units = sliceUnits({ remaining, holders: 1, planned: null, headroom: null, ...sizes });
  if (units === 0) return { outcome: 'refused', price: 0, retryAfterMs: RETRY_MS };
  const lease = { leaseId, units, useBeforeMs: atMs + LEASE_LIFE_MS, lastsMs: LEASE_LIFE_MS, price: 0 };
  return { outcome: 'leased', lease };
}

let drawn = 0;

/** A request as the edge makes it; units that it takes, which are put back. */
function request(wallet: Wallet, need: Needed, remaining: number, nowMs: number, ledgerMs = nowMs) {
  wallet.want(need, nowMs);
  const due = wallet.due(nowMs, need);
  drawn += 1;
  const call = due && wallet.open(nowMs, `lease-${drawn}`, due);
  if (call) wallet.heard(call, call.wanted > 0 ? answerOf(call, remaining, ledgerMs) : { outcome: 'reported' }, nowMs);
  const purse = wallet.take(wallet.fitting(need, nowMs), nowMs);
  wallet.settle(purse, [], true);
  return { call, units: purse.reduce((sum, { units }) => sum + units, 0) };
}

const cheap = wants(1);
const dear = wants(5_000);
/** A cheap campaign and a dear one on the same placement. */
const both = wants(5_000, 5_000, 1);

describe('a claim that is dearer than what is left', () => {
  test('takes no leases from cheap ones: they go on without a call', () => {
    const wallet = new Wallet('pool:p');
    expect(request(wallet, cheap, 1_000, 0).units).toBe(1);
    const held = wallet.held(1);
    expect(request(wallet, dear, 990, 1)).toMatchObject({ call: { atLeast: 5_000 }, units: 0 });
    expect(wallet.held(2)).toBe(held);
    expect(request(wallet, cheap, 990, 2)).toEqual({ call: null, units: 1 });
  });

  test('keeps cheap ones from no lease: only its own size waits', () => {
    const wallet = new Wallet('pool:p');
    expect(request(wallet, dear, 990, 0).units).toBe(0);
    expect(request(wallet, dear, 990, RETRY_MS - 1).call).toBe(null);
    expect(request(wallet, cheap, 990, RETRY_MS - 1).units).toBe(1);
    expect(request(wallet, dear, 990, RETRY_MS).call).toMatchObject({ atLeast: 5_000 });
  });

  test('beside a cheap one on the same placement is a wish: the lease is made for the cheap one, and asked for once in a while', () => {
    const wallet = new Wallet('pool:p');
    const first = request(wallet, both, 100, 0);
    expect(first).toMatchObject({ call: { atLeast: 1, preferred: 5_000 }, units: 1 });
    expect(request(wallet, both, 50, 1)).toEqual({ call: null, units: 1 });
    // The dear one is asked for again, alone: another slice for cheap ones would lie here for nothing.
    expect(request(wallet, both, 50, SCARCE_MS).call).toMatchObject({ atLeast: 5_000 });
    expect(request(wallet, both, 50, SCARCE_MS + 1)).toEqual({ call: null, units: 1 });
  });

  test('is paid where there is enough: the slice has room for it', () => {
    const wallet = new Wallet('pool:p');
    expect(request(wallet, both, 6_000, 0).units).toBe(5_000);
  });

  test('gives way to the next smaller size', () => {
    const wallet = new Wallet('pool:p');
    const three = { units: 5_000, dearest: 5_000, least: 1, sizes: [[1, 50, 5_000]] };
    request(wallet, three, 60, 0);
    expect(request(wallet, three, 30, 1).call).toMatchObject({ atLeast: 50 });
    expect(request(wallet, three, 30, 2)).toEqual({ call: null, units: 1 });
  });
});

test('what fits is the largest size within the limit, placement by placement', () => {
  const need = { units: 57, dearest: 50, least: 1, sizes: [[1, 50], [7], [60]] };
  expect(neededWithin(need, 50)).toEqual({ units: 57, dearest: 50 });
  expect(neededWithin(need, 49)).toEqual({ units: 8, dearest: 7 });
  expect(neededWithin(need, 0)).toEqual({ units: 0, dearest: 0 });
});

describe('a lease lasts as long as its ledger says, by the worker’s own clock', () => {
  for (const aheadMs of [-60_000, -45_000, 0, 45_000, 60_000])
    test(`${aheadMs / 1_000} s ahead`, () => {
      const wallet = new Wallet('pool:p');
      const t0 = 1_000_000;
      let [served, leases] = [0, 0];
      for (let ms = 0; ms < 120_000; ms += 100) {
        const { units, call } = request(wallet, cheap, 1_000_000, t0 + ms + aheadMs, t0 + ms);
        served += units;
        if (call && call.wanted > 0) leases += 1;
      }
      expect(served).toBe(1_200);
      expect(leases).toBeLessThanOrEqual(6);
    });

  test('reckoned from before the call, however long the answer took', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(cheap, 0);
    const call = wallet.open(0, 'a', 'lease');
    wallet.heard(call, answerOf(call, 100, 7_000_000), 4_000);
    expect(wallet.peek(1, LEASE_LIFE_MS - 1)).toMatchObject([{ useBeforeMs: LEASE_LIFE_MS }]);
    expect(wallet.peek(1, LEASE_LIFE_MS)).toEqual([]);
  });

  test('of a ledger that does not say, its end is believed', () => {
    const wallet = new Wallet('pool:p');
    wallet.want(cheap, 0);
    const call = wallet.open(0, 'a', 'lease');
    wallet.heard(call, { outcome: 'leased', lease: { leaseId: 'a', units: 1, useBeforeMs: 9_000, price: 0 } }, 1);
    expect(wallet.peek(1, 1)).toMatchObject([{ useBeforeMs: 9_000 }]);
  });
});

test('demand that nobody served for the life of a lease is forgotten, calls that failed included', () => {
  const wantedAfter = (waitMs: number): number => {
    const wallet = new Wallet('pool:p');
    for (let i = 0; i < 1_000; i += 1) wallet.want(cheap, 0);
    wallet.failed(wallet.open(0, 'a', 'lease'), 0, 0);
    wallet.want(cheap, waitMs);
    return wallet.open(waitMs, 'b', 'lease').wanted;
  };
  expect(wantedAfter(LEASE_LIFE_MS - 1)).toBe(1_001);
  expect(wantedAfter(LEASE_LIFE_MS)).toBe(1);
});
