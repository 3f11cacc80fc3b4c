/** Explains what a customer would get now. */

import { HOLDOUT_ARM } from '../../decisioning/bandits/allocation.ts';
import type { TracedCandidate } from '../../decisioning/candidates.ts';
import type { OpenSlice } from '../../decisioning/catalog/open.ts';
import type { DecideInput } from '../../decisioning/decide.ts';
import { decide } from '../../decisioning/decide.ts';
import { featureVector } from '../../decisioning/features/features.ts';
import { scoredByFrom, scoresFrom } from '../../decisioning/scores.ts';
import { MODELS_ROOT } from '../../decisioning/scoring/paths.ts';
import { stickyPeriod } from '../../decisioning/sticky-period.ts';
import type { CustomerView } from '../../decisioning/view.ts';
import { isOpen, shownClaims } from './claims.ts';
import type { DecideCall, ExplainedCandidate } from './protocol.ts';
import type { CustomerState } from './state.ts';
import { touchesOf } from './touches.ts';
import { inputOf, objectNow, type SharedFacts } from './view.ts';

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
  // Models that no placement asked: any output will do, since what is told is what the model was given.
  const asked = input.customer.modelUses?.() ?? {};
  for (const { id } of call.models ?? [])
    if (!Object.hasOwn(asked, id)) input.customer.resolve(`${MODELS_ROOT}.${id}.score`);
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
      candidates: (candidates ?? []).map((candidate) => ({
        ...candidate,
        ...assignedTo(candidate, shared.sliceOf(placement), input),
        ...knownOf(candidate, shared.sliceOf(placement), { ...input.customer, resolve }),
      })),
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
    models: input.customer.modelUses?.() ?? {},
    claims: [...state.decisions.values()].filter(isOpen).flatMap((decision) =>
      (shownClaims(decision)?.units ?? []).map((claim) => ({
        ...claim,
        campaignId: decision.record.campaignId,
        expiresAtMs: decision.record.claimExpiresAtMs,
      })),
    ),
  };
}

/** What the probabilities of a campaign's arms depend on of this customer: what is chosen and what is outranked is explained alike. */
function knownOf(
  { campaignId, leaf }: TracedCandidate,
  slice: OpenSlice | undefined,
  customer: CustomerView,
): Pick<ExplainedCandidate, 'features' | 'scores' | 'scoredBy'> {
  const { resolve } = customer;
  const campaign = slice?.campaigns.find(({ rules }) => rules.id === campaignId)?.rules;
  if (leaf === undefined || !campaign) return {};
  const scoreOf = scoresFrom(campaign, resolve);
  const scores = campaign.armIds.flatMap((armId) => {
    const score = scoreOf?.(campaignId, armId);
    return score === undefined ? [] : [[armId, score] as const];
  });
  const scoredBy = scores.length > 0 ? scoredByFrom(campaign, customer)?.() : undefined;
  return {
    ...(campaign.features && { features: featureVector(campaign.features, resolve) }),
    ...(scores.length > 0 && { scores: Object.fromEntries(scores) }),
    ...(scoredBy !== undefined && { scoredBy }),
  };
}

/** The arm that is kept for this customer, and until when. */
function assignedTo(candidate: TracedCandidate, slice: OpenSlice | undefined, { customer, nowMs }: DecideInput) {
  const campaign = slice?.campaigns.find(({ rules }) => rules.id === candidate.campaignId)?.rules;
  const kept = campaign && stickyPeriod(campaign, customer, '', nowMs).assignment;
  return kept && campaign.armIds.includes(kept.armId) ? { kept: { armId: kept.armId, untilMs: kept.untilMs } } : {};
}
