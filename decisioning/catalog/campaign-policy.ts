/** What a campaign's root computes allocations from, and the allocation it starts with. */
import { allocateCampaign } from '../bandits/allocate.ts';
import { type Allocation, REST_LEAF } from '../bandits/allocation.ts';
import { fnv1a32 } from '../hash.ts';
import type { CampaignConfiguration } from './configuration.ts';
import type { CampaignPolicy } from './slice.ts';

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

/** The policy of a campaign that was checked. Its leaves are the contexts in their order, then `rest`. */
export function policyOf(campaign: CampaignConfiguration): CampaignPolicy {
  const { id, strategy, holdout, shards } = campaign;
  const armIds = campaign.arms.map((arm) => arm.id);
  const leaves = [...campaign.contexts.map((context) => context.id), REST_LEAF];
  return {
    campaignId: id,
    armIds,
    armsKey: armsKeyOf(armIds, leaves, strategy.policy),
    leaves,
    strategy:
      strategy.policy === 'fixed_split'
        ? { policy: 'fixed_split', weights: strategy.weights }
        : { policy: strategy.policy },
    minExploration: strategy.minExploration,
    priors: Object.fromEntries(campaign.arms.flatMap((arm) => (arm.prior ? [[arm.id, arm.prior] as const] : []))),
    holdout,
    shards,
  };
}

/** The allocation before anything was learned: version 0, so that the first one of the root replaces it. */
export function initialAllocationOf(policy: CampaignPolicy): Allocation {
  return allocateCampaign({
    campaignId: policy.campaignId,
    armIds: policy.armIds,
    armsKey: policy.armsKey,
    leaves: policy.leaves,
    strategy: policy.strategy,
    minExploration: policy.minExploration,
    priors: policy.priors,
    statistics: new Map(),
    version: 0,
  });
}
