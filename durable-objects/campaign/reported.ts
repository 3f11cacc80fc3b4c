/** The named sums that reports show: goals beside the optimised one, and the reward. */
import { countedGoals, goalName } from '../../decisioning/bandits/rewards/goal-sums.ts';
import { rewardName, rewardTrialsName } from '../../decisioning/bandits/rewards/reward.ts';
import type { CampaignPolicy } from '../../decisioning/catalog/slice.ts';
import type { LeafArmSums } from './protocol.ts';
import { readSums } from './root-vectors.ts';

/**
 * The sums of a policy's goals and reward, per leaf and arm; undefined for a policy that has neither. Bounded by what a campaign may declare:
 * 4,096 cells of some 33 short vectors. Moments of features are never among them.
 */
export function reportedSums(sql: SqlStorage, policy: CampaignPolicy): readonly LeafArmSums[] | undefined {
  const { reward } = policy;
  const ofReward = reward ? [rewardName(reward), rewardTrialsName(reward)] : [];
  const names = new Set([...countedGoals(policy).map(goalName), ...ofReward].filter((name) => name !== undefined));
  if (names.size === 0) return undefined;
  const cells: LeafArmSums[] = [];
  for (const [leaf, arms] of readSums(sql, names)) for (const [arm, sums] of arms) cells.push({ leaf, arm, sums });
  return cells;
}
