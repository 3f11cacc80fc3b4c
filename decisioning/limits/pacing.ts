/** How far spending may be ahead of its plan: the guard rail beside the dual price, which does the steering. */
import type { LedgerSpec } from './ledger-spec.ts';
import { plannedBy } from './plan.ts';
import type { LedgerWindow } from './windows.ts';

/** Where a ledger stands at a moment. */
export interface Spending {
  /** posted + pending + leased units of the window. */
  readonly committed: number;
  /** Units of the dearest claim, at least 1. */
  readonly atLeast: number;
  readonly atMs: number;
}

/** What a slice lasts for: the plan is asked this far ahead, so that spending need not stop between two leases. */
export const LEASE_AHEAD_MS = 10_000;
/** Spending may be ahead of plan by what is planned for this long: what keeps a surplus of visitors from being turned away at once … */
export const PACING_HORIZON_MS = 300_000;
/** … or for two claims, whichever is more, as long as that is within … */
const MIN_SLACK_CLAIMS = 2;
/** … these shares of the total: half of, and all of one percent. Spending is promised to stay within two percent of its plan. */
const MAX_SLACK_SHARE = 0.005;
const MAX_CLAIMS_SHARE = 0.01;
/** Bounds of the advice when to ask again: a ledger is not asked by every request, and a changed plan is heard of within a minute. */
const MIN_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** Units that spending may be ahead of its plan; undefined where nothing is paced. */
export function slackOf(spec: LedgerSpec, window: LedgerWindow, atLeast: number, atMs: number): number | undefined {
  const planned = plannedBy(spec, window, atMs);
  if (planned === null) return undefined;
  const soon = plannedBy(spec, window, atMs + PACING_HORIZON_MS) as number;
  const ofTime = Math.min(soon - planned, spec.total * MAX_SLACK_SHARE);
  const ofClaims = Math.min(MIN_SLACK_CLAIMS * atLeast, spec.total * MAX_CLAIMS_SHARE);
  return Math.max(ofTime, ofClaims);
}

/**
 * Units that may be leased now without running ahead of the plan: plan(now + 10 s) + slack, never more than the total, − committed. Not
 * whole, not below 0.
 *
 * @returns Infinity where nothing is paced.
 */
export function allowance(spec: LedgerSpec, window: LedgerWindow, { committed, atLeast, atMs }: Spending): number {
  const slack = slackOf(spec, window, atLeast, atMs);
  if (slack === undefined) return Infinity;
  const planned = plannedBy(spec, window, atMs + LEASE_AHEAD_MS) as number;
  return Math.max(0, Math.min(planned + slack, spec.total) - committed);
}

/**
 * In how many milliseconds a claim may be leased if nothing else is spent until then, [1 s, 60 s]: the advice of a refusal.
 *
 * @param claim its units; the dearest where not told
 */
export function retryAfter(
  spec: LedgerSpec,
  window: LedgerWindow,
  spending: Spending,
  claim: number = spending.atLeast,
): number {
  const isAllowedIn = (ms: number): boolean =>
    allowance(spec, window, { ...spending, atMs: spending.atMs + ms }) >= claim;
  let low = MIN_RETRY_MS;
  let high = MAX_RETRY_MS;
  if (isAllowedIn(low)) return low;
  while (high - low > MIN_RETRY_MS) {
    const middle = (low + high) / 2;
    if (isAllowedIn(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}
