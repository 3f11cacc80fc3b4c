/** What a campaign declares about its reward and its learning, as its policy carries it: nothing where nothing is declared. */
import type { RewardSpec } from '../bandits/rewards/reward.ts';
import type { LearningRules } from '../learning/rules.ts';
import type { CampaignConfiguration, LearningConfiguration, RewardConfiguration } from './configuration.ts';
import type { CampaignPolicy } from './slice.ts';

const BINARY: RewardConfiguration = { kind: 'binary' };

/** A reward as trials are counted by it. */
export function rewardOf(reward: RewardConfiguration): RewardSpec {
  if (reward.kind !== 'composite') return reward;
  return { kind: 'composite', weights: Object.fromEntries(reward.goals.map(({ goal, weight }) => [goal, weight])) };
}

function learningOf(learning: LearningConfiguration | undefined): LearningRules | undefined {
  if (learning === undefined) return undefined;
  const { halfLifeMs, delayCorrection, by, watch } = learning;
  const rules: LearningRules = {
    ...(halfLifeMs !== undefined && { halfLifeMs }),
    ...(delayCorrection && { delayCorrection }),
    ...(by === 'effects' && { by }),
    ...(watch && { watch }),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}

/** The optional fields of a policy that come from `objective` and `learning`. */
export function rewardPartsOf({
  objective,
  learning,
}: CampaignConfiguration): Pick<CampaignPolicy, 'reward' | 'secondaryGoals' | 'learning'> {
  const { reward: declared = BINARY } = objective;
  const reward = declared.kind === 'binary' ? undefined : rewardOf(declared);
  const rules = learningOf(learning);
  const { secondary = [] } = objective;
  return {
    ...(reward && { reward }),
    ...(secondary.length > 0 && { secondaryGoals: secondary }),
    ...(rules && { learning: rules }),
  };
}

/** Every goal whose outcomes its trials learn from or are reported by, the optimised one first, each once. */
export function goalsOf({ objective }: CampaignConfiguration): readonly string[] {
  const { goal, reward, secondary = [] } = objective;
  const weighed = reward?.kind === 'composite' ? reward.goals.map((each) => each.goal) : [];
  return [...new Set([goal, ...weighed, ...secondary])];
}
