/**
 * The decision: eligible → holdout → value → campaign → arm → propensity → claim. Pure; the same function runs in the customer's
 * object, in the worker, in a browser, in Node, and when a receipt is replayed.
 */
import { choiceProbabilities } from './arbitration/choice.ts';
import { chooseArm } from './assignment.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import {
  type Candidate,
  candidatesFor,
  type MeasuredCampaign,
  type Notes,
  refuse,
  type TracedCandidate,
} from './candidates.ts';
import type { OpenSlice } from './catalog/open.ts';
import type { SliceCampaign } from './catalog/slice.ts';
import type { ChosenAction } from './chosen-action.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { featureVector } from './features/features.ts';
import { claimsOf } from './limits/needs.ts';
import { EMPTY_PURSE, type PurseView } from './limits/purse.ts';
import { drawIndex, seededRandom } from './random.ts';
import type { RefusalReason } from './reasons.ts';
import { scoredByFrom, scoresFrom } from './scores.ts';
import { partOf } from './steering/availability.ts';
import { stickyPeriod } from './sticky-period.ts';
import type { ArmAsk, CustomerView, Evidence } from './view.ts';

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
  /** Units that may be claimed; none when absent: whatever needs any is not chosen then. */
  readonly purse?: PurseView;
  /** Collect every candidate with its reason and value; the choices are the same. */
  readonly trace?: boolean;
}

export interface PlacementDecision {
  readonly placement: string;
  readonly decisionId: string;
  /** Null: default content, because no campaign was eligible. */
  readonly chosen: ChosenAction | null;
  /** Campaigns that were not chosen, counted by reason. */
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly measured: readonly MeasuredCampaign[];
  readonly candidates?: readonly TracedCandidate[];
}

type ChosenBefore = EligibilityFacts['chosenBefore'][number];

/**
 * Decides for each placement in order; each propensity is conditional on the choices before it. Nothing is stored here: the caller
 * turns choices into claims. A placement that the catalog does not know gets default content.
 */
export function decide(input: DecideInput): PlacementDecision[] {
  const chosenBefore: ChosenBefore[] = [];
  return input.requests.map((request) => {
    const { placement, decisionId } = request;
    const slice = input.sliceOf(placement);
    if (!slice) return { placement, decisionId, chosen: null, refusals: {}, measured: [] };
    const notes: Notes = { refusals: {}, measured: [], ...(input.trace && { candidates: [] }) };
    const chosen = decidePlacement(input, request, slice, chosenBefore, notes);
    if (chosen) chosenBefore.push({ action: chosen, slice });
    return { placement, decisionId, chosen, ...notes };
  });
}

function decidePlacement(
  input: DecideInput,
  request: PlacementRequest,
  slice: OpenSlice,
  chosenBefore: readonly ChosenBefore[],
  notes: Notes,
): ChosenAction | null {
  const { customer, evidence, switches, nowMs } = input;
  const { killSwitch } = switches;
  const paused = new Set(switches.pausedCampaigns);
  const purse = input.purse ?? EMPTY_PURSE;
  const eligible = candidatesFor({ slice, customer, evidence, killSwitch, paused, chosenBefore, purse, nowMs }, notes);
  if (eligible.length === 0) return null;
  // Two draws, always in this order, so that a receipt replays them.
  const random = seededRandom(request.seed);
  const campaignDraw = random.next();
  const armDraw = random.next();
  const values = eligible.map((candidate) => candidate.value);
  const probabilities = choiceProbabilities(values, slice.rules.exploration);
  const winner = drawIndex(probabilities, campaignDraw);
  eligible.forEach(({ campaign, leaf, value, parts, availability, needs }, index) => {
    const available = partOf(availability);
    const probability = probabilities[index] as number;
    const traced = { leaf, value, parts, probability, ...(available && { available }), ...(needs && { needs }) };
    if (index !== winner) refuse(notes, campaign.rules.id, 'outranked', traced);
    else notes.candidates?.push({ campaignId: campaign.rules.id, reason: null, ...traced });
  });
  return act(input, eligible[winner] as Candidate, probabilities[winner] as number, armDraw, request.decisionId);
}

/** What of the customer the probabilities of arms may depend on. */
function askOf(campaign: SliceCampaign, customer: CustomerView, available: ArmAsk['available']): ArmAsk {
  const { features } = campaign;
  const { resolve } = customer;
  const score = scoresFrom(campaign, resolve);
  const scoredBy = score && scoredByFrom(campaign, customer);
  return {
    ...(score && { score }),
    ...(scoredBy && { scoredBy }),
    ...(features && { features: featureVector(features, resolve) }),
    ...(available && { available }),
  };
}

function act(
  input: DecideInput,
  { campaign: { rules: campaign }, leaf, availability, measuresLift, heldOut }: Candidate,
  propensityCampaign: number,
  armDraw: number,
  decisionId: string,
): ChosenAction {
  const { customer, evidence, nowMs } = input;
  const available = partOf(availability);
  const allocationVersion = evidence.expected(campaign, leaf, available).version;
  const { assignment, periodKey, stickyUntilMs } = stickyPeriod(campaign, customer, decisionId, nowMs);
  const common = { campaign, propensityCampaign, measuresLift, allocationVersion, periodKey, stickyUntilMs };
  if (heldOut) {
    return { ...common, leaf: assignment?.leaf ?? leaf, armId: HOLDOUT_ARM, propensityArm: 1, sticky: false };
  }
  const ask = () => askOf(campaign, customer, available);
  const arm = chooseArm(campaign, leaf, assignment, evidence, armDraw, ask);
  const armIndex = campaign.armIds.indexOf(arm.armId);
  const sendAtMs = availability?.sendAtMs?.[armIndex];
  const claims = claimsOf(campaign.needs, armIndex);
  return { ...common, ...arm, ...(claims && { claims }), ...(sendAtMs !== undefined && { sendAtMs }) };
}
