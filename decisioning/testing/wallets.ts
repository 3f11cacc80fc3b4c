/** Wallets that hold something, for tests. */
import type { LeasedClaim, PurseEntry } from '../limits/purse.ts';
import type { Needed } from '../limits/purse-needs.ts';
import { Wallet, type WalletCall } from '../limits/wallet.ts';

/** How long the leases of tests may be used. */
export const LIFE_MS = 30_000;
let drawn = 0;
/** An id that no other lease has. */
export const freshId = () => `lease-${drawn++}`;

/** A request for these units, of which the dearest claim takes `dearest` and the cheapest `least`. */
export const wants = (units: number, dearest = units, least = dearest): Needed => ({
  units,
  dearest,
  least,
  sizes: [[...new Set([least, dearest])]],
});

/** A ledger's answer with a lease. */
export const grant = (leaseId: string, units: number, useBeforeMs = LIFE_MS, price = 0) =>
  ({ outcome: 'leased', lease: { leaseId, units, useBeforeMs, price } }) as const;

/** A wallet that holds one lease of these units, from time 0, asked for by claims of that size. */
export function walletWith(units: number, price = 0, claim = 1): Wallet {
  const wallet = new Wallet('pool:p');
  lend(wallet, units, 0, price, claim);
  return wallet;
}

/** Grants a wallet one more lease; its id. */
export function lend(wallet: Wallet, units: number, nowMs: number, price = 0, claim = 1): string {
  wallet.want(wants(claim), nowMs);
  const call = wallet.open(nowMs, freshId(), 'lease');
  wallet.heard(call, grant(call.leaseId, units, nowMs + LIFE_MS, price), nowMs);
  return call.leaseId;
}

/** Claims of these units, in the order of the purse. */
export function claimsOf(purse: readonly PurseEntry[], decisionId: string, units: number): LeasedClaim[] {
  let missing = units;
  return purse.flatMap(({ ledger, leaseId, units: there }) => {
    const some = Math.min(missing, there);
    missing -= some;
    return some > 0 ? [{ ledger, leaseId, decisionId, units: some }] : [];
  });
}

/** What a wallet would tell its ledger now. */
export const told = (wallet: Wallet, nowMs: number): WalletCall => wallet.open(nowMs, freshId(), 'report');
