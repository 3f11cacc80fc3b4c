/**
 * What decisions took of ledgers, and what becomes of it: posted when the content is seen or sent in time, given back when not. Once, all of a
 * decision's claims together, and in the transaction that writes the decision: the outbox tells the ledgers.
 */
import type { PurseTaker, PurseView, UnitClaim } from '../../decisioning/limits/purse.ts';
import type { Settlement } from '../budget/protocol.ts';
import { MAX_OPEN_CLAIMS, VOID_GRACE_MS } from './limits.ts';
import type { DecidedPlacement, StoredClaim, StoredDecision } from './protocol.ts';
import type { CustomerState } from './state.ts';
import type { CustomerStore } from './store.ts';

/** A decision's claims as people are shown them: by ledger, whatever lease they were taken from. */
export interface ShownClaims {
  readonly units: readonly UnitClaim[];
  readonly state: 'open' | 'posted' | 'void';
}

/** Takes what a choice claims; undefined when it claims nothing. */
export function takeClaims(
  take: PurseTaker,
  decisionId: string,
  claims: readonly UnitClaim[] | undefined,
): readonly StoredClaim[] | undefined {
  return claims && take(decisionId, claims).map(({ decisionId: _, ...claim }) => claim);
}

/**
 * The name that ledgers know a decision's claims by, to be stored with it: they settle a name and a lease once, and whoever repeats a request after
 * an erasure is decided for anew, under the id of what was forgotten. Each life claims under a name of its own; undefined where the id will do.
 *
 * @param forgottenAtMs see {@link forgottenAtMs}; what claims is received after it, so that no two lives claim at the same moment
 */
export function nameOfClaims(decisionId: string, forgottenAtMs: number, claimedAtMs: number): string | undefined {
  return forgottenAtMs > 0 ? `${decisionId}~${claimedAtMs.toString(36)}` : undefined;
}

/** Up to when this customer's decisions may have been forgotten, here or where they come from; 0 when none ever was. */
export function forgottenAtMs({ meta, voided }: CustomerState): number {
  return Math.max(meta?.erasedAtMs ?? 0, meta?.forgottenUntilMs ?? 0, ...voided.values());
}

function claimedAsOf({ record, claimedAs }: Pick<StoredDecision, 'record' | 'claimedAs'>): string {
  return claimedAs ?? record.decisionId;
}

/** A decision's claims as its worker hears of them, whatever became of them since; nothing for one without. */
export function toldClaims(
  decision: Pick<StoredDecision, 'record' | 'claims' | 'claimedAs'>,
): Pick<DecidedPlacement, 'claims'> {
  const { claims } = decision;
  const decisionId = claimedAsOf(decision);
  return claims ? { claims: claims.map((claim) => ({ decisionId, ...claim })) } : {};
}

/** A decision's claims as people are shown them; undefined for one without. */
export function shownClaims({ claims, settled }: StoredDecision): ShownClaims | undefined {
  if (!claims) return undefined;
  const units = new Map<string, number>();
  for (const claim of claims) units.set(claim.ledger, (units.get(claim.ledger) ?? 0) + claim.units);
  const state = settled === undefined ? 'open' : settled === 'post' ? 'posted' : 'void';
  return { units: [...units].map(([ledger, count]) => ({ ledger, units: count })), state };
}

/** Whether a decision's claims wait for what becomes of it. */
export function isOpen({ claims, settled }: StoredDecision): boolean {
  return claims !== undefined && settled === undefined;
}

/** A purse as this customer may draw on it: there is nothing of ledgers of which they hold {@link MAX_OPEN_CLAIMS} open claims. */
export function withinOpenClaims(state: CustomerState, purse: PurseView): PurseView {
  let open: ReadonlyMap<string, number> | undefined;
  return (ledger) => {
    const answer = purse(ledger);
    if (answer.units === 0) return answer;
    open ??= openClaimsOf(state);
    return (open.get(ledger) ?? 0) < MAX_OPEN_CLAIMS ? answer : { ...answer, units: 0 };
  };
}

/** ledger → decisions that hold units of it. */
function openClaimsOf(state: CustomerState): ReadonlyMap<string, number> {
  const open = new Map<string, number>();
  for (const decision of state.decisions.open.values()) {
    // A claim may be split over leases, and is one all the same.
    for (const ledger of new Set(decision.claims?.map((claim) => claim.ledger)))
      open.set(ledger, (open.get(ledger) ?? 0) + 1);
  }
  return open;
}

/** The decision with its claims settled, for the caller to store; as it is when there is nothing left to settle. */
export function settledAs(
  store: CustomerStore,
  decision: StoredDecision,
  kind: Settlement['kind'],
  nowMs: number,
): StoredDecision {
  if (!isOpen(decision)) return decision;
  tellLedgers(store, decision, kind, nowMs);
  return { ...decision, settled: kind };
}

/**
 * The decision as its content is seen or sent: its money is posted when that is in time by the object's own clock, whatever the client says, and
 * given back when it is late.
 */
export function settledOnContact(store: CustomerStore, decision: StoredDecision, nowMs: number): StoredDecision {
  return settledAs(store, decision, nowMs <= decision.record.claimExpiresAtMs ? 'post' : 'void', nowMs);
}

/** Gives back what lapsed so long ago that no exposure can be on its way. */
export function settleLapsed(store: CustomerStore, nowMs: number): void {
  for (const decision of [...store.state.decisions.open.values()]) {
    if (lapseOf(decision) > nowMs) continue;
    store.putDecision(settledAs(store, decision, kindOf(decision), nowMs));
  }
}

/** When the next open claim is to be given back; null when none is open. */
export function nextLapseMs(state: CustomerState): number | null {
  let nextMs: number | null = null;
  for (const decision of state.decisions.open.values())
    nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, lapseOf(decision));
  return nextMs;
}

/** Gives back every open claim of decisions that are about to be forgotten, without storing them. */
export function giveBack(store: CustomerStore, decisions: Iterable<StoredDecision>, nowMs: number): void {
  for (const decision of decisions) if (isOpen(decision)) tellLedgers(store, decision, kindOf(decision), nowMs);
}

/**
 * The latest moment that a stored decision tells of: the object's time is no earlier, however often its storage is read anew. A claim that was
 * given back had lapsed, by whatever clock: what was received before and arrives afterwards is late, as its money is gone.
 */
export function toldAtMs({ record, exposedAtMs, dispatchedAtMs, settled }: StoredDecision): number {
  const lapsedMs = settled === 'void' ? record.claimExpiresAtMs + 1 : 0;
  return Math.max(record.atMs, exposedAtMs ?? 0, dispatchedAtMs ?? 0, lapsedMs);
}

/** The first moment at which an open claim may be given back for its age. */
function lapseOf({ record }: StoredDecision): number {
  return record.claimExpiresAtMs + VOID_GRACE_MS + 1;
}

/** What an open claim comes to when nothing more is waited for. Code that knew of no claims may have stored a contact and settled nothing. */
function kindOf({ exposedAtMs, dispatchedAtMs, late }: StoredDecision): Settlement['kind'] {
  return (exposedAtMs !== null || dispatchedAtMs !== undefined) && !late ? 'post' : 'void';
}

function tellLedgers(store: CustomerStore, decision: StoredDecision, kind: Settlement['kind'], nowMs: number): void {
  const { claims = [] } = decision;
  const decisionId = claimedAsOf(decision);
  for (const { ledger, leaseId, units } of claims)
    store.enqueueSettlement(ledger, { decisionId, leaseId, units, kind }, nowMs);
}
