/** A ledger in memory: the arithmetic that the object of a ledger runs, without storage, replays and faults. */
import { SLICE_PLAN_MS, sliceUnits, useBeforeMs } from '../../decisioning/limits/lease.ts';
import { type Accounts, committedOf, openAccounts, transfer } from '../../decisioning/limits/ledger.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import { allowance, retryAfter } from '../../decisioning/limits/pacing.ts';
import { plannedBy } from '../../decisioning/limits/plan.ts';
import { initialPrice, nextPrice, priceAsked } from '../../decisioning/limits/price.ts';
import type { LeasedClaim } from '../../decisioning/limits/purse.ts';
import type { WalletCall, WalletReply } from '../../decisioning/limits/wallet.ts';
import type { LedgerWindow } from '../../decisioning/limits/windows.ts';

/** `priced`: plan and price. `throttled`: the plan alone, whoever comes is served. `unpaced`: neither. */
export type PacingMode = 'priced' | 'throttled' | 'unpaced';

export interface MemoryLedger {
  readonly accounts: () => Accounts;
  readonly price: () => number;
  readonly call: (holder: number, call: WalletCall, nowMs: number) => WalletReply;
  /** Posts or voids a claim, told before it or after. */
  readonly settle: (kind: 'post' | 'void', claim: LeasedClaim) => void;
}

/** Of one window; leases end with it. */
export function memoryLedger(spec: LedgerSpec, window: LedgerWindow, mode: PacingMode): MemoryLedger {
  let accounts = openAccounts(spec.total);
  let pace = initialPrice(window, window.fromMs ?? 0);
  const pending = new Set<string>();
  const settled = new Set<string>();
  /** Until when each isolate holds a lease. */
  const held = new Map<number, number>();

  function take({ reports }: WalletCall): void {
    for (const { leaseId, returned, claims } of reports) {
      // Every report is heard once here, and what is returned comes with the last.
      accounts = transfer(accounts, 'leased', 'remaining', returned);
      for (const { decisionId, units } of claims) {
        const key = `${decisionId} ${leaseId}`;
        if (settled.has(key) || pending.has(key)) continue;
        pending.add(key);
        accounts = transfer(accounts, 'leased', 'pending', units);
      }
    }
  }

  function lease(holder: number, { leaseId, wanted, atLeast }: WalletCall, nowMs: number): WalletReply {
    const spending = { committed: committedOf(accounts), atLeast, atMs: nowMs };
    if (mode === 'priced') pace = nextPrice(pace, spec, window, spending);
    const price = priceAsked(pace);
    const isPaced = mode !== 'unpaced';
    for (const [other, untilMs] of held) if (untilMs <= nowMs) held.delete(other);
    const planned = (plannedBy(spec, window, nowMs + SLICE_PLAN_MS) ?? 0) - (plannedBy(spec, window, nowMs) ?? 0);
    const units = sliceUnits({
      remaining: accounts.remaining,
      holders: new Set([...held.keys(), holder]).size,
      planned: isPaced ? planned : null,
      headroom: isPaced ? allowance(spec, window, spending) : null,
      wanted,
      atLeast,
    });
    if (units === 0) return { outcome: 'refused', price, retryAfterMs: retryAfter(spec, window, spending) };
    accounts = transfer(accounts, 'remaining', 'leased', units);
    const untilMs = useBeforeMs(nowMs, window.toMs);
    held.set(holder, untilMs);
    return { outcome: 'leased', lease: { leaseId, units, useBeforeMs: untilMs, price } };
  }

  return {
    accounts: () => accounts,
    price: () => priceAsked(pace),
    call: (holder, call, nowMs) => {
      take(call);
      return call.wanted === 0 ? { outcome: 'reported' } : lease(holder, call, nowMs);
    },
    settle: (kind, { decisionId, leaseId, units }) => {
      const key = `${decisionId} ${leaseId}`;
      const from = pending.delete(key) ? 'pending' : 'leased';
      settled.add(key);
      accounts = transfer(accounts, from, kind === 'post' ? 'posted' : 'remaining', units);
    },
  };
}
