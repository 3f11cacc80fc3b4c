/**
 * Receipts: what decide() was told, written down while it decided, so that the decision can be replayed to the bit from the receipt
 * alone. Only what was read is kept: a receipt holds no more of the customer than the choice depended on.
 */
import type { HybridChoice } from './bandits/hybrid.ts';
import type { ArmEstimate } from './bandits/linear/estimates.ts';
import type { OpenCampaign, OpenSlice } from './catalog/open.ts';
import { openSlice } from './catalog/open.ts';
import type { RulesSlice, SliceCampaign } from './catalog/slice.ts';
import type { DecideInput, PlacementDecision, PlacementRequest, Switches } from './decide.ts';
import { decide } from './decide.ts';
import { type EstimatesByArm, estimatesByArm, keptEstimates } from './kept-estimates.ts';
import { EMPTY_PURSE, type PurseAnswer, type PurseView } from './limits/purse.ts';
import { scopeKey } from './limits/touches.ts';
import { isAsked, remember, withSeldom } from './receipt-answers.ts';
import { campaignKey, leafKey, pressureKey } from './receipt-keys.ts';
import type { ArmName } from './scoring/paths.ts';
import type { ModelUses } from './scoring/served.ts';
import { type Looked, type Walk, walkAgain } from './shortlist.ts';
import type { ArmAsk, Assignment, CampaignStanding, CustomerView, Evidence, Expected } from './view.ts';

export const RECEIPT_FORMAT = 1;

type Answers<T> = Readonly<Record<string, T>>;

/** One request's decisions, as JSON. */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly requestId: string;
  readonly nowMs: number;
  readonly revision: number;
  readonly requests: readonly PlacementRequest[];
  /** placement → SHA-256 of its rules slice; absent for a placement that the catalog did not know. */
  readonly rules: Answers<string>;
  readonly switches: Switches;
  readonly bucketingId: string;
  readonly sessionKey: string;
  /** Values by path; a path without a value was read and found missing for ever (`hoursSinceLast` of nothing). */
  readonly reads: readonly (readonly [path: string, value?: unknown])[];
  /** `scope windowMs` → used + pending touches. */
  readonly touches: Answers<number>;
  /** `halfLifeMs weights` → soft fatigue. Slices of one request may differ in these while a revision is being rolled out. */
  readonly pressure: Answers<number>;
  readonly assignments: Answers<Assignment | null>;
  readonly consents: Answers<boolean | null>;
  /** `campaign leaf arms`, and which arms are available unless all are → expected objectives of every candidate that was valued. */
  readonly expected: Answers<Expected>;
  /** `campaign leaf arms`, and which arms are available unless all are → probability vector of every arm draw, the customer's scores included: a replay computes none anew. */
  readonly probabilities: Answers<readonly number[]>;
  /**
   * As `probabilities`, for linear strategies → what they predicted of each arm, or of the chosen one alone where there are more than
   * `MAX_KEPT_ESTIMATES`. A replay does not need it; absent when nothing was predicted.
   */
  readonly estimates?: Answers<EstimatesByArm>;
  /** As `probabilities`, for strategies that choose between bandit and model → who decided and how sure each was; absent when none does. A replay does not need it. */
  readonly hybrid?: Answers<HybridChoice>;
  /** `campaign arms` → where every campaign with phases or turns stood; absent when none has. */
  readonly standings?: Answers<CampaignStanding>;
  /** Ledger → units that could be claimed, and their price, of every ledger that was looked at; absent when none was. */
  readonly purse?: Answers<PurseAnswer>;
  /** Placement → the campaigns that were looked at, of slices in which not all were; absent when all were. */
  readonly looked?: Answers<Looked>;
  /** Model id → the versions that scored, and what they were given; absent when none was asked. A replay does not need it: scores are among `reads`. */
  readonly models?: Answers<ModelUses>;
  /** The record of what was chosen, by placement: campaign, arm, propensities; null for default content. */
  readonly chosen: Answers<{
    readonly campaignId: string;
    readonly armId: string;
    readonly propensityCampaign: number;
    readonly propensityArm: number;
  } | null>;
}

