/**
 * The decision: eligible → holdout → value → campaign → arm → propensity → claim. Pure; the same function runs in the customer's
 * object, in the worker, in a browser, in Node, and when a receipt is replayed.
 */
import { choiceProbabilities } from './arbitration/choice.ts';
import { isHeldOut } from './arbitration/holdout.ts';
import type { ValueParts } from './arbitration/value.ts';
import { candidateValue, DEFAULT_PRESET } from './arbitration/value.ts';
import { chooseArm, stickyPeriod } from './assignment.ts';
import { HOLDOUT_ARM } from './bandits/allocation.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import type { SliceCampaign } from './catalog/slice.ts';
import type { ChosenAction } from './chosen-action.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { addressRefusalOf, leafOf, touchRefusalOf } from './eligibility.ts';
import { featureVector } from './features/features.ts';
import { isAdmitted } from './lifecycle/admission.ts';
import { drawIndex, seededRandom } from './random.ts';
import type { RefusalReason } from './reasons.ts';
import { scoresFrom } from './scores.ts';
import { type Availability, availabilityOf, keepsUnavailable, partOf } from './steering/availability.ts';
import { leafKeyFor } from './strategies/leaf-key.ts';
import type { ArmAsk, CampaignStanding, CustomerView, Evidence } from './view.ts';

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
  /** Which arms could be shown, in the order of the campaign's; absent when all could. */
  readonly available?: readonly boolean[];
}

/** A campaign that measures lift and may address this customer now, whether it is chosen, capped or outranked: who it is measured over. */
export interface MeasuredCampaign {
  readonly campaign: SliceCampaign;
  readonly leaf: string;
  readonly heldOut: boolean;
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

/** What is noted about a placement's campaigns while they are looked at. */
interface Notes {
  readonly refusals: Partial<Record<RefusalReason, number>>;
  readonly measured: MeasuredCampaign[];
  readonly candidates?: TracedCandidate[];
}

function refuse(notes: Notes, campaignId: string, reason: RefusalReason, rest?: Partial<TracedCandidate>): void {
  notes.refusals[reason] = (notes.refusals[reason] ?? 0) + 1;
  notes.candidates?.push({ campaignId, reason, ...rest });
}

interface Eligible {
  readonly campaign: OpenCampaign;
  readonly leaf: string;
  readonly parts: ValueParts;
  readonly value: number;
  /** Absent for a campaign whose arms are the same everywhere at all times. */
  readonly availability?: Availability;
}

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
  const eligible = eligibleCampaigns(input, slice, chosenBefore, notes);
  if (eligible.length === 0) return null;
  // Two draws, always in this order, so that a receipt replays them.
  const random = seededRandom(request.seed);
  const campaignDraw = random.next();
  const armDraw = random.next();
  const values = eligible.map((candidate) => candidate.value);
  const probabilities = choiceProbabilities(values, slice.rules.exploration);
  const winner = drawIndex(probabilities, campaignDraw);
  eligible.forEach(({ campaign, leaf, value, parts, availability }, index) => {
    const available = partOf(availability);
    const probability = probabilities[index] as number;
    const traced = { leaf, value, parts, probability, ...(available && { available }) };
    if (index !== winner) refuse(notes, campaign.rules.id, 'outranked', traced);
    else notes.candidates?.push({ campaignId: campaign.rules.id, reason: null, ...traced });
  });
  return act(input, slice, eligible[winner] as Eligible, probabilities[winner] as number, armDraw, request.decisionId);
}

