/**
 * What decide() asks of the customer and of the evidence: a small record of functions, so that the customer's object, the worker's
 * stateless path, a browser and a receipt can each answer in their own way.
 */
import { type Allocation, type LeafAllocation, ONLY_STRATEGY } from './bandits/allocation.ts';
import type { HybridChoice } from './bandits/hybrid.ts';
import { type ArmEstimate, estimatesOf } from './bandits/linear/estimates.ts';
import type { LinearModel } from './bandits/linear/model.ts';
import { predictionAmong, predictor } from './bandits/linear/predict.ts';
import { choiceBetween, scoredProbabilities, versusBandit } from './bandits/scoring.ts';
import type { SliceCampaign } from './catalog/slice.ts';
import type { FeatureVector } from './features/features.ts';
import type { Stage } from './lifecycle/phases.ts';
import { expectedUnits } from './limits/needs.ts';
import type { CapScope } from './limits/touches.ts';
import type { KeptUses } from './scoring/kept-use.ts';
import type { ArmName } from './scoring/paths.ts';
import type { ModelUses } from './scoring/served.ts';
import type { Resolve } from './segments/subject.ts';
import { shortlist, type Walk } from './shortlist.ts';
import { narrowedLeaf } from './steering/narrowed.ts';
import { scoringFor } from './strategies/scoring.ts';
import { splitStratum } from './strategies/strata.ts';

/** An arm kept for a customer by an earlier decision of the same sticky period. */
export interface Assignment {
  readonly armId: string;
  readonly leaf: string;
  /** P(arm | campaign) of the decision that assigned it. */
  readonly propensityArm: number;
  readonly periodKey: string;
  readonly untilMs: number;
  /** The customer's features at that decision; absent where it had none. */
  readonly features?: FeatureVector;
}

/** The customer as decide() sees them; every answer is as of one moment and does not change while deciding. */
export interface CustomerView {
  /** What holdouts are drawn from. */
  readonly bucketingId: string;
  /** Attributes, traits, request facts and counters by path. */
  readonly resolve: Resolve;
  /** Used + pending touches. */
  readonly touches: (scope: CapScope, windowMs: number) => number;
  /** Soft fatigue with the given weights. */
  readonly pressure: (channelWeights: Readonly<Record<string, number>>, halfLifeMs: number) => number;
  /** The live assignment for a campaign, if any. */
  readonly assignment: (campaignId: string) => Assignment | undefined;
  /** True: the customer said yes to this channel, or to the purpose of this name (`purpose:ads`); false: said no to it, or to being personalized for at all; undefined: said nothing. */
  readonly consents: (channelOrPurpose: string) => boolean | undefined;
  /** Names the session, for `sticky: session`. */
  readonly sessionKey: string;
  /** Which models `resolve` has asked so far, and what they were given, of the arms named here in any case; nothing where no model serves. */
  readonly modelUses?: (chosen?: readonly ArmName[]) => Readonly<Record<string, ModelUses>>;
  /** The version of a model whose score counted; undefined while `resolve` was not asked for it, and where none served. */
  readonly modelVersion?: (model: string) => number | undefined;
  /** What a decision for an arm keeps of the models that `resolve` has asked, by model id; nothing where no model serves. */
  readonly keptUses?: (
    models: readonly string[],
    arm: ArmName,
    outputs?: readonly string[],
  ) => Readonly<Record<string, KeptUses>>;
}

/** Expected objectives per trial under the published probabilities. */
export interface Expected {
  readonly rate: number;
  readonly revenueMinor: number;
  /** Expected units of each of the campaign's needs, in their order; absent when it has none. */
  readonly units?: readonly number[];
  /** Allocation version; 0 is the allocation that the catalog was published with. */
  readonly version: number;
}

/** What the probabilities of arms may depend on besides campaign and leaf; nothing of it: the published vector. */
export interface ArmAsk {
  /** How likely the customer is to reach the campaign's goal if shown an arm, in [0, 1]; absent, or undefined, where nothing is known. */
  readonly score?: ((campaignId: string, armId: string) => number | undefined) | undefined;
  /** `<model id>@<version>` that gave the scores, asked after them; absent, or undefined, where they are none of a model. */
  readonly scoredBy?: (() => string | undefined) | undefined;
  /** The customer's vector, where the campaign declares features. */
  readonly features?: FeatureVector;
  /** Which arms may be shown, in the order of `campaign.armIds`, at least one; all when absent. */
  readonly available?: readonly boolean[];
}

/** What has been learned, by campaign and leaf. */
export interface Evidence {
  /** `available` as in {@link ArmAsk}: what the arms that may be shown are worth. */
  readonly expected: (campaign: SliceCampaign, leaf: string, available?: ArmAsk['available']) => Expected;
  /** P(arm) in the order of `campaign.armIds`; the customer's own where the strategy looks at the customer. */
  readonly probabilities: (campaign: SliceCampaign, leaf: string, ask?: ArmAsk) => readonly number[];
  /**
   * What a linear strategy predicts for the customer whose features are given, in the order of `campaign.armIds`; undefined where it does not, or not yet.
   * No choice depends on it: it tells why `probabilities` are what they are, to receipts and to explain.
   */
  readonly estimates?: (
    campaign: SliceCampaign,
    leaf: string,
    features: FeatureVector,
  ) => readonly ArmEstimate[] | undefined;
  /**
   * Who of bandit and model decides for the customer whose scores are given; undefined for strategies that do not choose between them. As with
   * `estimates`, no choice depends on it.
   */
  readonly hybrid?: (campaign: SliceCampaign, leaf: string, ask: ArmAsk) => HybridChoice | undefined;
  /**
   * What the model would show in the bandit's place, arm by arm: see `scoring/watch/arm-sums.ts`. Undefined for strategies that do not choose between
   * them, and where both would show the same.
   */
  readonly versus?: (campaign: SliceCampaign, leaf: string, ask: ArmAsk) => readonly number[] | undefined;
  /** What is published of the campaign beside its probabilities; nothing when absent. */
  readonly standing?: (campaign: SliceCampaign) => CampaignStanding;
  /** Which campaigns of a slice are looked at; all where it is absent, or answers nothing. */
  readonly walk?: Walk | undefined;
}