/** Decides and writes down every answer that decide() was given. */
export function decideWithReceipt(
  input: DecideInput,
  facts: { readonly requestId: string; readonly revision: number; readonly rules: Answers<string> },
): { readonly decisions: PlacementDecision[]; readonly receipt: Receipt } {
  const reads = new Map<string, unknown>();
  const touches: Record<string, number> = {};
  const assignments: Record<string, Assignment | null> = {};
  const consents: Record<string, boolean | null> = {};
  const expected: Record<string, Expected> = {};
  const probabilities: Record<string, readonly number[]> = {};
  const pressure: Record<string, number> = {};
  const standings: Record<string, CampaignStanding> = {};
  const estimates: Record<string, EstimatesByArm> = {};
  const hybrid: Record<string, HybridChoice> = {};
  const looked: Record<string, Looked> = {};
  const { customer: view, evidence: known } = input;
  const customer = rememberedCustomer(view, { reads, touches, pressure, assignments, consents });
  const evidence: Evidence = {
    expected: (campaign, leaf, available) =>
      remember(expected, leafKey(campaign, leaf, available), () => known.expected(campaign, leaf, available)),
    probabilities: (campaign, leaf, ask) => {
      const key = leafKey(campaign, leaf, ask?.available);
      return remember(probabilities, key, () => {
        const told = ask?.features && known.estimates?.(campaign, leaf, ask.features);
        if (told) estimates[key] = estimatesByArm(campaign.armIds, told);
        const between = ask && known.hybrid?.(campaign, leaf, ask);
        if (between) hybrid[key] = between;
        return known.probabilities(campaign, leaf, ask);
      });
    },
    standing: (campaign) => remember(standings, campaignKey(campaign), () => known.standing?.(campaign) ?? {}),
    walk: known.walk && rememberedWalk(known.walk, looked),
  };
  const told: Record<string, PurseAnswer> = {};
  const { purse = EMPTY_PURSE } = input;
  const remembering: PurseView = (ledger) => remember(told, ledger, () => purse(ledger));
  const decisions = decide({ ...input, customer, evidence, purse: remembering });
  const models = view.modelUses?.(armsOf(decisions)) ?? {};
  const receipt: Receipt = {
    format: RECEIPT_FORMAT,
    requestId: facts.requestId,
    revision: facts.revision,
    rules: facts.rules,
    nowMs: input.nowMs,
    requests: input.requests,
    switches: input.switches,
    bucketingId: view.bucketingId,
    sessionKey: view.sessionKey,
    reads: [...reads].map(([path, value]) => (value === undefined ? [path] : [path, value])),
    touches,
    pressure,
    assignments,
    consents,
    expected,
    probabilities,
    chosen: chosenOf(decisions),
  };
  const seldom = { hybrid, standings, purse: told, looked, models };
  return { decisions, receipt: withSeldom(receipt, seldom, keptOf(estimates, decisions)) };
}

const keptOf = (estimates: Record<string, EstimatesByArm>, decisions: readonly PlacementDecision[]) =>
  isAsked(estimates) ? keptEstimates(estimates, decisions) : undefined;

/** A customer of whom every answer is written down. */
function rememberedCustomer(
  view: CustomerView,
  kept: {
    readonly reads: Map<string, unknown>;
    readonly touches: Record<string, number>;
    readonly pressure: Record<string, number>;
    readonly assignments: Record<string, Assignment | null>;
    readonly consents: Record<string, boolean | null>;
  },
): CustomerView {
  const { reads, touches, pressure, assignments, consents } = kept;
  return {
    ...view,
    resolve: (path) => {
      const before = reads.get(path);
      if (before !== undefined || reads.has(path)) return before;
      reads.set(path, view.resolve(path));
      return reads.get(path);
    },
    touches: (scope, windowMs) =>
      remember(touches, `${scopeKey(scope)} ${windowMs}`, () => view.touches(scope, windowMs)),
    pressure: (weights, halfLifeMs) =>
      remember(pressure, pressureKey(weights, halfLifeMs), () => view.pressure(weights, halfLifeMs)),
    assignment: (id) => remember(assignments, id, () => view.assignment(id) ?? null) ?? undefined,
    consents: (channel) => remember(consents, channel, () => view.consents(channel) ?? null) ?? undefined,
  };
}

/** A walk that writes down by placement which campaigns were looked at. */
function rememberedWalk(walk: Walk, looked: Record<string, Looked>): Walk {
  return (facts, look, notes) => {
    const campaigns: string[] = [];
    const lookAt = (campaign: OpenCampaign) => {
      campaigns.push(campaign.rules.id);
      return look(campaign);
    };
    const walked = walk(facts, lookAt, notes);
    if (walked) looked[facts.slice.rules.placement] = { campaigns, strangers: walked.strangers };
    return walked;
  };
}

function armsOf(decisions: readonly PlacementDecision[]): ArmName[] {
  return decisions.flatMap(({ chosen }) => (chosen ? [{ campaignId: chosen.campaign.id, armId: chosen.armId }] : []));
}

function chosenOf(decisions: readonly PlacementDecision[]): Receipt['chosen'] {
  const all: Record<string, Receipt['chosen'][string]> = {};
  for (const { placement, chosen } of decisions) all[placement] = chosen && summary(chosen);
  return all;
}

