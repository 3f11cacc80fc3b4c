/** Decides from this customer's own state and stores what was chosen: check and act see the same state, in one transaction. */
import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { DecideInput, PlacementDecision, PlacementRequest } from '../../decisioning/decide.ts';
import { decide } from '../../decisioning/decide.ts';
import { bucketOf } from '../../decisioning/hash.ts';
import { countTouches, fatiguePressure } from '../../decisioning/limits/touches.ts';
import { decideWithReceipt } from '../../decisioning/receipt.ts';
import type { DecisionRecord } from '../../decisioning/record.ts';
import { conditionAttributes } from '../../decisioning/request-attributes.ts';
import { subjectResolver } from '../../decisioning/segments/subject.ts';
import type { CustomerView, Evidence } from '../../decisioning/view.ts';
import { enrol } from './credit.ts';
import { MAX_CLIENT_AGE_MS } from './limits.ts';
import type { DecideCall, DecidedPlacement } from './protocol.ts';
import type { CustomerState } from './state.ts';
import { assignmentOf, EMPTY_PROFILE, historyOf, sessionKeyOf, touchesOf } from './state.ts';
import type { CustomerStore } from './store.ts';

/** What the object's isolate has of the shared facts. */
export interface SharedFacts {
  readonly sliceOf: (placement: string) => OpenSlice | undefined;
  readonly evidence: Evidence;
}

/** The object's time: it never goes back, and client time (secret keys only) is believed for the past day. */
export function objectNow(state: CustomerState, receivedAtMs: number, clientAtMs?: number): number {
  const nowMs = Math.max(receivedAtMs, state.lastAtMs);
  if (clientAtMs === undefined) return nowMs;
  return Math.min(nowMs, Math.max(clientAtMs, nowMs - MAX_CLIENT_AGE_MS));
}

/** What decide() sees of this customer at one moment. */
export function viewOf(state: CustomerState, call: DecideCall, nowMs: number): CustomerView {
  const profile = state.meta?.profile ?? EMPTY_PROFILE;
  const touches = touchesOf(state);
  const attributes = conditionAttributes({
    traits: profile.traits,
    request: call.attributes,
    nowMs,
    timeZone: profile.timeZone,
    anonymous: call.anonymous,
  });
  return {
    bucketingId: state.meta?.bucketingId ?? call.name,
    resolve: subjectResolver({ attributes, counters: historyOf(state), nowMs }),
    touches: (scope, windowMs) => countTouches(touches, scope, windowMs, nowMs),
    pressure: (weights, halfLifeMs) => fatiguePressure(touches, weights, halfLifeMs, nowMs),
    assignment: (campaignId) => assignmentOf(state, campaignId),
    consents: (channel) => profile.consent.channels[channel] === true,
    sessionKey: sessionKeyOf(state, call.sessionId, nowMs),
  };
}

/** The input of decide() for some of a call's placements. */
export function inputOf(
  state: CustomerState,
  call: DecideCall,
  shared: SharedFacts,
  requests: readonly PlacementRequest[],
  nowMs: number,
): DecideInput {
  return {
    requests,
    sliceOf: shared.sliceOf,
    evidence: shared.evidence,
    switches: call.switches,
    customer: viewOf(state, call, nowMs),
    nowMs,
  };
}

/** The record that a choice leaves behind. */
export function recordOf(
  decision: PlacementDecision,
  slice: OpenSlice,
  call: Pick<DecideCall, 'workspaceId' | 'siteId' | 'name' | 'revision'>,
  bucketingId: string,
  nowMs: number,
): DecisionRecord | null {
  const { chosen } = decision;
  if (!chosen) return null;
  const { campaign } = chosen;
  return {
    decisionId: decision.decisionId,
    workspaceId: call.workspaceId,
    siteId: call.siteId,
    customer: call.name,
    bucketingId,
    placement: decision.placement,
    campaignId: campaign.id,
    armId: chosen.armId,
    leaf: chosen.leaf,
    goal: campaign.goal,
    goalWindowMs: campaign.tokenLifeMs,
    channel: slice.rules.channel.id,
    countsTowardGlobal: slice.rules.channel.countsTowardGlobal,
    atMs: nowMs,
    claimExpiresAtMs: nowMs + slice.rules.channel.claimTtlMs,
    expiresAtMs: nowMs + campaign.tokenLifeMs,
    propensityCampaign: chosen.propensityCampaign,
    propensityArm: chosen.propensityArm,
    sticky: chosen.sticky,
    periodKey: chosen.periodKey,
    stickyUntilMs: chosen.stickyUntilMs,
    shard: Math.floor(bucketOf(`shard:${campaign.id}`, call.name) * campaign.shards),
    measuresLift: chosen.measuresLift,
    revision: call.revision,
  };
}

