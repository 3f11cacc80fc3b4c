/** What a campaign's root computes allocations from, and the allocation it starts with. */
import { type Allocation, type AllocationStrategy, type LinearTerms, REST_LEAF } from '../bandits/allocation.ts';
import { learnsFromFeatures } from '../bandits/linear/policies.ts';
import { usesScores } from '../bandits/policies.ts';
import { type RewardSpec, rewardName } from '../bandits/rewards/reward.ts';
import type { Scoring } from '../bandits/scoring.ts';
import { type FeatureSet, featureSet } from '../features/features.ts';
import { fnv1a32 } from '../hash.ts';
import { allocatePolicy } from '../strategies/allocate-policy.ts';
import { leafKeysOf } from '../strategies/strata.ts';
import type { CampaignConfiguration, LinearConfiguration, StrategyConfiguration } from './configuration.ts';
import { designOf, steers } from './parameters.ts';
import { rewardPartsOf } from './reward-parts.ts';
import type { CampaignPolicy } from './slice.ts';
import { initialStanding, strategiesKey, strategiesOf } from './strategy-parts.ts';

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/**
 * Names a set of arms in order, the leaves and the policy, so that an allocation that was learned for one is never applied to another.
 * 64 bits from two passes of FNV-1a: of the few versions a campaign has, no two meet by chance.
 */
export function armsKeyOf(armIds: readonly string[], leaves: readonly string[], policy: string): string {
  const text = JSON.stringify([armIds, leaves, policy]);
  return hex(fnv1a32(text)) + hex(fnv1a32(`arms:${text}`));
}

/** The part of a strategy that chooses: without the floor, and without what was left to its default. */
function strategyOf(strategy: StrategyConfiguration): AllocationStrategy {
  const { policy } = strategy;
  if (policy === 'fixed_split') return { policy, weights: strategy.weights };
  if (policy === 'epsilon_greedy') {
    const { epsilon, topArms } = strategy;
    return { policy, epsilon, ...(topArms !== undefined && { topArms }) };
  }
  const blend = strategy.modelWeight ? { modelWeight: strategy.modelWeight } : {};
  switch (strategy.policy) {
    case 'inverse_gap':
      return { policy: strategy.policy, gamma: strategy.gamma, ...blend, ...linearTermsOf(strategy) };
    case 'linear_ucb':
      return { policy: strategy.policy, alpha: strategy.alpha, ...blend, ...linearTermsOf(strategy) };
    case 'linear_thompson': {
      const { policy: own, v } = strategy;
      return { policy: own, ...(v !== undefined && { v }), ...blend, ...linearTermsOf(strategy) };
    }
    default:
      return { policy: strategy.policy, ...blend, ...(strategy.hybrid && { hybrid: true as const }) };
  }
}

function linearTermsOf({ ridge, interactions = [] }: LinearConfiguration): LinearTerms {
  return { ...(ridge !== undefined && { ridge }), ...(interactions.length > 0 && { interactions }) };
}

/** What a decision needs to bring the customer's scores or features in; undefined for strategies that use neither. */
export function scoringOf({ strategy, minExploration, features }: CampaignPolicy): Scoring | undefined {
  const isAsked = usesScores(strategy) || (features !== undefined && learnsFromFeatures(strategy));
  return isAsked ? { strategy, minExploration } : undefined;
}

/** Moments hold features and rewards together: under another reward they are others, and need another name. */
function featuresOf({ features }: CampaignConfiguration, reward: RewardSpec | undefined): FeatureSet | undefined {
  const set = featureSet(features);
  const name = reward && rewardName(reward);
  return set && name !== undefined ? { ...set, key: hex(fnv1a32(`${set.key} ${name}`)) } : set;
}

/** The policy of a campaign that was checked. Its leaves are the contexts in their order, then `rest`. */
export function policyOf(campaign: CampaignConfiguration): CampaignPolicy {
  const { id, holdout, shards } = campaign;
  const strategy = campaign.strategies?.[0]?.strategy ?? campaign.strategy;
  const strategies = strategiesOf(campaign, strategyOf);
  const armIds = campaign.arms.map((arm) => arm.id);
  const leaves = [...campaign.contexts.map((context) => context.id), REST_LEAF];
  const parts = rewardPartsOf(campaign);
  const features = featuresOf(campaign, parts.reward);
  return {
    campaignId: id,
    armIds,
    ...(campaign.parameters && { parameters: designOf(campaign.parameters, campaign.arms) }),
    ...(steers(campaign.parameters) && { steers: true as const }),
    armsKey: armsKeyOf(
      armIds,
      leafKeysOf(leaves, strategies),
      strategies ? strategiesKey(strategies) : strategy.policy,
    ),
    leaves,
    strategy: strategyOf(strategy),
    minExploration: strategy.minExploration,
    priors: Object.fromEntries(campaign.arms.flatMap((arm) => (arm.prior ? [[arm.id, arm.prior] as const] : []))),
    ...(campaign.learnFromDevice && { learnsFromDevice: true as const }),
    holdout,
    shards,
    ...(features && { features }),
    ...parts,
    ...(strategies && { strategies }),
    ...(campaign.lifecycle && { lifecycle: campaign.lifecycle }),
  };
}

/** The allocation before anything was learned: version 0, so that the first one of the root replaces it. */
export function initialAllocationOf(policy: CampaignPolicy): Allocation {
  return allocatePolicy(policy, { statistics: new Map() }, 0, initialStanding(policy));
}
