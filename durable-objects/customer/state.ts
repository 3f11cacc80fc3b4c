/** One customer in memory: everything that decisions and credits read, as it stands in storage. */

import type { Touch } from '../../decisioning/limits/touches.ts';
import { type CounterHistory, lazyHistory } from '../../decisioning/segments/counters.ts';
import type { Assignment } from '../../decisioning/view.ts';
import { KeptDecisions, stretchUntil } from './kept-decisions.ts';
import { SESSION_IDLE_MS } from './limits.ts';
import { emptyOutbox, type Outbox } from './outbox.ts';
import type {
  CustomerAddress,
  PastTouches,
  StoredBehaviour,
  StoredDecision,
  StoredEnrolment,
  StoredOutcome,
  StoredProfile,
} from './protocol.ts';

export interface CustomerMeta {
  readonly workspaceId: string;
  readonly name: string;
  /** Random at birth: tells this life of the object from one before it was erased. */
  readonly incarnation: string;
  readonly bucketingId: string;
  readonly anonymous: boolean;
  readonly createdAtMs: number;
  /** The last sign of life, as it is stored: up to an hour behind. */
  readonly lastAtMs: number;
  /** Set when the customer was erased: tokens of decisions before it are void. */
  readonly erasedAtMs: number | null;
  /** Decisions up to this moment may have been dropped for want of room: unknown tokens of theirs are void. */
  readonly forgottenUntilMs: number;
  readonly forwardTo: string | null;
  /** The known customer has taken what this one left. */
  readonly legacyTaken: boolean;
  /** When `forwardTo` ends for whoever has no proof; absent where nobody proved who they are under this name. */
  readonly endsAtMs?: number;
  readonly profile: StoredProfile;
}

export const EMPTY_PROFILE: StoredProfile = { traits: {}, consent: { channels: {}, purposes: {} } };

export interface CustomerState {
  /** Null until something worth keeping happened. */
  meta: CustomerMeta | null;
  /** By decision id, in order of time. */
  readonly decisions: KeptDecisions;
  /** Decision id → the number of its row: no other index is kept of them, which would be another row with each decision. */
  readonly places: Map<string, number>;
  /** The last number that was given to a row. */
  lastPlace: number;
  /** Decision ids that were answered with default content. */
  readonly blanks: Map<string, number>;
  /** By {@link pastTouchesKey}. */
  readonly pastTouches: Map<string, PastTouches>;
  readonly behaviour: StoredBehaviour[];
  readonly outcomes: StoredOutcome[];
  /** Decision id → those of the outcomes that are stored in its row; the others have rows of their own. */
  readonly outcomesWith: Map<string, readonly StoredOutcome[]>;
  readonly enrolments: Map<string, StoredEnrolment>;
  /** Devices that became this customer → the moment up to which their decisions had been forgotten before: unknown tokens of theirs are void. */
  readonly voided: Map<string, number>;
  /** The latest moment this object has seen: its time never goes back. */
  lastAtMs: number;
  /** The latest moment that storage tells of: what an instance that starts knows of time. */
  storedAtMs: number;
  /** Evidence on its way to the shards. */
  outbox: Outbox;
}

/** Whether anything of the customer is held: what remains after erasure or age is an address and marks that void tokens. */
export function isEmpty(state: CustomerState): boolean {
  const { decisions, pastTouches, behaviour, outcomes, meta } = state;
  if (decisions.size > 0 || pastTouches.size > 0 || behaviour.length > 0 || outcomes.length > 0) return false;
  return !meta || JSON.stringify(meta.profile) === JSON.stringify(EMPTY_PROFILE);
}

