/** From a placement's campaigns to those that may be chosen there, each with its value; what becomes of the others is noted. */
import { isHeldOut } from './arbitration/holdout.ts';
import { candidateValue, DEFAULT_PRESET, type ValueParts } from './arbitration/value.ts';
import { withWorth } from './arbitration/worth.ts';
import type { OpenCampaign } from './catalog/open.ts';
import type { SliceCampaign } from './catalog/slice.ts';
import { addressRefusalOf, type EligibilityFacts, leafOf } from './eligibility.ts';
import { isAdmitted } from './lifecycle/admission.ts';
import { canAfford, type NeedStanding, priceOf, standingOfNeeds } from './limits/needs.ts';
import type { PurseView } from './limits/purse.ts';
import type { RefusalReason } from './reasons.ts';
import { type Availability, availabilityOf, keepsUnavailable, partOf } from './steering/availability.ts';
import { stickyPeriod } from './sticky-period.ts';
import { leafKeyFor } from './strategies/leaf-key.ts';
import { touchRefusalOf } from './touch-refusal.ts';
import type { CampaignStanding, Evidence } from './view.ts';

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
  /** What it needs of ledgers and what was there for it; absent where it needs nothing, or fell before it was looked at. */
  readonly needs?: readonly NeedStanding[];
}

/** A campaign that measures lift and may address this customer now, whether it is chosen, capped or outranked: who it is measured over. */
export interface MeasuredCampaign {
  readonly campaign: SliceCampaign;
  readonly leaf: string;
  readonly heldOut: boolean;
}

/** What is noted about a placement's campaigns while they are looked at. */
export interface Notes {
  readonly refusals: Partial<Record<RefusalReason, number>>;
  readonly measured: MeasuredCampaign[];
  /** There when every candidate is to be shown. */
  readonly candidates?: TracedCandidate[];
}

/** Notes that a campaign is not chosen, and why. */
export function refuse(
  notes: Notes,
  campaignId: string,
  reason: RefusalReason,
  rest?: Omit<TracedCandidate, 'campaignId' | 'reason'>,
): undefined {
  notes.refusals[reason] = (notes.refusals[reason] ?? 0) + 1;
  notes.candidates?.push({ campaignId, reason, ...rest });
}

/** Where in a campaign a customer would land. */
interface Place {
  readonly campaign: OpenCampaign;
  readonly leaf: string;
  /** Absent for a campaign whose arms are the same everywhere at all times. */
  readonly availability?: Availability;
}

interface MeasuredPlace extends Place {
  readonly measuresLift: boolean;
  readonly heldOut: boolean;
}

/** A campaign that nothing but its worth speaks for or against. */
interface FitPlace extends MeasuredPlace {
  /** How its needs stand; absent where it has none. */
  readonly needs?: readonly NeedStanding[];
}

/** A campaign that may be chosen. */
export interface Candidate extends FitPlace {
  readonly parts: ValueParts;
  readonly value: number;
}

interface Refused {
  readonly refused: RefusalReason;
  readonly rest?: Parameters<typeof refuse>[3];
}

/** What all campaigns of one placement are judged by. */
export interface CandidateFacts extends Omit<EligibilityFacts, 'isMember'> {
  readonly purse: PurseView;
  readonly evidence: Evidence;
}

/** What tells which campaigns need not be looked at. */
export type WalkFacts = Pick<EligibilityFacts, 'slice' | 'isMember' | 'killSwitch'>;

interface Facts extends EligibilityFacts {
  readonly purse: PurseView;
  readonly evidence: Evidence;
  /** What the customer's tiredness takes off a value, not below 0. */
  readonly tiredness: number;
}

/** The campaigns that may be chosen, in the order of the slice. */
export function candidatesFor(asked: CandidateFacts, notes: Notes): readonly Candidate[] {
  const { slice, customer } = asked;
  const { fatigue } = slice.rules;
  const pressure = fatigue.weight > 0 ? customer.pressure(fatigue.channelWeights, fatigue.halfLifeMs) : 0;
  const isMember = slice.segments.membershipBy(customer.resolve);
  const facts = { ...asked, isMember, tiredness: fatigue.weight * pressure };
  const look = (campaign: OpenCampaign): Candidate | undefined => {
    const judged = judge(campaign, facts, notes);
    return 'refused' in judged ? refuse(notes, campaign.rules.id, judged.refused, judged.rest) : judged;
  };
  return (
    asked.evidence.walk?.(facts, look, notes)?.candidates ??
    slice.campaigns.map(look).filter((candidate) => !!candidate)
  );
}