/** Where a campaign stands. */
export interface CampaignStanding {
  /** Share of its customers that it addresses, (0, 1]; all when absent. */
  readonly admitted?: number;
  /** The strategy whose turn it is; absent unless strategies take turns. */
  readonly turn?: string;
}

/** Leaf ids come from configuration: `constructor` must not find what every object inherits. */
function ownLeaf(allocation: Allocation, leaf: string): LeafAllocation | undefined {
  return Object.hasOwn(allocation.leaves, leaf) ? allocation.leaves[leaf] : undefined;
}

const unchanged = (probabilities: readonly number[]): readonly number[] => probabilities;

/**
 * Evidence from published allocations; one that was computed for other arms or leaves is passed over for the initial one.
 *
 * @param published stays the same object for as long as `allocationOf` gives the same answers: with it, campaigns that cannot win are not looked at
 */
export function evidenceFrom(
  allocationOf: (campaignId: string) => Allocation | undefined,
  published?: object,
): Evidence {
  const predictionOf = predictor();
  const allocationFor = (campaign: SliceCampaign): Allocation => {
    const published = allocationOf(campaign.id);
    return published && published.armsKey === campaign.initialAllocation.armsKey
      ? published
      : campaign.initialAllocation;
  };
  const leafOf = (campaign: SliceCampaign, leaf: string) => {
    const allocation = allocationFor(campaign);
    const found = ownLeaf(allocation, leaf) ?? ownLeaf(campaign.initialAllocation, leaf);
    if (!found) throw new Error(`campaign ${campaign.id} has no leaf ${leaf}`);
    return { found, version: allocation.version, stage: stageFor(campaign, allocation) };
  };
  const partOf = (campaign: SliceCampaign, leaf: string, available: ArmAsk['available']) => {
    const whole = leafOf(campaign, leaf);
    if (!available) return { ...whole, armIds: campaign.armIds, spread: unchanged };
    return { ...whole, ...narrowedLeaf(campaign, leaf, whole.found, whole.stage, available) };
  };
  return {
    walk: published && shortlist(published, allocationFor),
    expected: (campaign, leaf, available) => {
      const { found, version, spread } = partOf(campaign, leaf, available);
      const units = campaign.needs && expectedUnits(campaign.needs, spread(found.probabilities));
      return { rate: found.expectedRate, revenueMinor: found.expectedRevenueMinor, version, ...(units && { units }) };
    },
    probabilities: (campaign, leaf, { score, scoredBy, features, available } = {}) => {
      const { found, stage, armIds, spread } = partOf(campaign, leaf, available);
      const scoring = scoringFor(campaign, leaf, stage);
      if (!scoring || !(score || features)) return spread(found.probabilities);
      const model = linearModelOf(allocationFor(campaign), leaf);
      const known = {
        scoreOf: score && ((armId: string) => score(campaign.id, armId)),
        scoredBy,
        prediction: predictionAmong(predictionOf(model, campaign.armIds.length, features), available),
      };
      return spread(scoredProbabilities(scoring, armIds, leaf, found, known));
    },
    estimates: (campaign, leaf, features) => {
      const allocation = allocationFor(campaign);
      const scoring = scoringFor(campaign, leaf, stageFor(campaign, allocation));
      const prediction = predictionOf(linearModelOf(allocation, leaf), campaign.armIds.length, features);
      return scoring && prediction && estimatesOf(scoring.strategy, prediction);
    },
    hybrid: (campaign, leaf, { score, scoredBy, available }) => {
      const { found, stage, armIds } = partOf(campaign, leaf, available);
      const scoring = scoringFor(campaign, leaf, stage);
      const scoreOf = score && ((armId: string) => score(campaign.id, armId));
      return scoring && choiceBetween(scoring, armIds, found, { scoreOf, scoredBy });
    },
    versus: (campaign, leaf, { score, available }) => {
      const { found, stage, armIds, spread } = partOf(campaign, leaf, available);
      const scoring = scoringFor(campaign, leaf, stage);
      const scoreOf = score && ((armId: string) => score(campaign.id, armId));
      const less = scoring && scoreOf && versusBandit(scoring, armIds, found, scoreOf);
      return less && spread(less);
    },
    standing: (campaign) => {
      const allocation = allocationFor(campaign);
      const stage = stageFor(campaign, allocation);
      const turn = allocation.turn ?? campaign.initialAllocation.turn;
      return { ...(stage && { admitted: stage.admitted }), ...(turn !== undefined && { turn }) };
    },
  };
}

/** The model of the strategy that a leaf's key belongs to. */
function linearModelOf({ linear }: Allocation, leaf: string): LinearModel | undefined {
  const strategyId = splitStratum(leaf).strategyId ?? ONLY_STRATEGY;
  return linear && Object.hasOwn(linear, strategyId) ? linear[strategyId] : undefined;
}

/** The published phase of a campaign that has phases: the catalog decides whether it does, since it may be newer than the allocation. */
function stageFor({ initialAllocation }: SliceCampaign, { stage }: Allocation): Stage | undefined {
  return initialAllocation.stage && (stage ?? initialAllocation.stage);
}
