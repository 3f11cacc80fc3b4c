import type { FeatureSet } from '../features/features.ts';
import type { LearningRules } from '../learning/rules.ts';
import type { Stage } from '../lifecycle/phases.ts';
import type { ParameterDesign } from './effects/design.ts';
import type { Interactions } from './linear/effects.ts';
import type { LinearModel } from './linear/model.ts';
import type { CampaignSums } from './named-sums.ts';
import type { BetaPosterior } from './posterior.ts';
import type { RewardMoments } from './rewards/moments-of-beliefs.ts';
import type { RewardSpec } from './rewards/reward.ts';
import type { ArmStatistics } from './statistics.ts';

/** The leaf of every campaign that takes the contexts no other leaf matches; always the last of `leaves`. */
export const REST_LEAF = 'rest';

/** The name of a campaign's only strategy. */
export const ONLY_STRATEGY = '';

/** The arm under which held-out customers are counted; it has no probability and never competes. */
export const HOLDOUT_ARM = 'holdout';

/**
 * The arm under which enrolled customers of the treated group are counted: they are enrolled at first eligibility, before
 * any arm is drawn; no arm can be called so.
 */
export const ENROLLED_ARM = '*';

/** What a linear model is fitted with. */
export interface LinearTerms {
  /** Strength of the prior, above 0; 1 when absent. */
  readonly ridge?: number;
  /** Pairs of parameters with effects of their own; none when absent. */
  readonly interactions?: Interactions;
}

/** How a campaign chooses among its arms, as declared by the marketer. */
export type AllocationStrategy =
  /** `modelWeight`: weight of the customer's scores, in [0, 1); absent or 0 is the bandit alone. */
  | { readonly policy: 'thompson'; readonly modelWeight?: number; readonly hybrid?: true }
  /** `hybrid`: bandit or model, whoever is surer, instead of a blend. */
  | { readonly policy: 'ucb'; readonly modelWeight?: number; readonly hybrid?: true }
  /** `epsilon` in [0, 1]; `topArms`: among how many of the leaf's best arms scores choose, 1 when absent. */
  | { readonly policy: 'epsilon_greedy'; readonly epsilon: number; readonly topArms?: number }
  /** `gamma` ≥ 0, per unit of rate; of a linear model's predictions where the campaign declares features. */
  | ({ readonly policy: 'inverse_gap'; readonly gamma: number; readonly modelWeight?: number } & LinearTerms)
  /** `alpha` ≥ 0, in the reward's unit. */
  | ({ readonly policy: 'linear_ucb'; readonly alpha: number; readonly modelWeight?: number } & LinearTerms)
  /** `v` above 0, in the reward's unit; the rewards' spread around the model when absent. */
  | ({ readonly policy: 'linear_thompson'; readonly v?: number; readonly modelWeight?: number } & LinearTerms)
  /** Weights by arm id, finite and not negative; an arm without one gets none; all zero means even. */
  | { readonly policy: 'fixed_split'; readonly weights: Readonly<Record<string, number>> };

/** Sums per leaf and arm id. Leaves and arms that are missing have learned nothing; those a campaign no longer has are ignored. */
export type CampaignStatistics = ReadonlyMap<string, ReadonlyMap<string, ArmStatistics>>;

/** Everything an allocation is computed from. */
export interface AllocationInput {
  readonly campaignId: string;
  /** 1 to 512 ids, `holdout` not among them; the order of every vector in the result. */
  readonly armIds: readonly string[];
  /** Names this set of arms, so that an allocation is never applied to another. */
  readonly armsKey: string;
  /** Ids in the order in which contexts are matched; the last is `rest`. */
  readonly leaves: readonly string[];
  readonly strategy: AllocationStrategy;
  /** The exploration floor f of p′ = f/K + (1 − f)·p; 0 ≤ f < 1. */
  readonly minExploration: number;
  /** Prior per arm id, for a cold start from history; Beta(1, 1) where there is none. */
  readonly priors: Readonly<Record<string, BetaPosterior>>;
  readonly statistics: CampaignStatistics;
  /** Named sums beside the statistics; absent where nothing is summed up. */
  readonly sums?: CampaignSums;
  /** What a trial is worth; whether it reached the goal when absent. */
  readonly reward?: RewardSpec;
  /** What trials record of customers; absent where nothing is recorded. */
  readonly features?: FeatureSet;
  /** How the arms are made of parameters; absent when they were declared themselves. */
  readonly parameters?: ParameterDesign;
  /** Decisions may choose among some arms alone; absent when all are shown everywhere at all times. */
  readonly steers?: true;
  /** How evidence is turned into beliefs; arm by arm when absent. */
  readonly learning?: Pick<LearningRules, 'by'>;
  /** Grows with every allocation of the campaign. */
  readonly version: number;
}

/** What is published for one leaf, or for one strategy's stratum of it; every vector is in the order of {@link Allocation.armIds}. */
export interface LeafAllocation {
  /** P(arm), the floor included; sums to 1. Of a linear strategy, for its average customer. */
  readonly probabilities: readonly number[];
  /** P(the arm's expected reward is the largest), before the floor and whatever the policy; sums to 1. */
  readonly pBest: readonly number[];
  /** What is believed of each arm's conversion rate: what the probabilities were computed from, where the reward is binary. */
  readonly posteriors: readonly BetaPosterior[];
  /** Expected conversions per trial under `probabilities`, from 0 to 1. */
  readonly expectedRate: number;
  /** Expected revenue per trial under `probabilities`, in minor units (a mean: not an integer), shrunk to the campaign's mean. */
  readonly expectedRevenueMinor: number;
  /** What is believed of rewards that are not binary, for decisions that choose among some arms alone; absent where there are none such. */
  readonly rewards?: RewardMoments;
  /**
   * How far a model's scores may be trusted to find the best arm here, in [0, 1], by `<model id>@<version>`: how surely its choice beat the leading arm on
   * trials of the leaf. A version is absent until it has enough of them; all are where the campaign's strategies do not choose between bandit and model.
   */
  readonly modelConfidence?: Readonly<Record<string, number>>;
}

/** The published probabilities of a campaign: plain JSON, immutable, named by (campaign, version). */
export interface Allocation {
  readonly campaignId: string;
  readonly version: number;
  readonly armsKey: string;
  /** Ids in the order of every vector. */
  readonly armIds: readonly string[];
  /** By leaf, or by stratum (see `strategies/strata.ts`) where the campaign has several strategies. */
  readonly leaves: Readonly<Record<string, LeafAllocation>>;
  /** What decisions predict with, by strategy id (`''` for a campaign's only one); absent until there is evidence of customers' features. */
  readonly linear?: Readonly<Record<string, LinearModel>>;
  /** Absent for a campaign without lifecycle. */
  readonly stage?: Stage;
  /** The strategy whose turn it is; absent unless strategies take turns. */
  readonly turn?: string;
}
