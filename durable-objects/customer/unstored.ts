/** Decisions that leave no mark: their tokens carry them, and they are stored when something is reported of them. */
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import { decide, type PlacementDecision } from '../../decisioning/decide.ts';
import { leftMark } from '../../decisioning/mark.ts';
import { UNWRITTEN_VISITS_MS } from './limits.ts';
import type { Memory } from './memory.ts';
import type { DecideCall, DecidedPlacement, DecideReply, Standing } from './protocol.ts';
import { recordOf } from './record.ts';
import { sharedFacts } from './shared-facts.ts';
import { type CustomerState, EMPTY_PROFILE } from './state.ts';
import { inputOf, objectNow, type SharedFacts } from './view.ts';

/** What is told of a decision that its token alone carries. */
export function unstoredPlacement(
  decision: PlacementDecision,
  slice: OpenSlice | undefined,
  call: Pick<DecideCall, 'workspaceId' | 'siteId' | 'name' | 'revision' | 'anonymous'>,
  bucketingId: string,
  nowMs: number,
): DecidedPlacement {
  const { placement, decisionId, refusals } = decision;
  const record = slice ? recordOf(decision, slice, call, bucketingId, { nowMs, claimedAtMs: nowMs }) : null;
  const carried = record && !call.anonymous ? { ...record, known: true as const } : record;
  return { placement, decisionId, record: carried, refusals };
}

/** What a worker may go by for a moment instead of asking. */
export function standingOf({ meta }: CustomerState, name: string): Standing {
  const { consent, timeZone } = meta?.profile ?? EMPTY_PROFILE;
  return { bucketingId: meta?.bucketingId ?? name, consent, ...(timeZone !== undefined && { timeZone }) };
}

/**
 * Decides from memory and writes nothing; undefined where the call does not leave it to the object, or something is to be written: then nothing has
 * happened. A request that was stored before is not decided anew.
 */
function decideUnstored(
  state: CustomerState,
  call: DecideCall,
  shared: SharedFacts,
): { readonly decisions: readonly DecidedPlacement[]; readonly standing: Standing } | undefined {
  if (!call.mayDefer || call.purse || call.clientAtMs !== undefined) return undefined;
  if (call.requests.some(({ decisionId }) => state.decisions.has(decisionId) || state.blanks.has(decisionId)))
    return undefined;
  const nowMs = objectNow(state, call.receivedAtMs);
  // Of whom something is kept, a no among it, a visit is a sign of life: without one they are forgotten.
  if (state.meta?.anonymous && nowMs - state.storedAtMs >= UNWRITTEN_VISITS_MS) return undefined;
  const input = inputOf(state, call, shared, call.requests, nowMs);
  const decisions = decide(input);
  if (decisions.some(leftMark)) return undefined;
  // Nothing that is written later bears an earlier time than what was told.
  state.lastAtMs = nowMs;
  const { bucketingId } = input.customer;
  return {
    decisions: decisions.map((decision) =>
      unstoredPlacement(decision, shared.sliceOf(decision.placement), call, bucketingId, nowMs),
    ),
    standing: standingOf(state, call.name),
  };
}

/** The answer to a call that needs no write: there is nothing to wait for then, and nothing that an alarm must see to. Undefined where it may need one. */
export function answerUnstored(memory: Memory, call: DecideCall): DecideReply | undefined {
  if (!call.mayDefer) return undefined;
  const moved = memory.moved(call.receivedAtMs);
  if (moved) return moved;
  const shared = sharedFacts(call);
  if ('outcome' in shared) return shared;
  const unstored = decideUnstored(memory.seen, call, shared);
  return unstored && { outcome: 'decided', ...unstored, repeated: false };
}
