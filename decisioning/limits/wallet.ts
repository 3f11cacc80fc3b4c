/**
 * What one isolate holds of one ledger: its leases, what travels with calls, what is to be told. Ids, times and chance are arguments, so that
 * the simulator runs this very code: for each isolate and ledger a wallet, a call of `open()` delivered whenever `due()` says so.
 *
 * Units are never guessed: what was not certainly unused stays in doubt until the ledger closes the lease.
 */
import { type Demand, sumOf } from './demand.ts';
import { LEASE_LIFE_MS } from './lease.ts';
import type { LeasedClaim, PurseEntry } from './purse.ts';
import { type Needed, neededWithin } from './purse-needs.ts';
import {
  endsAtMs,
  type Grant,
  isDone,
  openLease,
  reportOf,
  settleLease,
  unitsHeld,
  type WalletLease,
  type WalletReport,
} from './wallet-lease.ts';

/** A new lease is asked for when one ends this soon: a call to the ledger takes less. */
export const ENDS_SOON_MS = 5_000;
/** A call that has not come back after this long is taken for lost, and repeated under the same id. */
export const CALL_TIMEOUT_MS = 5_000;
/** First wait after a call that failed; doubles with each up to the longest. */
export const DOWN_BASE_MS = 500;
export const DOWN_LONGEST_MS = 30_000;
/** Leases at a time, those included whose calls are still out: some are in use, one ends, the rest are of calls that hang. */
export const MAX_LEASES = 64;
/** Claims in one call: some 100 KB, and a write that an object carries out in milliseconds. The rest comes with the next call. */
export const MAX_CLAIMS_TOLD = 1_000;
/** As many untold claims are told without waiting for the next lease. */
export const TELL_AT_CLAIMS = 200;
/** Leases that are over are told of this often when nothing else is to be said. */
export const TELL_EVERY_MS = 1_000;
/** A lease that came too late to be used: clocks disagree, or the way is too long. Asking at once would bring another. */
export const LATE_WAIT_MS = 1_000;

/** Claims that the ledger has less for than they take are not asked for again before: units come back by the second. */
export const SCARCE_MS = 5_000;

/** What `LeaseCall` needs besides the ledger's address and the holder. */
export interface WalletCall {
  readonly leaseId: string;
  /** 0 when the call only reports. */
  readonly wanted: number;
  readonly atLeast: number;
  /** Where it is more than `atLeast`. */
  readonly preferred?: number;
  /** By the worker's clock; of no use to the ledger. */
  readonly sentAtMs: number;
  readonly reports: readonly WalletReport[];
}

/** The ledger's answer, in the words of its protocol. */
export type WalletReply =
  | { readonly outcome: 'leased'; readonly lease: Grant }
  | { readonly outcome: 'reported' }
  | { readonly outcome: 'refused'; readonly price: number; readonly retryAfterMs: number };

export class Wallet {
  readonly ledger: string;
  /** Earliest end first: the order of use. */
  #leases: WalletLease[] = [];
  #price = 0;
  /** Units of the latest lease. */
  #slice = 0;
  #demand: Demand | undefined;
  /** What the last lease was asked for with. */
  #asked: Demand = { units: 0, dearest: 1, least: 1, sinceMs: Number.NEGATIVE_INFINITY };
  /** The cheapest claim that was wanted lately: less is of no use to anybody. */
  #cheapest = { units: 1, atMs: Number.NEGATIVE_INFINITY };
  /** Claims of this size and above: the ledger has too little for them, and is not asked before. Cheaper ones are. */
  #scarce = { size: Infinity, untilMs: Number.NEGATIVE_INFINITY };
  /** The id of a lease that was asked for and not heard of: asked for again, it is the same lease. */
  #unheard: string | undefined;
  /** The call that is under way, and since when. */
  #call: WalletCall | undefined;
  #calledAtMs = Number.NEGATIVE_INFINITY;
  /** No call before. */
  #callAfterMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  /** @param ledger its key, `pool:spring` */
  constructor(ledger: string) {
    this.ledger = ledger;
  }

  /** Units that may be taken now. */
  held(nowMs: number): number {
    return this.#leases.reduce((sum, lease) => sum + unitsHeld(lease, nowMs), 0);
  }

  /** Since when a call is under way; undefined when none is, or when it must be taken for lost. */
  callSinceMs(nowMs: number): number | undefined {
    return this.#call && nowMs - this.#calledAtMs < CALL_TIMEOUT_MS ? this.#calledAtMs : undefined;
  }

