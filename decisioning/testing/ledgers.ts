/** Ledgers for tests. */
import type { LedgerSpec } from '../limits/ledger-spec.ts';

const PLAIN = {
  key: 'pool:p',
  timeZone: 'UTC',
  startsAtMs: null,
  endsAtMs: null,
  pacing: { mode: 'none' },
  alertsAt: [],
} as const;

/** A total for once. */
export function onceLedger(total: number, rest: Partial<LedgerSpec> = {}): LedgerSpec {
  return { ...PLAIN, total, period: 'once', ...rest };
}

/** A total for every local day. */
export function dailyLedger(total: number, rest: Partial<LedgerSpec> = {}): LedgerSpec {
  return { ...PLAIN, total, period: 'day', ...rest };
}