/** What the arm of a decision was drawn from. */
export interface ReceiptArm {
  readonly armId: string;
  readonly probability: number;
  /** Of linear strategies, as far as the receipt keeps it. */
  readonly estimate?: ArmEstimate;
}

/**
 * The draw that a receipt holds of a campaign: every arm that could be shown, in the campaign's order. Undefined where no arm was drawn: the campaign was
 * not chosen, the customer was held out, or kept an arm.
 */
export function drawOf(
  { probabilities, estimates = {} }: Receipt,
  campaign: SliceCampaign,
  leaf: string,
  available: ArmAsk['available'],
): readonly ReceiptArm[] | undefined {
  const key = leafKey(campaign, leaf, available);
  if (!Object.hasOwn(probabilities, key)) return undefined;
  const told: EstimatesByArm = Object.hasOwn(estimates, key) ? estimates[key]! : {};
  return campaign.armIds.map((armId, i) => ({
    armId,
    probability: probabilities[key]![i] ?? 0,
    ...(Object.hasOwn(told, armId) && { estimate: told[armId]! }),
  }));
}

/** Who of bandit and model drew a campaign's arm, by the receipt; undefined where the strategy does not choose between them, or no arm was drawn. */
export function hybridOf(
  { hybrid = {} }: Receipt,
  campaign: SliceCampaign,
  leaf: string,
  available: ArmAsk['available'],
): HybridChoice | undefined {
  const key = leafKey(campaign, leaf, available);
  return Object.hasOwn(hybrid, key) ? hybrid[key] : undefined;
}

function summary(chosen: NonNullable<PlacementDecision['chosen']>) {
  const { campaign, armId, propensityCampaign, propensityArm } = chosen;
  return { campaignId: campaign.id, armId, propensityCampaign, propensityArm };
}

/**
 * Decides again from a receipt and the slices that it names, with every candidate and its reason.
 *
 * @param slices rules slices by placement; those that the receipt does not name are not looked at.
 * @throws Error when a slice that the receipt names is not given, or when the receipt was not written by decide(): it lacks an answer
 *   that was asked for, or is of another format.
 */
export function replay(receipt: Receipt, slices: Readonly<Record<string, RulesSlice>>): PlacementDecision[] {
  if (receipt.format !== RECEIPT_FORMAT) throw new Error(`receipts of format ${receipt.format} are not known`);
  const open = new Map<string, OpenSlice>();
  for (const placement of Object.keys(receipt.rules)) {
    const slice = Object.hasOwn(slices, placement) ? slices[placement] : undefined;
    if (!slice) throw new Error(`the receipt names a slice for ${placement}, which is not given`);
    open.set(placement, openSlice(slice));
  }
  const reads = new Map(receipt.reads.map(([path, value]) => [path, value]));
  const answer = <T>(answers: Answers<T>, key: string): T => {
    if (!Object.hasOwn(answers, key)) throw new Error(`the receipt holds no answer for ${key}`);
    return answers[key] as T;
  };
  return decide({
    requests: receipt.requests,
    sliceOf: (placement) => open.get(placement),
    switches: receipt.switches,
    nowMs: receipt.nowMs,
    purse: (ledger) => answer(receipt.purse ?? {}, ledger),
    trace: true,
    customer: {
      bucketingId: receipt.bucketingId,
      sessionKey: receipt.sessionKey,
      resolve: (path) => {
        if (!reads.has(path)) throw new Error(`the receipt holds no value for ${path}`);
        return reads.get(path);
      },
      touches: (scope, windowMs) => answer(receipt.touches, `${scopeKey(scope)} ${windowMs}`),
      pressure: (weights, halfLifeMs) => answer(receipt.pressure, pressureKey(weights, halfLifeMs)),
      assignment: (campaignId) => answer(receipt.assignments, campaignId) ?? undefined,
      consents: (channel) => answer(receipt.consents, channel) ?? undefined,
    },
    evidence: {
      expected: (campaign, leaf, available) => answer(receipt.expected, leafKey(campaign, leaf, available)),
      probabilities: (campaign, leaf, ask) => answer(receipt.probabilities, leafKey(campaign, leaf, ask?.available)),
      standing: (campaign) => answer(receipt.standings ?? {}, campaignKey(campaign)),
      walk: (facts, look, notes) => {
        const { placement } = facts.slice.rules;
        const { looked = {} } = receipt;
        return Object.hasOwn(looked, placement) ? walkAgain(facts, looked[placement]!, look, notes) : undefined;
      },
    },
  });
}