function eligibleCampaigns(
  input: DecideInput,
  slice: OpenSlice,
  chosenBefore: readonly ChosenBefore[],
  notes: Notes,
): Eligible[] {
  const { customer, evidence, switches, nowMs } = input;
  const { channel, fatigue, preset = DEFAULT_PRESET } = slice.rules;
  const pressure = fatigue.weight > 0 ? customer.pressure(fatigue.channelWeights, fatigue.halfLifeMs) : 0;
  const isMember = slice.segments.membershipBy(customer.resolve);
  const paused = new Set(switches.pausedCampaigns);
  const facts = { slice, customer, killSwitch: switches.killSwitch, paused, chosenBefore, isMember, nowMs };
  const eligible: Eligible[] = [];
  for (const campaign of slice.campaigns) {
    const { rules } = campaign;
    const unaddressed = addressRefusalOf(campaign, facts);
    if (unaddressed) {
      refuse(notes, rules.id, unaddressed);
      continue;
    }
    const standing = standingOf(rules, evidence);
    const { salt } = slice.rules;
    // Before anyone is measured: held-out customers are admitted by the same hash, so that lift compares like with like.
    if (!isAdmitted(salt, rules.id, customer.bucketingId, standing.admitted ?? 1)) {
      refuse(notes, rules.id, 'not_admitted');
      continue;
    }
    const availability = availabilityOf(rules, channel, customer.resolve, nowMs);
    if (availability && !availability.available.includes(true)) {
      refuse(notes, rules.id, 'no_arm_available');
      continue;
    }
    const leaf = leafKeyFor(
      rules,
      leafOf(campaign, customer.resolve, isMember),
      { salt, bucketingId: customer.bucketingId },
      standing.turn,
    );
    // Before the caps: held-out customers have no touches, so whoever is measured after them would not be the same kind of customer.
    const measures = measuresLift(slice, rules);
    const held = measures && heldOut(slice, rules, customer);
    if (measures) notes.measured.push({ campaign: rules, leaf, heldOut: held });
    const kept = availability && !held ? stickyPeriod(rules, customer, '', nowMs).assignment : undefined;
    const unfit = keepsUnavailable(rules, availability, kept) ? 'no_arm_available' : touchRefusalOf(campaign, facts);
    if (unfit) {
      refuse(notes, rules.id, unfit);
      continue;
    }
    const expected = evidence.expected(rules, leaf, partOf(availability));
    const candidate = { campaign: rules, expected, channel: channel.id, nowMs };
    const { parts, value } = candidateValue(preset, candidate, fatigue.weight * pressure);
    // Doing nothing is worth 0: a tired customer is left in peace.
    if (fatigue.weight > 0 && value < 0) refuse(notes, rules.id, 'fatigued', { leaf, value, parts });
    else eligible.push({ campaign, leaf, parts, value, ...(availability && { availability }) });
  }
  return eligible;
}

/** Only campaigns with phases or turns are asked about: receipts of all others have nothing to remember. */
function standingOf(campaign: SliceCampaign, evidence: Evidence): CampaignStanding {
  const { stage, turn } = campaign.initialAllocation;
  return (stage || turn !== undefined ? evidence.standing?.(campaign) : undefined) ?? {};
}

function measuresLift(slice: OpenSlice, campaign: SliceCampaign): boolean {
  return slice.rules.globalHoldout > 0 || campaign.holdout > 0;
}

function heldOut(slice: OpenSlice, campaign: SliceCampaign, customer: CustomerView): boolean {
  const shares = { global: slice.rules.globalHoldout, campaign: campaign.holdout };
  return isHeldOut(slice.rules.salt, customer.bucketingId, campaign.id, shares);
}

/** What of the customer the probabilities of arms may depend on. */
function askOf(campaign: SliceCampaign, { resolve }: CustomerView, available: ArmAsk['available']): ArmAsk {
  const { features } = campaign;
  const score = scoresFrom(campaign, resolve);
  return {
    ...(score && { score }),
    ...(features && { features: featureVector(features, resolve) }),
    ...(available && { available }),
  };
}

function act(
  input: DecideInput,
  slice: OpenSlice,
  { campaign: { rules: campaign }, leaf, availability }: Eligible,
  propensityCampaign: number,
  armDraw: number,
  decisionId: string,
): ChosenAction {
  const { customer, evidence, nowMs } = input;
  const available = partOf(availability);
  const common = {
    campaign,
    propensityCampaign,
    measuresLift: measuresLift(slice, campaign),
    allocationVersion: evidence.expected(campaign, leaf, available).version,
  };
  const { assignment, ...when } = stickyPeriod(campaign, customer, decisionId, nowMs);
  if (heldOut(slice, campaign, customer)) {
    return { ...common, ...when, leaf: assignment?.leaf ?? leaf, armId: HOLDOUT_ARM, propensityArm: 1, sticky: false };
  }
  const ask = () => askOf(campaign, customer, available);
  const arm = chooseArm(campaign, leaf, assignment, evidence, armDraw, ask);
  const sendAtMs = availability?.sendAtMs?.[campaign.armIds.indexOf(arm.armId)];
  return { ...common, ...when, ...arm, ...(sendAtMs !== undefined && { sendAtMs }) };
}
