import {
  type Allocation,
  type AllocationInput,
  ENROLLED_ARM,
  HOLDOUT_ARM,
  type LeafAllocation,
  ONLY_STRATEGY,
  REST_LEAF,
} from './allocation.ts';
import { armPriors } from './arm-priors.ts';
import { withFloor } from './floor.ts';
import { allocateLinear, averagePolicy } from './linear/allocate-linear.ts';
import { probabilityBest } from './p-best.ts';
import { policyFor } from './policies.ts';
import type { Policy } from './policy.ts';
import { posteriorMean, posteriorOf } from './posterior.ts';
import { armRevenueMinor, campaignRevenueMinor } from './revenue.ts';
import { type RewardEvidence, rewardEvidence } from './rewards/reward-evidence.ts';
import { type ArmStatistics, emptyStatistics, mergeStatistics } from './statistics.ts';

/** More than the product's limit cannot be published, so that an allocation's cost is bounded. */
export const MAX_ARMS = 512;

/**
 * Computes a campaign's allocation from its statistics: once per version by the campaign's root, and at publish with no statistics for
 * the initial one. Statistics of `holdout`, and of arms and leaves the campaign no longer has, are ignored.
 *
 * @throws RangeError if the input breaks an invariant that publishing guarantees: 1 to 512 distinct arms without `holdout`, distinct
 *   leaves ending in `rest`, floor in [0, 1), priors and weights that are proper, 0 ≤ conversions ≤ trials.
 */
export function allocateCampaign(input: AllocationInput): Allocation {
  checkInput(input);
  const { campaignId, version, armsKey, armIds, leaves } = input;
  const linear = allocateLinear(input);
  const policy = averagePolicy(input.strategy, linear, armIds.length) ?? policyFor(input.strategy);
  const totals = armIds.map((armId) =>
    leaves.map((leaf) => statisticsOf(input, leaf, armId)).reduce(mergeStatistics, emptyStatistics),
  );
  const rewards = rewardEvidence(input);
  const allocated = leaves.map((leaf, i) => [leaf, allocateLeaf(input, policy, leaf, totals, rewards?.[i])] as const);
  return {
    campaignId,
    version,
    armsKey,
    armIds: [...armIds],
    leaves: Object.fromEntries(allocated),
    ...(linear && { linear: { [ONLY_STRATEGY]: linear } }),
  };
}

function allocateLeaf(
  input: AllocationInput,
  policy: Policy,
  leaf: string,
  totals: readonly ArmStatistics[],
  rewards?: RewardEvidence,
): LeafAllocation {
  const { armIds } = input;
  const own = armIds.map((armId) => statisticsOf(input, leaf, armId));
  const priors = armPriors(input, own, totals);
  const posteriors = own.map((seen, i) => posteriorOf(seen, priors[i]!));
  const rates = posteriors.map(posteriorMean);
  const evidence = rewards ?? { means: rates, pBest: [...probabilityBest(posteriors)] };
  const probabilities = withFloor(
    policy.probabilities({ leaf }, { armIds, posteriors, ...evidence }),
    input.minExploration,
  );
  const campaignMeanMinor = campaignRevenueMinor(totals.reduce(mergeStatistics, emptyStatistics));
  return {
    probabilities,
    pBest: evidence.pBest,
    posteriors,
    expectedRate: expectation(probabilities, (i) => rates[i]!),
    expectedRevenueMinor: expectation(probabilities, (i) => armRevenueMinor(own[i]!, campaignMeanMinor)),
    ...(rewards?.moments && { rewards: rewards.moments }),
  };
}

function statisticsOf(input: AllocationInput, leaf: string, armId: string): ArmStatistics {
  return input.statistics.get(leaf)?.get(armId) ?? emptyStatistics;
}

function expectation(probabilities: readonly number[], valueAt: (i: number) => number): number {
  return probabilities.reduce((sum, probability, i) => sum + probability * valueAt(i), 0);
}

function checkInput(input: AllocationInput): void {
  const { armIds, leaves, campaignId } = input;
  const refuse = (what: string): never => {
    throw new RangeError(`allocateCampaign: campaign ${campaignId} ${what}`);
  };
  if (armIds.length < 1 || armIds.length > MAX_ARMS) refuse(`has ${armIds.length} arms`);
  if (new Set(armIds).size !== armIds.length || armIds.includes(HOLDOUT_ARM) || armIds.includes(ENROLLED_ARM))
    refuse('has an arm twice, or named as customers without an arm are counted');
  if (leaves.at(-1) !== REST_LEAF || new Set(leaves).size !== leaves.length)
    refuse('has a leaf twice or none named rest');
  for (const leaf of leaves) {
    for (const armId of armIds) {
      const { trials, conversions } = statisticsOf(input, leaf, armId);
      if (!(conversions >= 0 && conversions <= trials)) refuse(`counts ${conversions} conversions in ${trials} trials`);
    }
  }
}