/** Answers a call inside a transaction: repeated ids get their first answer, new ones are decided, claimed and stored. */
export function decideAndStore(
  store: CustomerStore,
  call: DecideCall,
  shared: SharedFacts,
): { decisions: DecidedPlacement[]; repeated: boolean } {
  const { state } = store;
  const nowMs = objectNow(state, call.receivedAtMs, call.clientAtMs);
  const answers = new Map<string, DecidedPlacement>();
  for (const { placement, decisionId } of call.requests) {
    const stored = state.decisions.get(decisionId);
    if (stored || state.blanks.has(decisionId))
      answers.set(placement, { placement, decisionId, record: stored?.record ?? null, refusals: {} });
  }
  const fresh = call.requests.filter(({ placement }) => !answers.has(placement));
  if (fresh.length > 0) {
    const input = inputOf(state, call, shared, fresh, nowMs);
    const { decisions, receipt } = decideWithReceipt(input, {
      requestId: call.requestId,
      revision: call.revision,
      rules: rulesOf(call, fresh),
    });
    decisions.forEach((decision, index) => {
      const slice = shared.sliceOf(decision.placement);
      const record = slice ? recordOf(decision, slice, call, input.customer.bucketingId, nowMs) : null;
      // One receipt covers the request; it stands with each of its decisions, so that each can be replayed alone.
      if (record) {
        store.putDecision(
          {
            record,
            requestId: call.requestId,
            exposedAtMs: null,
            late: false,
            isTrial: false,
            converted: false,
            outcomes: [],
          },
          receipt,
        );
        enrol(store, record, nowMs);
      } else if (call.repeatable) store.putBlank(decision.decisionId, nowMs);
      answers.set(decision.placement, {
        placement: decision.placement,
        decisionId: decision.decisionId,
        record,
        refusals: decisions[index]?.refusals ?? {},
      });
    });
    state.lastAtMs = Math.max(state.lastAtMs, nowMs);
  }
  return {
    decisions: call.requests.map(({ placement }) => answers.get(placement) as DecidedPlacement),
    repeated: fresh.length === 0,
  };
}

function rulesOf(call: DecideCall, requests: readonly PlacementRequest[]): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const { placement } of requests) {
    const hash = call.rules[placement];
    if (hash !== undefined) rules[placement] = hash;
  }
  return rules;
}

/** Why this customer would get what now: every candidate with its reason; nothing is claimed. */
export function explainFor(state: CustomerState, call: DecideCall, shared: SharedFacts) {
  const nowMs = objectNow(state, call.receivedAtMs);
  const input = inputOf(state, call, shared, call.requests, nowMs);
  const reads = new Map<string, unknown>();
  const resolve = (path: string): unknown => {
    const value = input.customer.resolve(path);
    reads.set(path, value);
    return value;
  };
  const decisions = decide({ ...input, customer: { ...input.customer, resolve }, trace: true });
  const segments = new Set<string>();
  for (const { placement } of call.requests) {
    const slice = shared.sliceOf(placement);
    const isMember = slice?.segments.membershipBy(resolve);
    for (const id of slice?.segments.ids ?? []) if (isMember?.(id)) segments.add(id);
  }
  return {
    outcome: 'explained' as const,
    placements: decisions.map(({ placement, chosen, candidates }) => ({
      placement,
      chosen: chosen?.campaign.id ?? null,
      heldOut: chosen?.armId === HOLDOUT_ARM,
      candidates: candidates ?? [],
    })),
    attributes: Object.fromEntries([...reads].map(([path, value]) => [path, value ?? null])),
    touches: touchesOf(state)
      .filter((touch) => touch.pendingUntilMs === null || touch.pendingUntilMs > nowMs)
      .map(({ channel, campaignId, atMs, pendingUntilMs }) => ({
        channel,
        campaignId,
        atMs,
        pending: pendingUntilMs !== null,
      })),
    segments: [...segments].sort(),
  };
}