  /** Notes that units are asked for, found or not: what the ledger makes its slices of. What nobody has wanted for long is forgotten. */
  want(need: Needed, nowMs: number): void {
    const { least } = need;
    const { units, dearest } = neededWithin(need, this.#limit(nowMs));
    const wanted = { units: units || need.units, dearest: dearest || need.dearest, least, sinceMs: nowMs };
    const before = this.#demandAt(nowMs);
    this.#demand = before ? sumOf(before, wanted) : wanted;
    if (least <= this.#cheapest.units || nowMs - this.#cheapest.atMs >= LEASE_LIFE_MS)
      this.#cheapest = { units: least, atMs: nowMs };
  }

  /** Whether a request should wait for the call that is under way: with what is held, less can be shown than the ledger may have for. */
  lacks(need: Needed, nowMs: number): boolean {
    return this.held(nowMs) < neededWithin(need, this.#limit(nowMs)).units;
  }

  /** What of a need `held` units can pay: the rest is left for others. */
  fitting(need: Needed, nowMs: number): number {
    return neededWithin(need, this.held(nowMs)).units;
  }

  /** Up to `units`, out of the leases that end first; what is taken must be settled. */
  take(units: number, nowMs: number): PurseEntry[] {
    const taken = this.peek(units, nowMs);
    for (const { leaseId, units } of taken) {
      const lease = this.#leaseOf(leaseId) as WalletLease;
      lease.left -= units;
      lease.out += units;
    }
    return taken;
  }

  /** What `take` would give. All of it bears the latest price. */
  peek(units: number, nowMs: number): PurseEntry[] {
    const entries: PurseEntry[] = [];
    let missing = units;
    for (const lease of this.#leases) {
      const some = Math.min(missing, unitsHeld(lease, nowMs));
      if (some === 0) continue;
      const { leaseId, useBeforeMs } = lease;
      entries.push({ ledger: this.ledger, leaseId, units: some, useBeforeMs, price: this.#price });
      missing -= some;
    }
    return entries;
  }

  /**
   * Settles what was taken, once.
   *
   * @param taken as `take` gave it; entries of other ledgers are passed over
   * @param claims of the answer; empty when there was none
   * @param certain every attempt of the call was answered: only then is the rest put back
   */
  settle(taken: readonly PurseEntry[], claims: readonly LeasedClaim[], certain: boolean): void {
    for (const { ledger, leaseId, units } of taken) {
      const lease = ledger === this.ledger ? this.#leaseOf(leaseId) : undefined;
      if (!lease) continue;
      const mine = claims.filter((claim) => claim.ledger === ledger && claim.leaseId === leaseId);
      settleLease(lease, units, mine, certain);
    }
  }

  /** Gives everything back that nobody uses: no more is taken from the leases held now. */
  rest(): void {
    for (const lease of this.#leases) lease.rested = true;
    this.#demand = undefined;
  }

  /**
   * The call that should be made now, if any.
   *
   * @param need of a request, which should find it
   */
  due(nowMs: number, need?: Needed): 'lease' | 'report' | null {
    if (this.callSinceMs(nowMs) !== undefined || nowMs < this.#callAfterMs) return null;
    if (this.#wantsLease(nowMs, need)) return 'lease';
    const untold = this.#leases.reduce((sum, lease) => sum + lease.untold.size, 0);
    if (untold >= TELL_AT_CLAIMS) return 'report';
    const over = this.#unheard !== undefined || this.#leases.some((lease) => isDone(lease, nowMs));
    return over && nowMs - this.#calledAtMs >= TELL_EVERY_MS ? 'report' : null;
  }

  /** Whether nothing is held, out or to be told: such a wallet can be forgotten. */
  isEmpty(): boolean {
    return this.#leases.length === 0 && this.#unheard === undefined;
  }

  /**
   * The call that is due; `heard` or `failed` must follow.
   *
   * @param freshId names a lease that is asked for the first time
   */
  open(nowMs: number, freshId: string, kind: 'lease' | 'report'): WalletCall {
    this.#calledAtMs = nowMs;
    const reports: WalletReport[] = [];
    let room = MAX_CLAIMS_TOLD;
    for (const lease of this.#leases) {
      const report = reportOf(lease, nowMs, room);
      if (!report) continue;
      reports.push(report);
      room -= report.claims.length;
    }
    // A lease that was never heard of is asked for again, if only to give it back.
    const leaseId = this.#unheard ?? freshId;
    const { units, dearest, least } = this.#demandAt(nowMs) ?? { ...this.#asked, units: 0 };
    const wanted = kind === 'lease' ? Math.max(units, dearest) : this.#unheard === undefined ? 0 : 1;
    if (wanted > 0) this.#unheard = leaseId;
    // Who has enough for cheap claims asks for dear ones only: a slice that is too small for them would lie here for nothing.
    const atLeast = this.#isShort(least, nowMs) ? least : dearest;
    if (kind === 'lease') {
      this.#asked = this.#demandAt(nowMs) ?? this.#asked;
      this.#demand = undefined;
    }
    const preferred = dearest > atLeast ? { preferred: dearest } : {};
    this.#call = { leaseId, wanted, atLeast, ...preferred, sentAtMs: nowMs, reports };
    return this.#call;
  }

  /** Takes the ledger's answer to a call. Answers may come late, and after the same lease was asked for again. */
  heard(call: WalletCall, reply: WalletReply, nowMs: number): void {
    this.#ended(call);
    this.#failures = 0;
    this.#callAfterMs = Number.NEGATIVE_INFINITY;
    this.#acknowledge(call.reports);
    if (call.wanted === 0 || reply.outcome === 'reported') return;
    // The same lease was heard of before: it is here, or was used up and told as done. Never take it in again.
    if (this.#unheard !== call.leaseId) return;
    this.#unheard = undefined;
    if (reply.outcome === 'leased') {
      this.#admit(reply.lease, call, nowMs);
    } else {
      this.#price = reply.price;
      this.#scarce = { size: call.atLeast, untilMs: nowMs + reply.retryAfterMs };
      // Less than a claim here and less than a claim there may be one together: the ledger puts it together. What a cheap one can use stays.
      if (this.held(nowMs) < this.#cheapest.units) for (const lease of this.#leases) lease.rested = true;
    }
  }

  /**
   * The call got no answer: it may have been carried out.
   *
   * @param chance [0, 1): isolates that fail together come back apart
   */
  failed(call: WalletCall, nowMs: number, chance: number): void {
    if (this.#call === call && call.wanted > 0 && nowMs - this.#asked.sinceMs < LEASE_LIFE_MS)
      this.#demand = this.#demand ? sumOf(this.#demand, this.#asked) : this.#asked;
    this.#ended(call);
    const waitMs = Math.min(DOWN_LONGEST_MS, DOWN_BASE_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#callAfterMs = nowMs + waitMs * (0.5 + chance / 2);
  }

  #ended(call: WalletCall): void {
    if (this.#call === call) this.#call = undefined;
  }

  #demandAt(nowMs: number): Demand | undefined {
    return this.#demand && nowMs - this.#demand.sinceMs < LEASE_LIFE_MS ? this.#demand : undefined;
  }

  /** The largest claim that the ledger may have enough for. */
  #limit(nowMs: number): number {
    return nowMs < this.#scarce.untilMs ? this.#scarce.size - 1 : Infinity;
  }

  #isShort(units: number, nowMs: number): boolean {
    return this.held(nowMs) < units || this.held(nowMs + ENDS_SOON_MS) * 2 < this.#slice;
  }

  #wantsLease(nowMs: number, need: Needed | undefined): boolean {
    const demand = this.#demandAt(nowMs);
    const limit = this.#limit(nowMs);
    if (!demand || demand.least > limit || this.#leases.length >= MAX_LEASES) return false;
    const dearest = demand.dearest > limit ? demand.least : demand.dearest;
    return this.#isShort(dearest, nowMs) || (need !== undefined && this.lacks(need, nowMs));
  }

  #acknowledge(reports: readonly WalletReport[]): void {
    for (const { leaseId, claims, done } of reports) {
      const lease = this.#leaseOf(leaseId);
      for (const { decisionId } of claims) lease?.untold.delete(decisionId);
      if (done) this.#leases = this.#leases.filter((other) => other !== lease);
    }
  }

  #admit(grant: Grant, { preferred = 0, sentAtMs }: WalletCall, nowMs: number): void {
    this.#price = grant.price;
    const useBeforeMs = endsAtMs(grant, sentAtMs);
    if (useBeforeMs <= nowMs) this.#scarce = { size: 1, untilMs: nowMs + LATE_WAIT_MS };
    else if (grant.units < preferred && preferred <= this.#limit(nowMs))
      this.#scarce = { size: preferred, untilMs: nowMs + SCARCE_MS };
    this.#slice = grant.units;
    this.#leases.push(openLease(grant, useBeforeMs));
    this.#leases.sort((one, other) => one.useBeforeMs - other.useBeforeMs);
  }

  #leaseOf(leaseId: string): WalletLease | undefined {
    return this.#leases.find((lease) => lease.leaseId === leaseId);
  }
}