/** The order is part of what a receipt replays: what is read first is remembered first. */
function judge(campaign: OpenCampaign, facts: Facts, notes: Notes): Candidate | Refused {
  const place = placeIn(campaign, facts);
  if ('refused' in place) return place;
  // Before the caps: held-out customers have no touches, so whoever is measured after them would not be the same kind of customer.
  const measured = measure(place, facts, notes);
  const unfit = unfitOf(measured, facts);
  if (unfit) return { refused: unfit };
  const needs = needsOf(measured, facts);
  if (needs && !canAfford(needs)) return { refused: 'no_budget', rest: { needs } };
  return valued({ ...measured, ...(needs && { needs }) }, facts);
}

/** Whether the campaign may address the customer at all, and where in it they are. */
function placeIn(campaign: OpenCampaign, facts: Facts): Place | Refused {
  const { rules } = campaign;
  const { slice, customer, evidence, isMember, nowMs } = facts;
  const unaddressed = addressRefusalOf(campaign, facts);
  if (unaddressed) return { refused: unaddressed };
  const { salt, channel } = slice.rules;
  const { bucketingId } = customer;
  const standing = standingOf(rules, evidence);
  // Before anyone is measured: held-out customers are admitted by the same hash, so that lift compares like with like.
  if (!isAdmitted(salt, rules.id, bucketingId, standing.admitted ?? 1)) return { refused: 'not_admitted' };
  const availability = availabilityOf(rules, channel, customer.resolve, nowMs);
  if (availability && !availability.available.includes(true)) return { refused: 'no_arm_available' };
  const context = leafOf(campaign, customer.resolve, isMember);
  const leaf = leafKeyFor(rules, context, { salt, bucketingId }, standing.turn);
  return { campaign, leaf, ...(availability && { availability }) };
}

/** Only campaigns with phases or turns are asked about: receipts of all others have nothing to remember. */
function standingOf(campaign: SliceCampaign, evidence: Evidence): CampaignStanding {
  const { stage, turn } = campaign.initialAllocation;
  return (stage || turn !== undefined ? evidence.standing?.(campaign) : undefined) ?? {};
}

/** Whether the campaign measures lift, and the customer is then held out of it. */
function measure(place: Place, { slice, customer }: Facts, notes: Notes): MeasuredPlace {
  const { rules } = place.campaign;
  const shares = { global: slice.rules.globalHoldout, campaign: rules.holdout };
  const measuresLift = shares.global > 0 || shares.campaign > 0;
  const heldOut = measuresLift && isHeldOut(slice.rules.salt, customer.bucketingId, rules.id, shares);
  if (measuresLift) notes.measured.push({ campaign: rules, leaf: place.leaf, heldOut });
  return { ...place, measuresLift, heldOut };
}

/** Why the customer cannot be given anything of the campaign just now, or null. */
function unfitOf({ campaign, availability, heldOut }: MeasuredPlace, facts: Facts): RefusalReason | null {
  const { customer, nowMs } = facts;
  const kept = availability && !heldOut ? stickyPeriod(campaign.rules, customer, '', nowMs).assignment : undefined;
  return keepsUnavailable(campaign.rules, availability, kept) ? 'no_arm_available' : touchRefusalOf(campaign, facts);
}

/** Held-out customers take nothing, and still it must be there: or the groups would not meet the same choice. */
function needsOf({ campaign }: MeasuredPlace, { purse, chosenBefore }: Facts): FitPlace['needs'] {
  const { needs } = campaign.rules;
  if (!needs) return undefined;
  return standingOfNeeds(
    needs,
    purse,
    chosenBefore.flatMap(({ action }) => action.claims ?? []),
  );
}

function valued(place: FitPlace, { slice, customer, evidence, tiredness, purse, nowMs }: Facts): Candidate | Refused {
  const { rules } = place.campaign;
  const { channel, fatigue, preset = DEFAULT_PRESET } = slice.rules;
  const { leaf, needs } = place;
  const expected = evidence.expected(rules, leaf, partOf(place.availability));
  const price = priceOf(rules.needs, purse, expected.units);
  const candidate = withWorth({ campaign: rules, expected, channel: channel.id, nowMs }, customer.resolve);
  const { parts, value } = candidateValue(preset, candidate, { fatigue: tiredness, price });
  const rest = { leaf, value, parts, ...(needs && { needs }) };
  // Doing nothing is worth 0: a tired customer is left in peace, whatever the price.
  if (fatigue.weight > 0 && value + price < 0) return { refused: 'fatigued', rest };
  // What pacing asks for its units is more than it is worth.
  if (price > 0 && value < 0) return { refused: 'paced', rest };
  return { ...place, parts, value };
}