/** The meta of an object at its first write. */
export function newborn(call: CustomerAddress & { readonly receivedAtMs: number }): CustomerMeta {
  return {
    workspaceId: call.workspaceId,
    name: call.name,
    incarnation: crypto.randomUUID(),
    bucketingId: call.name,
    anonymous: call.anonymous,
    createdAtMs: call.receivedAtMs,
    lastAtMs: call.receivedAtMs,
    erasedAtMs: null,
    forgottenUntilMs: 0,
    forwardTo: null,
    legacyTaken: false,
    profile: EMPTY_PROFILE,
  };
}

/** What counters are computed from: confirmed touches, reached goals, behaviour; of what no counter asks for nothing is made. */
export function historyOf(state: CustomerState, touches: () => readonly Touch[]): CounterHistory {
  return lazyHistory({
    touches: () =>
      touches()
        .filter((touch) => touch.pendingUntilMs === null)
        .map(({ atMs, channel, campaignId, count = 1 }) => ({ at: atMs, channel, campaignId, count })),
    outcomes: () => state.outcomes.map(({ atMs, goal, valueMinor }) => ({ at: atMs, goal, valueMinor })),
    behaviour: () => state.behaviour.map(({ atMs, name, valueMinor }) => ({ at: atMs, name, valueMinor })),
  });
}

/** One row of past touches a campaign, channel and day. */
export function pastTouchesKey(touches: Omit<PastTouches, 'count' | 'atMs'>): string {
  return `${touches.campaignId} ${touches.channel} ${touches.countsTowardGlobal} ${touches.day}`;
}

/** A customer of whom nothing is known. */
export function emptyState(): CustomerState {
  return {
    meta: null,
    decisions: new KeptDecisions(),
    places: new Map(),
    lastPlace: 0,
    blanks: new Map(),
    pastTouches: new Map(),
    behaviour: [],
    outcomes: [],
    outcomesWith: new Map(),
    enrolments: new Map(),
    voided: new Map(),
    lastAtMs: 0,
    storedAtMs: 0,
    outbox: emptyOutbox(),
  };
}

/**
 * The assignment of a campaign that is alive: the newest that was drawn under the customer's own bucketing id; else, where nobody is held out, the
 * newest that a device brought along. A device that became somebody who was drawn for before may have been in the other group: its period goes
 * on for nobody, or what one group does would be counted for the other.
 */
export function assignmentOf(
  state: CustomerState,
  {
    campaignId,
    bucketingId,
    nowMs,
  }: { readonly campaignId: string; readonly bucketingId: string; readonly nowMs: number },
): Assignment | undefined {
  let [own, brought]: (StoredDecision | undefined)[] = [];
  for (const decision of state.decisions.assignedIn(campaignId, nowMs)) {
    const { record } = decision;
    if (record.stickyUntilMs <= nowMs) continue;
    if (record.bucketingId === bucketingId) own = newer(own, decision);
    else if (!record.measuresLift) brought = newer(brought, decision);
  }
  const kept = own ?? brought;
  if (!kept) return undefined;
  const { armId, leaf, propensityArm, periodKey, stickyUntilMs, features } = kept.record;
  return { armId, leaf, propensityArm, periodKey, untilMs: stickyUntilMs, ...(features && { features }) };
}

/** The one that was made later, of the same moment by id: the same whatever order memory holds them in. */
function newer(one: StoredDecision | undefined, other: StoredDecision): StoredDecision {
  if (!one || other.record.atMs > one.record.atMs) return other;
  return other.record.atMs === one.record.atMs && other.record.decisionId > one.record.decisionId ? other : one;
}

/** The session of a customer whose client names none: it began with the first decision after 30 idle minutes. */
export function sessionKeyOf({ decisions }: CustomerState, sessionId: string | undefined, nowMs: number): string {
  if (sessionId !== undefined) return sessionId;
  const { stretch } = decisions;
  // Of somebody's own times some may be later than this one.
  const { startMs, lastMs } = stretch.lastMs <= nowMs ? stretch : stretchUntil(decisions.values(), nowMs);
  return `since:${nowMs - lastMs > SESSION_IDLE_MS ? nowMs : startMs}`;
}
