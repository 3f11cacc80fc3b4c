/** Whether a campaign's reward, secondary goals and learning fit together, and fit its strategy and arms. */
import {
  MAX_COMPOSITE_GOALS,
  MAX_GOAL_WEIGHT,
  MAX_REWARD_CELLS,
  MAX_REWARD_COUNT,
  MAX_REWARD_MINOR,
  MAX_SECONDARY_GOALS,
} from '../bandits/rewards/limits.ts';
import { rewardUnits } from '../bandits/rewards/reward.ts';
import { MAX_HALF_LIFE_MS, MIN_HALF_LIFE_MS } from '../learning/limits.ts';
import type {
  CampaignConfiguration,
  GoalConfiguration,
  RewardConfiguration,
  StrategyConfiguration,
} from './configuration.ts';
import { type KnownIds, noSuch } from './known-ids.ts';
import type { Report } from './problems.ts';
import { rewardOf } from './reward-parts.ts';

type Composite = Extract<RewardConfiguration, { kind: 'composite' }>;

function checkComposite(reward: Composite, at: string, known: KnownIds, report: Report): void {
  const { goals } = reward;
  const smallest = 1 / rewardUnits(rewardOf(reward));
  if (goals.length > MAX_COMPOSITE_GOALS) report(`${at}/goals`, `has ${goals.length}; at most ${MAX_COMPOSITE_GOALS}`);
  const seen = new Set<string>();
  for (const [i, { goal, weight }] of goals.entries()) {
    if (!known.goals.has(goal)) report(`${at}/goals/${i}/goal`, noSuch('goal', goal, known.goals));
    if (seen.has(goal)) report(`${at}/goals/${i}/goal`, `"${goal}" is weighed twice`);
    seen.add(goal);
    if (!(Math.abs(weight) <= MAX_GOAL_WEIGHT))
      report(`${at}/goals/${i}/weight`, `must be between −${MAX_GOAL_WEIGHT} and ${MAX_GOAL_WEIGHT}`);
    else if (weight !== 0 && Math.abs(weight) < smallest)
      report(
        `${at}/goals/${i}/weight`,
        `counts for nothing beside the others: at least ${Number(smallest.toPrecision(2))}`,
      );
  }
  if (!goals.some(({ weight }) => weight !== 0)) report(`${at}/goals`, 'at least one weight must be other than 0');
}

function checkRange(reward: RewardConfiguration, at: string, report: Report): void {
  if (
    reward.kind === 'count' &&
    !(Number.isSafeInteger(reward.max) && reward.max >= 1 && reward.max <= MAX_REWARD_COUNT)
  )
    report(`${at}/max`, `must be a whole number from 1 to ${MAX_REWARD_COUNT}`);
  const { maxMinor = 2 } = reward as { readonly maxMinor?: number };
  if (!(Number.isSafeInteger(maxMinor) && maxMinor >= 2 && maxMinor <= MAX_REWARD_MINOR))
    report(`${at}/maxMinor`, `must be a whole number from 2 to ${MAX_REWARD_MINOR}`);
}

/** What only works where the reward is whether the goal was reached. */
function checkOthers(
  campaign: CampaignConfiguration,
  kind: RewardConfiguration['kind'],
  at: string,
  report: Report,
): void {
  const { arms, contexts, learning, strategies = [] } = campaign;
  const because = `cannot be used with reward "${kind}"`;
  checkScores(campaign.strategy, `${at}/strategy`, because, report);
  for (const [i, { strategy }] of strategies.entries())
    checkScores(strategy, `${at}/strategies/${i}/strategy`, because, report);
  if (learning?.by === 'effects') report(`${at}/learning/by`, `effects are learned from conversions: ${because}`);
  const cells = arms.length * (contexts.length + 1) * Math.max(strategies.length, 1);
  if (cells > MAX_REWARD_CELLS)
    report(`${at}/arms`, `arms × leaves × strategies are ${cells}; with reward "${kind}" at most ${MAX_REWARD_CELLS}`);
  if (kind === 'revenue') return;
  for (const [i, { prior }] of arms.entries())
    if (prior) report(`${at}/arms/${i}/prior`, `history is imported as conversions: ${because}`);
}

function checkScores(strategy: StrategyConfiguration, at: string, because: string, report: Report): void {
  const {
    modelWeight = 0,
    topArms = 1,
    hybrid = false,
  } = strategy as { readonly modelWeight?: number; readonly topArms?: number; readonly hybrid?: boolean };
  if (modelWeight > 0) report(`${at}/modelWeight`, `scores are probabilities of reaching the goal: ${because}`);
  if (hybrid) report(`${at}/hybrid`, `scores are probabilities of reaching the goal: ${because}`);
  if (topArms > 1) report(`${at}/topArms`, `scores are probabilities of reaching the goal: ${because}`);
}

function checkSecondary({ objective }: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const { goal: own, secondary = [] } = objective;
  if (secondary.length > MAX_SECONDARY_GOALS)
    report(`${at}/objective/secondary`, `has ${secondary.length}; at most ${MAX_SECONDARY_GOALS}`);
  for (const [i, goal] of secondary.entries()) {
    const place = `${at}/objective/secondary/${i}`;
    if (!known.goals.has(goal)) report(place, noSuch('goal', goal, known.goals));
    if (goal === own) report(place, `"${goal}" is the goal it optimises, which is reported anyway`);
    else if (secondary.indexOf(goal) !== i) report(place, `"${goal}" stands there twice`);
  }
}

/** Everything about a campaign's reward, secondary goals and learning. */
export function checkReward(campaign: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  const { objective, learning } = campaign;
  const { reward, goal, revenueWeight } = objective;
  checkSecondary(campaign, at, known, report);
  const { halfLifeMs } = learning ?? {};
  if (halfLifeMs !== undefined && !(halfLifeMs >= MIN_HALF_LIFE_MS && halfLifeMs <= MAX_HALF_LIFE_MS))
    report(`${at}/learning/halfLife`, 'must be from 1 hour to 365 days');
  if (revenueWeight > 0 && known.otherUnits.has(goal))
    report(`${at}/objective/revenueWeight`, `the values of goal "${goal}" are no money: it must be 0`);
  if (reward === undefined || reward.kind === 'binary') return;
  if (reward.kind === 'composite') checkComposite(reward, `${at}/objective/reward`, known, report);
  checkRange(reward, `${at}/objective/reward`, report);
  checkOthers(campaign, reward.kind, at, report);
}

/** A value that is assumed in money, of a goal whose values are none, would be read as something else. */
export function checkGoals(goals: readonly GoalConfiguration[], report: Report): void {
  for (const { id, unit = 'money', defaultValueMinor } of goals)
    if (unit !== 'money' && defaultValueMinor !== 0)
      report(`/goals/${id}/defaultValueMinor`, `its values are in "${unit}", not money: it must be 0`);
}
