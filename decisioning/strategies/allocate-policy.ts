/** From a campaign's policy and what it has learned to its allocation: once for its one strategy, or once for each of several. */
import { allocateCampaign } from '../bandits/allocate.ts';
import { type Allocation, type LeafAllocation, ONLY_STRATEGY } from '../bandits/allocation.ts';
import type { LinearModel } from '../bandits/linear/model.ts';
import type { CampaignPolicy } from '../catalog/slice.ts';
import type { Stage } from '../lifecycle/phases.ts';
import { type Learned, ofStrategy, stratumOf, withoutStrata } from './strata.ts';

/** What is published of a campaign beside its probabilities. */
export interface Standing {
  /** Absent for a campaign without lifecycle. */
  readonly stage?: Stage;
  /** The strategy whose turn it is, in mode `rotation`. */
  readonly turn?: string;
}

/**
 * Computes an allocation. Evidence is kept apart per strategy: each learns from its own customers alone, and its leaves borrow from each other alone.
 * A campaign with one strategy learns from everything that was ever gathered, by whichever strategy.
 *
 * @throws RangeError as `allocateCampaign` does.
 */
export function allocatePolicy(
  policy: CampaignPolicy,
  learned: Learned,
  version: number,
  standing: Standing = {},
): Allocation {
  const floor = standing.stage?.floor ?? 0;
  const { strategies } = policy;
  if (!strategies) {
    const minExploration = Math.max(policy.minExploration, floor);
    return { ...allocateCampaign({ ...policy, ...withoutStrata(learned), minExploration, version }), ...standing };
  }
  const leaves: Record<string, LeafAllocation> = {};
  const linear: Record<string, LinearModel> = {};
  for (const { id, strategy, minExploration } of strategies.list) {
    const own = allocateCampaign({
      ...policy,
      ...ofStrategy(learned, id),
      strategy,
      minExploration: Math.max(minExploration, floor),
      version,
    });
    for (const [leaf, allocated] of Object.entries(own.leaves)) leaves[stratumOf(id, leaf)] = allocated;
    if (own.linear) linear[id] = own.linear[ONLY_STRATEGY]!;
  }
  const { campaignId, armsKey, armIds } = policy;
  const models = Object.keys(linear).length > 0 ? { linear } : {};
  return { campaignId, version, armsKey, armIds: [...armIds], leaves, ...models, ...standing };
}
