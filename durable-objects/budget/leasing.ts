/** Hands out slices of a ledger. */

import { closesAtMs, SLICE_PLAN_MS, sliceUnits, useBeforeMs } from '../../decisioning/limits/lease.ts';
import { committedOf } from '../../decisioning/limits/ledger.ts';
import type { LedgerSpec } from '../../decisioning/limits/ledger-spec.ts';
import { allowance, retryAfter, type Spending } from '../../decisioning/limits/pacing.ts';
import { plannedBy } from '../../decisioning/limits/plan.ts';
import { initialPrice, nextPrice, priceAsked } from '../../decisioning/limits/price.ts';
import type { LedgerWindow } from '../../decisioning/limits/windows.ts';
import { type AdoptedSpec, longestLifeMs } from './adopting.ts';
import { type Book, LEASE_STAGES, type LeaseRow } from './book.ts';
import type { LeaseCall, LeaseRefusal, LeaseReply } from './protocol.ts';

/** Units that are out may come back any moment: asking this often is soon enough, and no burden. */
export const EXHAUSTED_RETRY_MS = 5_000;
/** What changes only with the configuration, or with the day, is asked for again this often. */
export const REFUSED_RETRY_MS = 60_000;

/**
 * Leases a slice, or the same one again to a call that was made before. Runs inside the caller's transaction, after the reports, on
 * accounts that follow the configured total.
 */
export function grant(book: Book, spec: AdoptedSpec, call: LeaseCall): LeaseReply {
  if (call.wanted === 0) return { outcome: 'reported' };
  const known = book.lease(call.leaseId);
  if (known && known.units > 0) return leased(known, book.nowMs);
  const window = book.window();
  const { atLeast, preferred = atLeast } = call;
  // The plan leaves room for the dearest, whether there is enough for it or not.
  const spending = { committed: committedOf(book.period(window.id)), atLeast: preferred, atMs: book.nowMs };
  const price = priceNow(book, spec, window, spending);
  const refuse = (reason: LeaseRefusal, retryAfterMs: number): LeaseReply => ({
    outcome: 'refused',
    reason,
    price,
    retryAfterMs,
  });
  const closed = outside(spec, book.nowMs);
  if (closed) return refuse(closed.reason, closed.retryAfterMs);
  const accounts = book.period(window.id);
  const paced = allowance(spec, window, spending);
  const units = sliceUnits({
    remaining: accounts.remaining,
    holders: book.holders(call.holder),
    planned: plannedInSlice(spec, window, book.nowMs),
    headroom: paced === Infinity ? null : paced,
    wanted: call.wanted,
    atLeast,
    ...(isContended(book, call.holder, accounts.remaining, preferred) ? {} : { preferred }),
  });
  if (units > 0) return leased(take(book, spec, window, call, units, price), book.nowMs);
  book.turnedAway(call.holder);
  if (accounts.remaining >= atLeast) {
    return refuse('ahead_of_plan', retryAfter(spec, window, spending, atLeast));
  }
  const mayReturn = accounts.leased + accounts.pending > 0;
  return refuse('exhausted', mayReturn ? EXHAUSTED_RETRY_MS : untilNext(window.toMs, book.nowMs));
}

function leased({ leaseId, units, useBeforeMs, price }: LeaseRow, nowMs: number): LeaseReply {
  return { outcome: 'leased', lease: { leaseId, units, useBeforeMs, lastsMs: useBeforeMs - nowMs, price } };
}

/** Whether room for the dearest claim would leave too little to others, who were turned away or hold a lease: cheap claims go first then. */
function isContended(book: Book, holder: string, remaining: number, preferred: number): boolean {
  return 2 * preferred > remaining && book.hasOthers(holder);
}

/** Why nothing is leased at this time at all; undefined when the ledger is open. */
function outside({ startsAtMs, endsAtMs }: LedgerSpec, nowMs: number) {
  if (startsAtMs !== null && nowMs < startsAtMs)
    return { reason: 'not_yet', retryAfterMs: untilNext(startsAtMs, nowMs) } as const;
  if (endsAtMs !== null && nowMs >= endsAtMs) return { reason: 'over', retryAfterMs: REFUSED_RETRY_MS } as const;
  return undefined;
}

/** Until a moment, at most {@link REFUSED_RETRY_MS}: the configuration may change before. */
function untilNext(atMs: number | null, nowMs: number): number {
  return Math.min(REFUSED_RETRY_MS, (atMs ?? Infinity) - nowMs);
}

function priceNow(book: Book, spec: LedgerSpec, window: LedgerWindow, spending: Spending): number {
  const { pace: last } = book.period(window.id);
  const pace = nextPrice(last ?? initialPrice(window, book.nowMs), spec, window, spending);
  book.notePace(window.id, pace);
  return priceAsked(pace);
}

function plannedInSlice(spec: LedgerSpec, window: LedgerWindow, nowMs: number): number | null {
  const [from, to] = [plannedBy(spec, window, nowMs), plannedBy(spec, window, nowMs + SLICE_PLAN_MS)];
  return from === null || to === null ? null : to - from;
}

function take(
  book: Book,
  spec: AdoptedSpec,
  window: LedgerWindow,
  { leaseId, holder, spec: told }: LeaseCall,
  units: number,
  price: number,
): LeaseRow {
  const useBefore = useBeforeMs(book.nowMs, window.toMs);
  const lease: LeaseRow = {
    leaseId,
    period: window.id,
    holder,
    units,
    held: units,
    returned: 0,
    done: false,
    price,
    useBeforeMs: useBefore,
    stage: LEASE_STAGES.open,
    dueAtMs: closesAtMs(useBefore, longestLifeMs(spec, told, book.nowMs)),
    extended: false,
  };
  book.move(window.id, 'remaining', 'leased', units);
  book.setLease(lease);
  return lease;
}
