/**
 * The decision: eligible → holdout → value → campaign → arm → propensity → claim. Pure; the same function runs in the customer's
 * object, in the worker, in a browser, in Node, and when a receipt is replayed.
 */
import { choiceProbabilities } from './arbitration/choice.ts';
import { isHeldOut } from './arbitration/holdout.ts';
import type { ValueParts } from './arbitration/value.ts';
import { totalValue, valueParts } from './arbitration/value.ts';
import { chooseArm, stickyPeriod } from './assignment.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import type { SliceCampaign } from './catalog/slice.ts';
import type { ChosenAction } from './chosen-action.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { leafOf, refusalOf } from './eligibility.ts';
import { drawIndex, seededRandom } from './random.ts';
import type { RefusalReason } from './reasons.ts';
import type { CustomerView, Evidence } from './view.ts';

/** One placement to decide for, in the order of the request. */
export interface PlacementRequest {
  readonly placement: string;
  readonly decisionId: string;
  /** At least 32 hexadecimal digits from HMAC(secret, decision id): nobody can search ids for a wanted arm. */
  readonly seed: string;
}

export interface Switches {
  readonly killSwitch: boolean;
  readonly pausedCampaigns: readonly string[];
}

export interface DecideInput {
  readonly requests: readonly PlacementRequest[];
  /** The open slice of a placement; undefined when the catalog has no such placement. */
  readonly sliceOf: (placement: string) => OpenSlice | undefined;
  readonly evidence: Evidence;
  readonly switches: Switches;
  readonly customer: CustomerView;
  readonly nowMs: number;
  /** Collect every candidate with its reason and value; the choices are the same. */
  readonly trace?: boolean;
}

/** A campaign that was considered, as `explain` and the receipt show it. */
export interface TracedCandidate {
  readonly campaignId: string;
  readonly reason: RefusalReason | null;
  readonly leaf?: string;
  readonly value?: number;
  readonly parts?: ValueParts;
  readonly probability?: number;
}

export interface PlacementDecision {
  readonly placement: string;
  readonly decisionId: string;
  /** Null: default content, because no campaign was eligible. */
  readonly chosen: ChosenAction | null;
  /** Campaigns that were not chosen, counted by reason. */
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly candidates?: readonly TracedCandidate[];
}

type ChosenBefore = EligibilityFacts['chosenBefore'][number];

interface Eligible {
  readonly campaign: OpenCampaign;
  readonly leaf: string;
  readonly parts: ValueParts;
  readonly value: number;
}

/**
 * Decides for each placement in order; each propensity is conditional on the choices before it. Nothing is stored here: the caller
 * turns choices into claims. A placement that the catalog does not know gets default content.
 */
export function decide(input: DecideInput): PlacementDecision[] {
  const chosenBefore: ChosenBefore[] = [];
  return input.requests.map((request) => {
    const slice = input.sliceOf(request.placement);
    if (!slice) return { placement: request.placement, decisionId: request.decisionId, chosen: null, refusals: {} };
    const decision = decidePlacement(input, request, slice, chosenBefore);
    if (decision.chosen) chosenBefore.push({ action: decision.chosen, slice });
    return decision;
  });
}

function decidePlacement(
  input: DecideInput,
  request: PlacementRequest,
  slice: OpenSlice,
  chosenBefore: readonly ChosenBefore[],
): PlacementDecision {
  const refusals: Partial<Record<RefusalReason, number>> = {};
  const candidates: TracedCandidate[] | undefined = input.trace ? [] : undefined;
  const refuse = (campaignId: string, reason: RefusalReason, rest?: Partial<TracedCandidate>): void => {
    refusals[reason] = (refusals[reason] ?? 0) + 1;
    candidates?.push({ campaignId, reason, ...rest });
  };
  const eligible = eligibleCampaigns(input, slice, chosenBefore, refuse);
  // Two draws, always both and always in this order, so that a receipt replays them.
  const random = seededRandom(request.seed);
  const campaignDraw = random.next();
  const armDraw = random.next();
  if (eligible.length === 0)
    return {
      placement: request.placement,
      decisionId: request.decisionId,
      chosen: null,
      refusals,
      ...(candidates && { candidates }),
    };
  const probabilities = choiceProbabilities(
    eligible.map((candidate) => candidate.value),
    slice.rules.exploration,
  );
  const winner = drawIndex(probabilities, campaignDraw);
  eligible.forEach((candidate, index) => {
    const { leaf, value, parts } = candidate;
    const traced = { leaf, value, parts, probability: probabilities[index] as number };
    if (index !== winner) refuse(candidate.campaign.rules.id, 'outranked', traced);
    else candidates?.push({ campaignId: candidate.campaign.rules.id, reason: null, ...traced });
  });
  const { campaign, leaf } = eligible[winner] as Eligible;
  const chosen = act(input, slice, campaign.rules, leaf, probabilities[winner] as number, armDraw, request.decisionId);
  return {
    placement: request.placement,
    decisionId: request.decisionId,
    chosen,
    refusals,
    ...(candidates && { candidates }),
  };
}

function eligibleCampaigns(
  input: DecideInput,
  slice: OpenSlice,
  chosenBefore: readonly ChosenBefore[],
  refuse: (campaignId: string, reason: RefusalReason, rest?: Partial<TracedCandidate>) => void,
): Eligible[] {
  const { customer, evidence, switches, nowMs } = input;
  const { fatigue } = slice.rules;
  const pressure = fatigue.weight > 0 ? customer.pressure(fatigue.channelWeights, fatigue.halfLifeMs) : 0;
  const isMember = slice.segments.membershipBy(customer.resolve);
  const paused = new Set(switches.pausedCampaigns);
  const eligible: Eligible[] = [];
  for (const campaign of slice.campaigns) {
    const { rules } = campaign;
    const reason = refusalOf(campaign, {
      slice,
      customer,
      killSwitch: switches.killSwitch,
      paused,
      chosenBefore,
      isMember,
      nowMs,
    });
    if (reason) {
      refuse(rules.id, reason);
      continue;
    }
    const leaf = leafOf(campaign, customer.resolve, isMember);
    const parts = valueParts(rules, evidence.expected(rules, leaf), pressure, fatigue.weight);
    const value = totalValue(parts);
    // Doing nothing is worth 0: a tired customer is left in peace.
    if (fatigue.weight > 0 && value < 0) refuse(rules.id, 'fatigued', { leaf, value, parts });
    else eligible.push({ campaign, leaf, parts, value });
  }
  return eligible;
}

function act(
  input: DecideInput,
  slice: OpenSlice,
  campaign: SliceCampaign,
  leaf: string,
  propensityCampaign: number,
  armDraw: number,
  decisionId: string,
): ChosenAction {
  const { customer, evidence, nowMs } = input;
  const { salt, globalHoldout } = slice.rules;
  const shares = { global: globalHoldout, campaign: campaign.holdout };
  const common = {
    campaign,
    propensityCampaign,
    measuresLift: globalHoldout > 0 || campaign.holdout > 0,
    allocationVersion: evidence.expected(campaign, leaf).version,
  };
  const { assignment, ...when } = stickyPeriod(campaign, customer, decisionId, nowMs);
  if (isHeldOut(salt, customer.bucketingId, campaign.id, shares)) {
    return { ...common, ...when, leaf: assignment?.leaf ?? leaf, armId: HOLDOUT_ARM, propensityArm: 1, sticky: false };
  }
  return { ...common, ...when, ...chooseArm(campaign, leaf, assignment, evidence, armDraw) };
}
